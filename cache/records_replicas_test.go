package cache_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// trips counts the trips to Redis.
type trips struct {
	mu        sync.Mutex
	pipelines [][]string
	singles   []string
}

func (c *trips) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (c *trips) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		c.mu.Lock()
		c.singles = append(c.singles, cmd.Name())
		c.mu.Unlock()
		return next(ctx, cmd)
	}
}

func (c *trips) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		names := make([]string, len(cmds))
		for i, cmd := range cmds {
			names[i] = cmd.Name()
		}
		c.mu.Lock()
		c.pipelines = append(c.pipelines, names)
		c.mu.Unlock()
		return next(ctx, cmds)
	}
}

func TestRecordsOneTripEachWay(t *testing.T) {
	server, s := redistest.Start(t), newShelf()
	tiers := replica(t, server, nil)
	warm := newRecords(t, s, tiers)
	warm.Get(t.Context(), "t", []string{"warm"}, 0) // connection and scripts are there
	warm.Close()
	counted := &trips{}
	redis.Universal(tiers.Redis).AddHook(counted)
	keys := make([]string, 100)
	for i := range keys {
		keys[i] = fmt.Sprintf("k%03d", i)
	}
	m := newRecords(t, s, tiers)
	if n := len(m.Get(t.Context(), "t", keys, 0)); n != 100 {
		t.Fatalf("%d answers, want 100", n)
	}
	m.Close()
	s.wantAsked(t, []string{"warm"}, keys)
	if len(counted.singles) != 0 || len(counted.pipelines) != 2 ||
		len(counted.pipelines[0]) != 100 || counted.pipelines[0][0] != "getrange" ||
		len(counted.pipelines[1]) != 100 || counted.pipelines[1][0] != "evalsha" {
		t.Errorf("single commands %v, pipelines %v; want one to read and one to write", counted.singles, counted.pipelines)
	}

	again := newRecords(t, s, tiers)
	out := again.Get(t.Context(), "t", append(keys, "warm"), 0)
	for key, o := range out {
		if o.Err != nil || o.Held.Source != cache.SourceRedis || o.Held.Value.ID != key {
			t.Errorf("%s = %+v, want it from Redis", key, o)
		}
	}
	again.Close()
	if len(counted.singles) != 0 || len(counted.pipelines) != 3 {
		t.Errorf("%d single commands, %d pipelines; want one trip more", len(counted.singles), len(counted.pipelines))
	}
	s.wantAsked(t, []string{"warm"}, keys)
}

func TestRecordsNewReplicaReadsRedis(t *testing.T) {
	server, s, c := redistest.Start(t), newShelf(), newClock()
	one := newRecords(t, s, replica(t, server, c))
	one.Get(t.Context(), "t", []string{"a", "none"}, 0)
	one.Close()
	c.Advance(time.Second)
	two := newRecords(t, s, replica(t, server, c))
	wantRecords(t, two.Get(t.Context(), "t", []string{"a", "none"}, 0), map[string]seen{
		"a":    {1, cache.Fresh, cache.SourceRedis, true, false},
		"none": {0, cache.Fresh, cache.SourceRedis, false, false},
	})
	wantRecords(t, two.Get(t.Context(), "other", []string{"a"}, 0), map[string]seen{
		"a": {2, cache.Fresh, cache.SourceUpstream, true, false},
	})
	s.wantAsked(t, []string{"a", "none"}, []string{"a"})
}

func TestRecordsStaleFromRedisIsAnsweredAtOnce(t *testing.T) {
	server, s, c := redistest.Start(t), newShelf(), newClock()
	one := newRecords(t, s, replica(t, server, c))
	one.Get(t.Context(), "t", []string{"a"}, 0)
	one.Close()
	c.Advance(30 * time.Second)
	gate := make(chan struct{})
	s.set(func(s *shelf) { s.gate = gate })
	two := newRecords(t, s, replica(t, server, c))
	wantRecords(t, two.Get(t.Context(), "t", []string{"a"}, 0), map[string]seen{
		"a": {1, cache.Stale, cache.SourceRedis, true, false},
	})
	close(gate)
	eventually(t, func() bool { o, ok := two.Peek(t.Context(), "t", "a"); return ok && o.Held.State == cache.Fresh })
	s.wantAsked(t, []string{"a"}, []string{"a"})
	if !s.inBackground[1] {
		t.Error("the refresh of what was answered already is not in the background")
	}
}

// At its stale moment a replica learns of the newer record of another, and does not fetch.
func TestRecordsLearnsOfNewerRecords(t *testing.T) {
	server, s, c := redistest.Start(t), newShelf(), newClock()
	one, two := newRecords(t, s, replica(t, server, c)), newRecords(t, s, replica(t, server, c))
	one.Get(t.Context(), "t", []string{"a"}, 0)
	eventually(t, func() bool { return storedRecord(t, server) == 1 })
	two.Get(t.Context(), "t", []string{"a"}, 0)
	c.Advance(2 * time.Minute)
	one.Get(t.Context(), "t", []string{"a"}, 0)
	one.Close()
	wantRecords(t, two.Get(t.Context(), "t", []string{"a"}, 0), map[string]seen{
		"a": {2, cache.Fresh, cache.SourceRedis, true, false},
	})
	s.wantAsked(t, []string{"a"}, []string{"a"})
}

// storedRecord reads "a" from Redis, as a new replica would.
func storedRecord(t *testing.T, server *redistest.Server) int {
	t.Helper()
	nobody := newShelf()
	nobody.errs["a"] = errUpstream
	m := newRecords(t, nobody, replica(t, server, nil))
	defer m.Close()
	return m.Get(t.Context(), "t", []string{"a"}, 0)["a"].Held.Value.Value
}

func TestRecordsBadValuesAreMisses(t *testing.T) {
	server, s := redistest.Start(t), newShelf()
	tiers := replica(t, server, nil)
	one := newRecords(t, s, tiers)
	one.Get(t.Context(), "t", []string{"a", "b", "c", "d"}, 0)
	one.Close()
	client := admin(t, server)
	keys := client.Keys(t.Context(), "opsgraph:v3:*").Val()
	if len(keys) != 4 {
		t.Fatalf("%d keys, want 4", len(keys))
	}
	first := client.Get(t.Context(), keys[0]).Val()
	pipe := client.Pipeline()
	pipe.Set(t.Context(), keys[0], first[:len(first)-1], 0)
	pipe.Set(t.Context(), keys[1], first, 0) // the value of another key
	pipe.Del(t.Context(), keys[2])
	pipe.LPush(t.Context(), keys[2], "x")
	if _, err := pipe.Exec(t.Context()); err != nil {
		t.Fatalf("damage: %v", err)
	}
	events := &tally{}
	tiers.OnEvent = events.on
	two := newRecords(t, s, tiers)
	out := two.Get(t.Context(), "t", []string{"a", "b", "c", "d"}, 0)
	from := map[string]int{}
	for key, o := range out {
		if o.Err != nil || o.Held.Value.ID != key {
			t.Errorf("%s = %+v", key, o)
		}
		from[o.Held.Source]++
	}
	if from[cache.SourceRedis] != 1 || from[cache.SourceUpstream] != 3 || events.of(cache.EventCorrupt) != 3 {
		t.Errorf("sources %v, %d corrupt; want 1 from Redis, 3 corrupt: %v", from, events.of(cache.EventCorrupt), events.errs)
	}
}

func TestRecordsDropFencesOffOtherReplicas(t *testing.T) {
	server, s := redistest.Start(t), newShelf()
	s.gate = make(chan struct{})
	one, two := newRecords(t, s, replica(t, server, nil)), newRecords(t, s, replica(t, server, nil))
	done := make(chan struct{})
	go func() {
		defer close(done)
		one.Get(t.Context(), "t", []string{"a"}, 0)
	}()
	<-s.began
	if err := two.Drop(t.Context(), "t", "a"); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	close(s.gate)
	<-done
	one.Close()
	if got := storedRecord(t, server); got != 0 {
		t.Errorf("fetch %d, from before the drop, is stored", got)
	}
	wantRecords(t, two.Get(t.Context(), "t", []string{"a"}, 0), map[string]seen{
		"a": {2, cache.Fresh, cache.SourceUpstream, true, false},
	})
}

func TestRecordsLargeRecord(t *testing.T) {
	server, s := redistest.Start(t), newShelf()
	long := strings.Repeat("x", 100_000)
	large := func(d *records) {
		d.Fetch = func(context.Context, string, []string) map[string]cache.Result[row] {
			return map[string]cache.Result[row]{"a": {Record: row{ID: long}}}
		}
	}
	one := newRecords(t, s, replica(t, server, nil), large)
	one.Get(t.Context(), "t", []string{"a"}, 0)
	one.Close()
	o := newRecords(t, s, replica(t, server, nil), large).Get(t.Context(), "t", []string{"a"}, 0)["a"]
	if o.Err != nil || o.Held.Source != cache.SourceRedis || o.Held.Value.ID != long {
		t.Errorf("100 kB came back as %d bytes from %s, %v", len(o.Held.Value.ID), o.Held.Source, o.Err)
	}
}
