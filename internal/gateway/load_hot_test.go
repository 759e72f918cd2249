package gateway_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestHotQuery_L01_L02 has clients ask three replicas the same without a pause while its data turn stale twenty times: nobody waits or is
// refused, each time one replica calls the upstream once, and then all replicas have the new data.
func TestHotQuery_L01_L02(t *testing.T) {
	t.Parallel()
	const turns = 20
	fl := newFleet(t, worldSettings{Hosts: 3, Regions: 2, Running: true}, "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s", "OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000")
	replicas := fl.start(t, 3, "ages:\n  alarms: {fresh: 10m, stale: 12h, dead: 24h}\n", "OPSGRAPH_LOG_LEVEL=error")
	for _, r := range replicas {
		demand(t, r, wantAlarms, freshData)
	}
	if got := fl.minuteCalls(); got != 1 {
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
				words := tells(replicas[i%3].ask(t, wantAlarms, "", nil))
				answered.Add(1)
				switch {
				case strings.HasPrefix(words, "stale data with their age"):
					stale.Add(1)
				case words != freshData:
					t.Errorf("told %s", words)
				}
			}
		})
	}
	for turn := range turns {
		fl.clock.Advance(10*time.Minute + time.Second)
		testkit.Within(t, time.Minute, fmt.Sprintf("turn %d: a refresh", turn), func() bool { return fl.minuteCalls() >= turn+2 })
		for _, r := range replicas {
			testkit.Within(t, time.Minute, fmt.Sprintf("turn %d: fresh data", turn), func() bool { return tells(r.ask(t, wantAlarms, "", nil)) == freshData })
		}
		if got := fl.minuteCalls(); got != turn+2 {
			t.Fatalf("turn %d: %d calls", turn, got)
		}
	}
	end()
	if got := fl.minuteCalls(); got != turns+1 || stale.Load() == 0 {
		t.Errorf("%d calls, want one at first and one in each of %d turns; %d answers were stale", got, turns, stale.Load())
	}
	t.Logf("%d queries answered, %d of them with stale data; %d calls", answered.Load(), stale.Load(), fl.minuteCalls())
}

// TestReconnects_L09 has everybody who follows lose the connection at once and come back with the event they know: each is told what
// changed meanwhile, once, and the upstream is polled no more than before.
func TestReconnects_L09(t *testing.T) {
	t.Parallel()
	const followers = 200
	w := newLiveWorld(t)
	r := w.startLive(t, "OPSGRAPH_AGES_ALARMS_FRESH=1s")
	stays := r.follow(t, alarmSubscription, "") // so that it is polled without a gap
	w.baseline(t)
	first := stays.wantAlarm("RAISED", w.raise(t))
	readers := make([]*eventReader, followers)
	for i := range readers {
		readers[i] = r.follow(t, alarmSubscription, first)
	}
	known := w.raise(t)
	id := stays.wantAlarm("RAISED", known)
	for _, e := range readers {
		if got := e.wantAlarm("RAISED", known); got != id {
			t.Fatalf("event %q, want %q", got, id)
		}
	}
	polls, began := w.sim.Calls()["listDeviceAlarms"], time.Now()
	for _, e := range readers {
		if err := e.conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	missed := w.raise(t)
	stays.wantAlarm("RAISED", missed)
	for i := range readers {
		readers[i] = r.follow(t, alarmSubscription, id)
	}
	for _, e := range readers {
		e.wantAlarm("RAISED", missed)
	}
	last := w.raise(t)
	for _, e := range readers { // and nothing twice before it
		e.wantAlarm("RAISED", last)
	}
	took := time.Since(began)
	if got, most := w.sim.Calls()["listDeviceAlarms"]-polls, int(took/(700*time.Millisecond))+2; got > most {
		t.Errorf("%d polls in %s, at most %d are right", got, took, most)
	}
	t.Logf("%d came back in %s", followers, took)
}
