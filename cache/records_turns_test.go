package cache_test

import (
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// leased lets one replica at a time refresh a key.
func leased(d *records) { d.LeaseFor = 300 * time.Millisecond }

func TestRecordsLeasedReplicasFetchOnce(t *testing.T) {
	server, s := redistest.Start(t), newShelf()
	s.gate = make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		m := newRecords(t, s, replica(t, server, nil), leased)
		for range 10 {
			wg.Go(func() {
				for key, o := range m.Get(t.Context(), "t", []string{"a", "b"}, 0) {
					if o.Err != nil || o.Held.Value.ID != key || o.Held.Value.Value != 1 {
						t.Errorf("%s = %+v, want it of fetch 1", key, o)
					}
				}
			})
		}
	}
	<-s.began
	time.AfterFunc(time.Second, func() { close(s.gate) }) // longer than the lease
	wg.Wait()
	s.wantAsked(t, []string{"a", "b"})
}

func TestRecordsLeasedFetchesWhatOthersDoNot(t *testing.T) {
	server, s := redistest.Start(t), newShelf()
	gate := make(chan struct{})
	s.gate = gate
	one, two := newRecords(t, s, replica(t, server, nil), leased), newRecords(t, s, replica(t, server, nil), leased)
	var wg sync.WaitGroup
	wg.Go(func() { one.Get(t.Context(), "t", []string{"a", "b"}, 0) })
	<-s.began
	wg.Go(func() {
		wantRecords(t, two.Get(t.Context(), "t", []string{"b", "c"}, 0), map[string]seen{
			"b": {1, cache.Fresh, cache.SourceRedis, true, false},
			"c": {2, cache.Fresh, cache.SourceUpstream, true, false},
		})
	})
	<-s.began
	close(gate)
	wg.Wait()
	s.wantAsked(t, []string{"a", "b"}, []string{"c"})
}

func TestRecordsLeasedRestsWhileOthersRefresh(t *testing.T) {
	server, s, c := redistest.Start(t), newShelf(), newClock()
	one, two := newRecords(t, s, replica(t, server, c), leased), newRecords(t, s, replica(t, server, c), leased)
	one.Get(t.Context(), "t", []string{"a"}, 0)
	noLeases(t, server)
	two.Get(t.Context(), "t", []string{"a"}, 0)
	c.Advance(11 * time.Second)
	gate := make(chan struct{})
	s.set(func(s *shelf) { s.gate = gate })
	<-s.began
	one.Peek(t.Context(), "t", "a")
	<-s.began
	for range 100 {
		if o, ok := two.Peek(t.Context(), "t", "a"); !ok || o.Held.State != cache.Stale {
			t.Fatalf("Peek = %+v, %t, want stale", o, ok)
		}
	}
	// A peek only asks for a refresh: it is to be tried while one holds the lease.
	eventually(t, func() bool { _, held := two.Look("t", "a"); return held.Rests == cache.RestElsewhere })
	close(gate)
	one.Close()
	two.Get(t.Context(), "t", []string{"a"}, 0) // joins, or finds, what two began before it rested
	c.Advance(time.Second)
	eventually(t, func() bool { o, ok := two.Peek(t.Context(), "t", "a"); return ok && o.Held.State == cache.Fresh })
	s.wantAsked(t, []string{"a"}, []string{"a"})
}
