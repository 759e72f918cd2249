package ours

import (
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/load"
	"github.com/opsgraph/opsgraph/bench/site"
)

// What is followed live, and by how many.
const (
	followers  = 2000
	liveHosts  = 3
	liveEvents = 10
	followTime = time.Minute
)

// followed is the subscription that all followers have.
const followed = `subscription { alarmChanges {
  eventId kind alarm { id name severity cleared lastOccurredAt region { code } host { name } } } }`

// live measures what an event costs that 2,000 equal subscriptions get.
func live(s *session, r *figures.Result) error {
	u, err := s.Upstream(liveHosts, false)
	if err != nil {
		return err
	}
	defer u.Stop()
	cpu := map[string]figures.Rounds{}
	for round := range s.rounds {
		for _, v := range s.shipped() {
			s.say("live, round %d: %s", round+1, v.name)
			took, err := s.follow(&v, u)
			if err != nil {
				return err
			}
			cpu[v.name] = append(cpu[v.name], float64(took)/float64(time.Microsecond)/followers/liveEvents)
		}
	}
	table := figures.Table{
		Title:   "A live event, 2,000 equal subscriptions",
		Columns: []string{"gateway", "CPU us a subscription and event", "spread"},
		Notes:   []string{"Without what polling costs meanwhile: the same time without an event is taken off."},
	}
	for _, v := range s.shipped() {
		table.Rows = append(table.Rows, []string{
			v.name, figures.Number(cpu[v.name].Median()), figures.Percent(cpu[v.name].Spread()),
		})
	}
	target := figures.Target{
		Work: "a live event, 2,000 equal subscriptions", Against: "CPU over before", Bound: 0.3, Most: true,
		Missing: s.noBefore,
	}
	if s.before != "" {
		target.Got = cpu[nowName].Over(cpu[BeforeName])
	}
	r.Targets = []figures.Target{target}
	r.Tables = []figures.Table{table}
	return nil
}

// follow opens the subscriptions, raises alarms at once, and returns the processor time until all have all of them.
func (s *session) follow(v *variant, u *site.Upstream) (time.Duration, error) {
	g, err := s.start(v, u, "OPSGRAPH_AGES_ALARMS_FRESH=1s", "OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=4000",
		"OPSGRAPH_LIMITS_SOCKET_STARTS=10000", "OPSGRAPH_CALLERS_OPERATIONS=4000", "OPSGRAPH_LIVE_ADMIT_EVERY=10m")
	if err != nil {
		return 0, err
	}
	defer g.Stop()
	streams := load.Streams{URL: g.URL, Body: site.Request(followed, nil), Count: followers}
	if err := streams.Open(s); err != nil {
		return 0, err
	}
	defer streams.Close()
	// One event first: all are there when all have it.
	if err := s.raise(u, 1, &streams, 1); err != nil {
		return 0, err
	}
	if err := s.rest(time.Second); err != nil {
		return 0, err
	}
	const window = 4 * time.Second // several polls
	quiet, err := s.during(g, window, func() error { return nil })
	if err != nil {
		return 0, err
	}
	busy, err := s.during(g, window, func() error { return s.raise(u, liveEvents, &streams, 1+liveEvents) })
	if err != nil {
		return 0, err
	}
	return busy - quiet, nil
}

// during is the processor time that a gateway uses in a time in which something is done.
func (s *session) during(g *site.Gateway, window time.Duration, do func() error) (time.Duration, error) {
	until := time.Now().Add(window)
	began, err := g.CPU()
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	if err := s.rest(time.Until(until)); err != nil {
		return 0, err
	}
	ended, err := g.CPU()
	return ended - began, err
}

// raise raises so many alarms and waits until every stream has so many events in all.
func (s *session) raise(u *site.Upstream, alarms int, streams *load.Streams, events int) error {
	for range alarms {
		const alarm = `{"raiseAlarm":{"source":"DEVICE","severity":1,"name":"measured"}}`
		if _, err := u.Steer("POST", "/_simulator/changes", alarm); err != nil {
			return err
		}
	}
	return streams.Wait(s, events, followTime)
}
