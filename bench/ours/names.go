package ours

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/work"
)

// byName asks for hosts whose names contain a text. The texts differ, and are asked for in turn.
const byName = `query Find($text: String!) {
  hosts(filter: {nameContains: $text}, first: 5) { totalCount nodes { hostId name } } }`

// found is the answer to byName.
type found struct {
	Hosts struct {
		TotalCount int
		Nodes      []struct{ Name string }
	}
}

// byText is the request for one text.
func byText(text string) string { return site.Request(byName, map[string]string{"text": text}) }

// names compares a search by name on a large site with one on a small site: the work of a page should not depend on
// what is not on it.
func names(s *session, r *figures.Result) error {
	var variant variant
	for _, v := range s.variants() {
		if v.name == PlanName || v.name == GqlgenName && variant.name == "" {
			variant = v
		}
	}
	var rows []*work.Row
	for _, hosts := range []int{Hosts, largeHosts} {
		u, err := s.Upstream(hosts, true)
		if err != nil {
			return err
		}
		defer u.Stop()
		g, err := s.start(&variant, u, largeSettings()...)
		if err != nil {
			return err
		}
		defer g.Stop()
		w := work.Workload{Name: "names", Title: fmt.Sprintf("%d hosts", hosts)}
		one := serverOf(variant, g)
		rows = append(rows, &work.Row{Server: &one.Server, Workload: &w, URL: g.URL})
	}
	texts, err := textsOf(rows)
	if err != nil {
		return err
	}
	for _, one := range rows {
		for _, text := range texts {
			one.Workload.Bodies = append(one.Workload.Bodies, byText(text))
		}
	}
	for round := range s.rounds {
		s.say("names, round %d", round+1)
		for _, one := range rows {
			if err := s.meter.Measure(s, one); err != nil {
				return err
			}
		}
	}
	table := figures.Table{
		Title:   "A search by name",
		Columns: []string{"site", "server", "answers/s", "spread", "CPU ms"},
	}
	for _, one := range rows {
		table.Rows = append(table.Rows, []string{
			one.Workload.Title, one.Name, figures.Number(one.Rate.Median()), figures.Percent(one.Rate.Spread()),
			figures.Number(one.CPU.Median()),
		})
	}
	r.Targets = []figures.Target{{
		Work: "a name filter, 20,000 hosts", Against: "time over that of 200 hosts", Bound: 3, Most: true,
		Got: rows[0].Rate.Over(rows[1].Rate),
	}}
	r.Tables = []figures.Table{table}
	return nil
}

// mostKept is how many selections a list keeps, the oldest leaving first: with more texts than that in turn each is
// searched for again, and what is measured is the search.
const mostKept = 64

var errTexts = errors.New("too few texts are in the names of both sites")

// textsOf are ends of names of the small site that a whole page of hosts has on each site, so that both answer alike.
func textsOf(rows []*work.Row) ([]string, error) {
	data, _, err := site.Data(rows[0].URL, site.Request(`{ hosts(first: 200) { nodes { name } } }`, nil))
	if err != nil {
		return nil, err
	}
	all, err := decode[found](data)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, host := range all.Hosts.Nodes {
		for length := 4; length <= min(8, len(host.Name)); length++ {
			texts = append(texts, host.Name[len(host.Name)-length:])
		}
	}
	slices.Sort(texts)
	texts = slices.Compact(texts)
	for _, one := range rows {
		var enough []string
		for _, text := range texts {
			data, _, err := site.Data(one.URL, byText(text))
			if err != nil {
				return nil, err
			}
			if page, err := decode[found](data); err == nil && len(page.Hosts.Nodes) == 5 {
				enough = append(enough, text)
			}
		}
		texts = enough
	}
	if len(texts) <= mostKept {
		return nil, fmt.Errorf("%w: %d", errTexts, len(texts))
	}
	return texts, nil
}

// decode reads data into a type.
func decode[T any](data []byte) (T, error) {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return v, fmt.Errorf("data: %w", err)
	}
	return v, nil
}
