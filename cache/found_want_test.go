package cache_test

import (
	"errors"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// TestFound_F2_WantedGeneration has one replica hold data that are fresh by their age, and learn that another one has
// newer ones: it answers those, from Redis and without a call.
func TestFound_F2_WantedGeneration(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	one, two := newRows(t, u, replica(t, server, c)), newRows(t, u, replica(t, server, c))
	get(t, one, all)
	noLeases(t, server)
	want(t, get(t, two, all), 1, cache.Fresh, cache.SourceRedis)
	c.Advance(time.Second)
	newer, err := one.get(t.Context(), all, time.Millisecond) // forces a refresh
	if err != nil {
		t.Fatal(err)
	}
	want(t, get(t, two, all), 1, cache.Fresh, cache.SourceMemory)
	two.Want(all.Scope, all.Part, newer.Generation)
	if held, ok := two.peek(t.Context(), all); ok {
		t.Errorf("answers fetch %d from memory", held.Value.rows["n"])
	}
	want(t, get(t, two, all), 2, cache.Fresh, cache.SourceRedis)
	want(t, get(t, two, all), 2, cache.Fresh, cache.SourceMemory)
	u.wantCalls(t, 2)
}

// TestFound_F2_FetchBeganBefore has news come while a fetch is under way: what it brings may lack the news, so another
// one follows.
func TestFound_F2_FetchBeganBefore(t *testing.T) {
	u, c := newUpstream(), newClock()
	gate := make(chan struct{})
	u.gate = gate
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	answer := getLater(t, s, all)
	<-u.began
	generation := uint64(c.Now().Add(time.Hour).UnixMicro()) // of a replica whose clock is ahead
	s.Want(all.Scope, all.Part, generation)
	close(gate)
	if held := answer(); held.Value.rows["n"] != 2 || held.Generation < generation {
		t.Errorf("answer of fetch %d with generation %d, want the second above %d", held.Value.rows["n"], held.Generation,
			generation)
	}
}

// TestFound_F2_NothingNewerToBeHad answers wanting data with the reason when no newer ones can be had.
func TestFound_F2_NothingNewerToBeHad(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	held := get(t, s, all)
	u.set(func(u *upstream) { u.err = errors.New("away") })
	s.Want(all.Scope, all.Part, held.Generation+1)
	for range 3 { // the failure is remembered: no call each time
		if got := get(t, s, all); got.Reason == nil || got.Value.rows["n"] != 1 {
			t.Errorf("got fetch %d, reason %v", got.Value.rows["n"], got.Reason)
		}
	}
	u.wantCalls(t, 2)
}

// TestFound_F2_WantFresh waits for the refresh of data that are stale when they are marked, and not of fresh ones.
func TestFound_F2_WantFresh(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	get(t, s, all)
	s.WantFresh(all.Scope, all.Part)
	want(t, get(t, s, all), 1, cache.Fresh, cache.SourceMemory)
	c.Advance(11 * time.Second)
	s.WantFresh(all.Scope, all.Part)
	want(t, get(t, s, all), 2, cache.Fresh, cache.SourceUpstream)
	c.Advance(11 * time.Second)
	want(t, get(t, s, all), 2, cache.Stale, cache.SourceMemory)
}

// TestFound_F3_RecordIsCompleted completes a fetched record by the one before, on another replica by that of Redis.
func TestFound_F3_RecordIsCompleted(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	completing := func(d *lists) {
		d.Keep = func(cache.Fetched[row]) bool { return true }
		d.Complete = func(_ string, before, fetched cache.Fetched[row]) cache.Fetched[row] {
			fetched.Records = append(fetched.Records, row{ID: "before", Value: before.Records[0].Value})
			return fetched
		}
	}
	one := newRows(t, u, replica(t, server, c), completing)
	get(t, one, all)
	noLeases(t, server)
	c.Advance(2 * time.Minute) // expired: a query waits for the refresh
	two := newRows(t, u, replica(t, server, c), completing)
	held := get(t, two, all)
	if held.Value.rows["n"] != 2 || held.Value.rows["before"] != 1 {
		t.Errorf("rows %v", held.Value.rows)
	}
}

// TestKeptRecordIsBytes: what memory keeps of a record for the next one are bytes, whether it was fetched or read from
// Redis, and a record that lacks nothing is not completed.
func TestKeptRecordIsBytes(t *testing.T) {
	server, c := redistest.Start(t), newClock()
	lacks := true
	complete := func(d *lists) {
		d.Keep = func(cache.Fetched[row]) bool { return true }
		d.Lacks = func(cache.Fetched[row]) bool { return lacks }
		d.Complete = func(_ string, before, fetched cache.Fetched[row]) cache.Fetched[row] {
			fetched.Records = append(fetched.Records, row{ID: "before", Value: before.Records[0].Value})
			return fetched
		}
	}
	u := newUpstream()
	one := newRows(t, u, replica(t, server, c), complete)
	two := newRows(t, u, replica(t, server, c), complete)
	alone := newRows(t, newUpstream(), cache.Tiers{Now: c.Now}, complete)
	for _, s := range []*rows{one, two, alone} {
		get(t, s, all)
		eventually(t, func() bool { return !cache.KeepsRecord(s.Set, all.Scope, all.Part) })
	}
	noLeases(t, server)
	c.Advance(2 * time.Minute)
	for _, s := range []*rows{two, alone} {
		if held := get(t, s, all); held.Value.rows["before"] != 1 {
			t.Errorf("the row before is %d, want 1: %v", held.Value.rows["before"], held.Value.rows)
		}
	}
	noLeases(t, server)
	lacks = false
	c.Advance(2 * time.Minute)
	if held := get(t, alone, all); len(held.Value.rows) != 1 {
		t.Errorf("a record that lacks nothing is completed: %v", held.Value.rows)
	}
}
