// Package load sends many queries at once, and bounds the upstream calls. It has the benchmarks over HTTP, too.
package load

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestHotQuery_L01_L02 has clients ask three replicas the same without a pause while its data turn stale twenty times:
// no query waits or is refused, each time one replica calls the upstream once, and then all replicas have the new data.
func TestHotQuery_L01_L02(t *testing.T) {
	t.Parallel()
	const turns = 20
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true},
		"OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000")
	replicas := fl.Start(t, 3, "ages:\n  alarms: {fresh: 10m, stale: 12h, dead: 24h}\n", "OPSGRAPH_LOG_LEVEL=error")
	for _, r := range replicas {
		kit.Demand(t, r, kit.WantAlarms, kit.FreshData)
	}
	if got := fl.MinuteCalls(); got != 1 {
		t.Fatalf("%d calls at first", got)
	}
	var answered, stale atomic.Int64
	var asking sync.WaitGroup
	ended := make(chan struct{})
	end := sync.OnceFunc(func() {
		close(ended)
		asking.Wait()
	})
	defer end()
	for i := range 6 {
		asking.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				words := kit.Summary(replicas[i%3].Ask(t, kit.WantAlarms, "", nil))
				answered.Add(1)
				switch {
				case strings.HasPrefix(words, "stale data with their age"):
					stale.Add(1)
				case words != kit.FreshData:
					t.Errorf("answered %s", words)
				}
			}
		})
	}
	for turn := range turns {
		fl.Clock.Advance(10*time.Minute + time.Second)
		testkit.Within(t, time.Minute, fmt.Sprintf("turn %d: a refresh", turn),
			func() bool { return fl.MinuteCalls() >= turn+2 })
		for _, r := range replicas {
			testkit.Within(t, time.Minute, fmt.Sprintf("turn %d: fresh data", turn),
				func() bool { return kit.Summary(r.Ask(t, kit.WantAlarms, "", nil)) == kit.FreshData })
		}
		if got := fl.MinuteCalls(); got != turn+2 {
			t.Fatalf("turn %d: %d calls", turn, got)
		}
	}
	end()
	if got := fl.MinuteCalls(); got != turns+1 || stale.Load() == 0 {
		t.Errorf("%d calls, want one at first and one in each of %d turns; %d answers were stale", got, turns, stale.Load())
	}
	t.Logf("%d queries answered, %d of them with stale data; %d calls", answered.Load(), stale.Load(), fl.MinuteCalls())
}

// TestReconnects_L09 has all followers lose their connections at once and come back with the last event's id: each
// gets the changes meanwhile, once, and the upstream is polled no more than before.
func TestReconnects_L09(t *testing.T) {
	t.Parallel()
	const followers = 200
	w := kit.NewLiveWorld(t)
	r := w.StartLive(t, "OPSGRAPH_AGES_ALARMS_FRESH=1s")
	stays := r.Follow(t, kit.AlarmSubscription, "") // so that it is polled without a gap
	w.Baseline(t)
	first := stays.WantAlarm("RAISED", w.Raise(t))
	readers := make([]*kit.EventReader, followers)
	for i := range readers {
		readers[i] = r.Follow(t, kit.AlarmSubscription, first)
	}
	known := w.Raise(t)
	id := stays.WantAlarm("RAISED", known)
	for _, e := range readers {
		if got := e.WantAlarm("RAISED", known); got != id {
			t.Fatalf("event %q, want %q", got, id)
		}
	}
	polls, began := w.Sim.Calls()["listDeviceAlarms"], time.Now()
	for _, e := range readers {
		if err := e.Conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	missed := w.Raise(t)
	stays.WantAlarm("RAISED", missed)
	for i := range readers {
		readers[i] = r.Follow(t, kit.AlarmSubscription, id)
	}
	for _, e := range readers {
		e.WantAlarm("RAISED", missed)
	}
	last := w.Raise(t)
	for _, e := range readers { // and nothing twice before it
		e.WantAlarm("RAISED", last)
	}
	took := time.Since(began)
	if got, most := w.Sim.Calls()["listDeviceAlarms"]-polls, int(took/(700*time.Millisecond))+2; got > most {
		t.Errorf("%d polls in %s, at most %d are right", got, took, most)
	}
	t.Logf("%d came back in %s", followers, took)
}
