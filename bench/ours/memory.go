package ours

import (
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/bench/figures"
	"github.com/opsgraph/opsgraph/bench/machine"
	"github.com/opsgraph/opsgraph/bench/site"
)

// waitingMemory has one gateway a round, which has read a large site and is left alone.
type waitingMemory struct {
	s       *session
	waiting []*waitingGateway
}

// waitingGateway is a gateway, and its memory before and after the read.
type waitingGateway struct {
	*site.Gateway

	idle, peak machine.Memory
	read       time.Time
}

// memoryAfter is how long after the read the memory is looked at.
const memoryAfter = 5 * time.Minute

// beginMemory starts gateways without Redis and lets them read a large site.
func (s *session) beginMemory() (*waitingMemory, error) {
	s.say("memory: reading a large site, %d times; it is looked at %s later", s.rounds, memoryAfter)
	u, err := s.Upstream(largeHosts, true)
	if err != nil {
		return nil, err
	}
	defer u.Stop()                        // its memory is wanted elsewhere, and nothing is read again
	if _, err := s.learn(u); err != nil { // so that the read that is looked at is not slowed by the simulator
		return nil, err
	}
	w := &waitingMemory{s: s}
	for range s.rounds {
		if err := w.begin(u); err != nil {
			w.stop()
			return nil, err
		}
	}
	return w, nil
}

// begin starts one gateway and lets it read.
func (w *waitingMemory) begin(u *site.Upstream) error {
	settings := append(largeSettings(), "OPSGRAPH_ADMIN_PPROF=true") // so that the live heap can be asked for
	gateway, err := w.s.start(&variant{name: nowName}, u, settings...)
	if err != nil {
		return err
	}
	g := &waitingGateway{Gateway: gateway}
	w.waiting = append(w.waiting, g)
	if err := w.s.rest(settleFor); err != nil {
		return err
	}
	if g.idle, err = g.Memory(); err != nil {
		return err
	}
	if _, err := w.s.readAll(gateway); err != nil {
		return err
	}
	g.read = time.Now()
	g.peak, err = g.Memory()
	return err
}

// stop ends what is there, which may be nothing.
func (w *waitingMemory) stop() {
	if w == nil {
		return
	}
	for _, g := range w.waiting {
		g.Stop()
	}
}

// finish waits for the rest of the time and looks.
func (w *waitingMemory) finish(r *figures.Result) error {
	const mega = 1e6
	var heap, beyond figures.Rounds
	var idle, after, later [2]figures.Rounds // what the process has, and the most that it had
	note := func(to *[2]figures.Rounds, m machine.Memory) {
		to[0], to[1] = append(to[0], float64(m.Now)/mega), append(to[1], float64(m.Peak)/mega)
	}
	for _, g := range w.waiting {
		if left := time.Until(g.read.Add(memoryAfter)); left > 0 {
			w.s.say("memory: %s left", left.Round(time.Second))
			if err := w.s.rest(left); err != nil {
				return err
			}
		}
		now, err := g.Memory()
		if err != nil {
			return err
		}
		live, err := g.LiveHeap()
		if err != nil {
			return err
		}
		heap, beyond = append(heap, live/mega), append(beyond, float64(now.Now-g.idle.Now)/mega)
		note(&idle, g.idle)
		note(&after, g.peak)
		note(&later, now)
	}
	const title = "20,000 hosts, 50,000 alarms, without Redis"
	r.Targets = []figures.Target{
		{Work: title, Against: "live heap, MB", Bound: 80, Most: true, Got: heap},
		{Work: title, Against: "memory beyond idle after 5 minutes, MB", Bound: 165, Most: true, Got: beyond},
	}
	row := func(when string, of [2]figures.Rounds) []string {
		whole := func(r figures.Rounds) string { return strconv.FormatFloat(r.Median(), 'f', 0, 64) }
		return []string{when, whole(of[0]), whole(of[1])}
	}
	r.Tables = []figures.Table{{
		Title:   "Memory of a large site, MB",
		Columns: []string{"when", "memory of the process", "largest so far"},
		Rows: [][]string{
			row("idle, before the read", idle), row("after the read", after), row("five minutes later", later),
		},
	}}
	return nil
}
