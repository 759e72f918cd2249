package ours

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/stand"
	"github.com/opsgraph/opsgraph/bench/work"
)

// coldDelay is how long each upstream call takes: as long as the documents say.
const coldDelay = 250 * time.Millisecond

// settleFor is how long a gateway is left alone between its start and the first request, as one is in a deployment.
const settleFor = 1500 * time.Millisecond

// coldWork is a first request and the number of calls that must follow one another for it.
type coldWork struct {
	title, document string
	chain           int
	bound           float64
}

// cold measures the first answer of a gateway that has just started, over the longest chain of calls that it needs.
func cold(s *session, r *figures.Result) error {
	u, err := s.Upstream(Hosts, true)
	if err != nil {
		return err
	}
	defer u.Stop()
	requests := []coldWork{
		// The hosts, then the machines of those that the page shows.
		{"README's second query", work.Overview, 2, 1.15},
		// Capacities and alarms at once; the alarms of this site are one page of each list.
		{"dashboard", work.Dashboard, 1, 1.25},
	}
	table := figures.Table{
		Title:   "The first request",
		Columns: []string{"work", "gateway", "ms", "spread", "over the chain", "calls", "CPU ms"},
		Notes: []string{fmt.Sprintf("Each upstream call takes %s. The chain is the calls that need the answer of the one "+
			"before: %d for README's second query, %d for the dashboard; a login is none of them.",
			coldDelay, requests[0].chain, requests[1].chain)},
	}
	for _, w := range requests {
		target := figures.Target{
			Work: "cold, " + w.title, Against: "time over the chain of calls", Bound: w.bound, Most: true,
		}
		if _, err := u.Steer("PUT", stand.DelayPath, "0s"); err != nil {
			return err
		}
		if _, err := s.first(&variant{name: nowName}, u, &w); err != nil { // the upstream has all answers from here on
			return err
		}
		if _, err := u.Steer("PUT", stand.DelayPath, coldDelay.String()); err != nil {
			return err
		}
		took, cpu, calls := map[string]figures.Rounds{}, map[string]figures.Rounds{}, map[string]int{}
		for round := range s.rounds {
			s.say("cold, round %d: %s", round+1, w.title)
			for _, v := range s.shipped() {
				got, err := s.first(&v, u, &w)
				if err != nil {
					return err
				}
				took[v.name] = append(took[v.name], milliseconds(got.took))
				cpu[v.name] = append(cpu[v.name], milliseconds(got.cpu))
				calls[v.name] = got.calls
			}
		}
		chain := figures.Rounds{}
		for range took[nowName] {
			chain = append(chain, milliseconds(coldDelay)*float64(w.chain))
		}
		target.Got = took[nowName].Over(chain)
		r.Targets = append(r.Targets, target)
		for _, v := range s.shipped() {
			table.Rows = append(table.Rows, []string{
				w.title, v.name, figures.Number(took[v.name].Median()), figures.Percent(took[v.name].Spread()),
				figures.Number(took[v.name].Over(chain).Median()), strconv.Itoa(calls[v.name]),
				figures.Number(cpu[v.name].Median()),
			})
		}
	}
	r.Tables = []figures.Table{table}
	return nil
}

// firstAnswer is what the first answer of a process took.
type firstAnswer struct {
	took, cpu time.Duration
	calls     int
}

// first starts a gateway, leaves it alone for a while, and asks once.
func (s *session) first(v *variant, u *site.Upstream, w *coldWork) (firstAnswer, error) {
	g, err := s.start(v, u)
	if err != nil {
		return firstAnswer{}, err
	}
	defer g.Stop()
	if err := s.rest(settleFor); err != nil {
		return firstAnswer{}, err
	}
	if _, err := u.Steer("DELETE", stand.CallsPath, ""); err != nil {
		return firstAnswer{}, err
	}
	cpu, err := g.CPU()
	if err != nil {
		return firstAnswer{}, err
	}
	began := time.Now()
	if _, _, err := site.Data(g.URL, site.Request(w.document, nil)); err != nil {
		return firstAnswer{}, err
	}
	got := firstAnswer{took: time.Since(began)}
	ended, err := g.CPU()
	if err != nil {
		return firstAnswer{}, err
	}
	got.cpu = ended - cpu
	text, err := u.Steer("GET", stand.CallsPath, "")
	if err != nil {
		return firstAnswer{}, err
	}
	var calls []stand.Call
	if err := json.Unmarshal([]byte(text), &calls); err != nil {
		return firstAnswer{}, fmt.Errorf("calls: %w", err)
	}
	got.calls = len(calls)
	return got, nil
}

// rest waits, unless the run ends first.
func (s *session) rest(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.Done():
		return s.Err()
	}
}
