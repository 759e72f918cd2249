package ours

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/load"
	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/work"
)

// What a crowd meets.
const (
	crowdHosts    = 2000
	crowdClients  = 300
	fewClients    = 8
	crowdMemory   = 256 << 20 // limits.memory
	crowdDeadline = 5 * time.Second
	crowdFor      = 8 * time.Second
	fewFor        = 4 * time.Second
)

// crowded is what one gateway did in one round.
type crowded struct {
	few, many load.Answers
	peak      int64 // memory, in bytes
}

// crowd lets 300 clients ask heavy queries of a gateway that could serve some ten of them, and 8 for comparison.
func crowd(s *session, r *figures.Result) error {
	u, err := s.Upstream(crowdHosts, true)
	if err != nil {
		return err
	}
	defer u.Stop()
	table := figures.Table{
		Title: "300 clients with heavy queries",
		Columns: []string{
			"gateway", "clients", "answers with data/s", "other answers", "p50 s", "p99 s of all", "p99 s with data",
			"with data after the deadline", "largest memory, MB",
		},
		Notes: []string{fmt.Sprintf("Clients ask `hosts(first: 4NN) { … alarms(first: 20) }` of %d hosts, one after the "+
			"other, and wait after a refusal as long as it says. Deadline %s, limits.memory %d MB.",
			crowdHosts, crowdDeadline, crowdMemory>>20)},
	}
	// Kept answers would make a heavy query a light one: the targets are those of a gateway that has to work.
	working := variant{name: nowName + ", nothing kept", settings: withoutStore(s, s.tree)}
	var p99, share, late, memory figures.Rounds
	for round := range s.rounds {
		for _, v := range append([]variant{working}, s.shipped()...) {
			if v.name != working.name && round > 0 {
				continue // for comparison alone: it takes long
			}
			s.say("crowd, round %d: %s", round+1, v.name)
			got, err := s.crowded(&v, u)
			if err != nil {
				return err
			}
			fewRate := rateOK(&got.few)
			table.Rows = append(table.Rows,
				crowdRow(v.name, fewClients, &got.few, 0), crowdRow(v.name, crowdClients, &got.many, got.peak))
			if v.name != working.name {
				continue
			}
			p99 = append(p99, figures.Quantile(got.many.Times(load.Any), 0.99).Seconds())
			share = append(share, rateOK(&got.many)/fewRate)
			late = append(late, float64(len(got.many.Times(isLate))))
			memory = append(memory, float64(got.peak)/crowdMemory)
		}
	}
	const title = "300 clients of 229 kB"
	r.Targets = []figures.Target{
		{Work: title, Against: "p99 of all answers, s", Bound: crowdDeadline.Seconds(), Most: true, Got: p99},
		{Work: title, Against: "answers with data/s over those of 8 clients", Bound: 0.9, Got: share},
		{Work: title, Against: "answers with data after the deadline", Bound: 0, Most: true, Got: late},
		{Work: title, Against: "largest memory over limits.memory", Bound: 1.1, Most: true, Got: memory},
	}
	r.Tables = []figures.Table{table}
	return nil
}

// lateBy is what the way there and back may add to the deadline, on a core that does other things too.
const lateBy = 200 * time.Millisecond

// isLate is whether an answer has data that came after the deadline.
func isLate(a load.Answered) bool { return load.OK(a) && a.Took > crowdDeadline+lateBy }

// rateOK is the number of answers with data a second.
func rateOK(a *load.Answers) float64 { return float64(len(a.Times(load.OK))) / a.Lasted.Seconds() }

// crowded measures gateways that are started for it. The few clients ask before the crowd, and of another gateway after
// it: the speed of a machine drifts, and what a crowd leaves behind must not slow them. Memory is that of one crowd.
func (s *session) crowded(v *variant, u *site.Upstream) (got crowded, err error) {
	lasting := crowdFor
	if v.before {
		lasting = fewFor // what it has taken in takes it most of a minute anyway
	}
	err = s.warm(v, u, func(g *site.Gateway, ask asking) error {
		got.few = ask(fewClients, fewFor/2)
		if err := g.ResetPeak(); err != nil {
			return err
		}
		got.many = ask(crowdClients, lasting)
		memory, err := g.Memory()
		got.peak = memory.Peak
		return err
	})
	if err != nil {
		return crowded{}, err
	}
	err = s.warm(v, u, func(_ *site.Gateway, ask asking) error {
		got.few.Add(ask(fewClients, fewFor/2))
		return nil
	})
	return got, err
}

// asking has so many clients ask heavy queries for a while.
type asking func(clients int, lasting time.Duration) load.Answers

// warm starts a gateway that has read all, for as long as measure takes.
func (s *session) warm(v *variant, u *site.Upstream, measure func(*site.Gateway, asking) error) error {
	g, err := s.start(v, u, "OPSGRAPH_LIMITS_MEMORY="+strconv.Itoa(crowdMemory))
	if err != nil {
		return err
	}
	defer g.Stop()
	heavy := func(n int) string { return site.Request(fmt.Sprintf(work.Crowd, 400+n%100), nil) }
	if _, _, err := site.Data(g.URL, heavy(0)); err != nil { // all is read from here on
		return err
	}
	return measure(g, func(clients int, lasting time.Duration) load.Answers {
		crowd := load.Crowd{URL: g.URL, Clients: clients, For: lasting, Body: heavy}
		return crowd.Run(s)
	})
}

func crowdRow(name string, clients int, a *load.Answers, peak int64) []string {
	all, good := a.Times(load.Any), a.Times(load.OK)
	megabytes := "-"
	if peak > 0 {
		megabytes = figures.Number(float64(peak) / 1e6)
	}
	others := strconv.Itoa(len(all) - len(good))
	if broken := len(a.Times(func(one load.Answered) bool { return one.Status == 0 })); broken > 0 {
		others += fmt.Sprintf(", %d of them none at all", broken)
	}
	full := func(one load.Answered) bool { return one.Status == http.StatusServiceUnavailable }
	if refused := len(a.Times(full)); refused > 0 {
		others += fmt.Sprintf(", %d of them 503", refused)
	}
	return []string{
		name, strconv.Itoa(clients), figures.Number(rateOK(a)), others,
		figures.Number(figures.Quantile(all, 0.5).Seconds()), figures.Number(figures.Quantile(all, 0.99).Seconds()),
		figures.Number(figures.Quantile(good, 0.99).Seconds()), strconv.Itoa(len(a.Times(isLate))), megabytes,
	}
}
