package live

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestLiveMany_L07 follows one job and the alarms with 1,000 subscriptions over WebSockets and 1,000 event streams on
// two replicas: each gets every change once, the upstream is polled for one of them, and nothing is left over. It
// runs alone: it counts goroutines.
func TestLiveMany_L07(t *testing.T) {
	const (
		sockets    = 200 // of five subscriptions each: the race detector takes some 8,000 goroutines
		perSocket  = 5
		streams    = 1000
		goroutines = 100 // that may come and go with the rest of the process
	)
	redis := redistest.Start(t)
	w := kit.NewLiveWorld(t)
	environ := []string{
		"OPSGRAPH_REDIS_URL=" + redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s",
		"OPSGRAPH_LIVE_LEASE_FOR=10s", "OPSGRAPH_AGES_ALARMS_FRESH=1s",
	}
	replicas := []*kit.Replica{w.StartLive(t, environ...), w.StartLive(t, environ...)}
	job := replicas[0].StartJob(t)
	jobs := fmt.Sprintf(`subscription { meterJob(jobId: %q) { eventId kind status progress } }`, job)
	documents := [...]string{kit.AlarmSubscription, jobs}
	replicas[0].Follow(t, kit.AlarmSubscription, "")
	w.Baseline(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	idle := runtime.NumGoroutine()
	var readers []*kit.EventReader
	for i := range streams {
		readers = append(readers, replicas[i%2].Follow(t, documents[i/2%2], ""))
	}
	var clients []*kit.Socket
	for i := range sockets {
		c := kit.OpenSocket(t, replicas[i%2].Server.URL+"/graphql", "")
		for id := range perSocket {
			c.Subscribe(strconv.Itoa(id), documents[id%2])
		}
		clients = append(clients, c)
	}
	completed := make([]int, sockets)
	// round reads the events of one change: alarms for even ids, states of the job for the others.
	round := func(alarm, status string) {
		t.Helper()
		for i, e := range readers {
			switch of := i / 2 % 2; {
			case of == 0 && alarm != "":
				e.WantAlarm("RAISED", alarm)
			case of == 1 && status != "":
				if got := e.WantEvent(); got.Status != status {
					t.Fatalf("stream %d: %+v, want %s", i, got, status)
				}
			}
		}
		for i, c := range clients {
			seen := map[string]bool{}
			want := 0
			for id := range perSocket {
				if id%2 == 0 && alarm != "" || id%2 == 1 && status != "" {
					want++
				}
			}
			for range want {
				m := c.Receive()
				for m.Type == "complete" { // of a job, before an alarm
					completed[i]++
					m = c.Receive()
				}
				var answer kit.LiveAnswer
				if json.Unmarshal(m.Payload, &answer) != nil || seen[m.ID] {
					t.Fatalf("socket %d: %+v", i, m)
				}
				seen[m.ID] = true
				got, id := answer.Event(), m.ID[0]-'0'
				if id%2 == 0 && (got.Alarm == nil || got.Alarm.Csn != alarm) || id%2 == 1 && got.Status != status {
					t.Fatalf("socket %d: %+v, want %s%s", i, got, alarm, status)
				}
			}
		}
	}
	round("", "PENDING")
	runtime.GC()
	runtime.ReadMemStats(&after)
	kit.Report(t, "subscribers", "%d subscriptions: %d goroutines and %d KiB each, the clients' side included",
		streams+sockets*perSocket,
		(runtime.NumGoroutine()-idle)/(streams+sockets*perSocket),
		(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)>>10/
			uint64(streams+sockets*perSocket))
	polls, began := w.Sim.Calls()["listDeviceAlarms"], time.Now()
	for range 2 {
		round(w.Raise(t), "")
	}
	w.Clock.Advance(2 * time.Second)
	round("", "RUNNING")
	w.Clock.Advance(20 * time.Second)
	round(w.Raise(t), "SUCCEEDED")
	took := time.Since(began)
	// Fresh ages end up to a fifth early, spread and anticipated; no refresh begins earlier.
	if got, most := w.Sim.Calls()["listDeviceAlarms"]-polls, int(took/(700*time.Millisecond))+2; got > most {
		t.Errorf("%d polls in %s for one topic, at most %d are right", got, took, most)
	}
	for i, e := range readers {
		if i/2%2 == 1 {
			if answer, ok := e.Next(); ok {
				t.Fatalf("stream %d after the end: %+v", i, answer)
			}
		}
	}
	for i, c := range clients {
		for range perSocket/2 - completed[i] {
			if m := c.Receive(); m.Type != "complete" {
				t.Fatalf("socket %d: %+v, want complete", i, m)
			}
		}
	}
	for _, r := range replicas {
		r.Close()
	}
	for _, c := range clients[:3] {
		c.WantClosed(1001)
	}
	testkit.Eventually(t, "goroutines are left", func() bool { return runtime.NumGoroutine() < idle+goroutines })
}
