package ours

import (
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/load"
	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/work"
)

// How slow an upstream is, and for how long clients ask.
const (
	fastUpstream = 5 * time.Millisecond
	slowUpstream = time.Second
	staleFor     = 5 * time.Second
	staleClients = 8
)

// stale asks while all data turn stale each second, over an upstream that answers at once and one that takes its time:
// callers should not see a difference.
func stale(s *session, r *figures.Result) error {
	u, err := s.Upstream(Hosts, true)
	if err != nil {
		return err
	}
	defer u.Stop()
	table := figures.Table{
		Title:   "A slow upstream while data turn stale",
		Columns: []string{"gateway", "upstream answers in", "answers/s", "p50 ms", "p99 ms", "spread of p99"},
	}
	type key struct {
		name string
		slow bool
	}
	p50, p99, rate := map[key]figures.Rounds{}, map[key]figures.Rounds{}, map[key]figures.Rounds{}
	for round := range s.rounds {
		for _, v := range s.shipped() {
			s.say("stale, round %d: %s", round+1, v.name)
			for _, slow := range []bool{false, true} {
				answers, err := s.stale(&v, u, slow)
				if err != nil {
					return err
				}
				took, k := answers.Times(load.OK), key{v.name, slow}
				p50[k] = append(p50[k], milliseconds(figures.Quantile(took, 0.5)))
				p99[k] = append(p99[k], milliseconds(figures.Quantile(took, 0.99)))
				rate[k] = append(rate[k], rateOK(answers))
			}
		}
	}
	for _, v := range s.shipped() {
		for _, slow := range []bool{false, true} {
			k, takes := key{v.name, slow}, fastUpstream
			if slow {
				takes = slowUpstream
			}
			table.Rows = append(table.Rows, []string{
				v.name, takes.String(), figures.Number(rate[k].Median()), figures.Number(p50[k].Median()),
				figures.Number(p99[k].Median()), figures.Percent(p99[k].Spread()),
			})
		}
	}
	r.Targets = []figures.Target{{
		Work: "a slow upstream, data turning stale", Against: "p99 over that with a fast one", Bound: 2, Most: true,
		Got: p99[key{nowName, true}].Over(p99[key{nowName, false}]),
	}}
	r.Tables = []figures.Table{table}
	return nil
}

// stale lets clients ask a gateway that is started for it: what it read is fresh for one second.
func (s *session) stale(v *variant, u *site.Upstream, slow bool) (*load.Answers, error) {
	delay := fastUpstream
	if slow {
		delay = slowUpstream
	}
	if _, err := u.Steer("PUT", "/_bench/delay", fastUpstream.String()); err != nil {
		return nil, err
	}
	g, err := s.start(v, u, "OPSGRAPH_AGES_HOSTS_FRESH=1s", "OPSGRAPH_AGES_ALARMS_FRESH=1s",
		"OPSGRAPH_AGES_CAPACITY_FRESH=1s", "OPSGRAPH_AGES_VIRTUAL_MACHINES_FRESH=1s")
	if err != nil {
		return nil, err
	}
	defer g.Stop()
	pages, err := work.Pages(g.URL)
	if err != nil {
		return nil, err
	}
	bodies := append([]string{site.Request(work.Overview, nil)}, pages[:15]...)
	for _, body := range bodies { // all of it is held from here on
		if _, _, err := site.Data(g.URL, body); err != nil {
			return nil, err
		}
	}
	if _, err := u.Steer("PUT", "/_bench/delay", delay.String()); err != nil {
		return nil, err
	}
	crowd := load.Crowd{
		URL: g.URL, Clients: staleClients, For: staleFor,
		Pause: 50 * time.Millisecond, // the time to answer is wanted, not what a core gives
		Body:  func(n int) string { return bodies[n%len(bodies)] },
	}
	answers := crowd.Run(s)
	_, err = u.Steer("PUT", "/_bench/delay", "0s")
	return &answers, err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
