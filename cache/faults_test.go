package cache_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

func emptyFetch[R any](context.Context, cache.Key) (cache.Fetched[R], error) {
	return cache.Fetched[R]{}, nil
}

// A stored value that does not match its key is a miss, is reported, and is replaced (F-49, F-51, F-52).
func TestBadValuesAreMisses(t *testing.T) {
	type store struct {
		t      *testing.T
		client *goredis.Client
		name   string
		good   []byte
		others []byte // the good value of another tenant
	}
	put := func(s store, value []byte) {
		s.t.Helper()
		if err := s.client.Set(s.t.Context(), s.name, value, time.Minute).Err(); err != nil {
			s.t.Fatalf("SET: %v", err)
		}
	}
	tests := map[string]func(s store){
		"empty":            func(s store) { put(s, nil) },
		"random":           func(s store) { put(s, []byte("\x00\xffgarbage\x01")) },
		"random, long":     func(s store) { put(s, noise(200_000)) },
		"cut in prefix":    func(s store) { put(s, s.good[:10]) },
		"cut in header":    func(s store) { put(s, s.good[:60]) },
		"cut in body":      func(s store) { put(s, s.good[:len(s.good)-3]) },
		"longer":           func(s store) { put(s, append(bytes.Clone(s.good), 0)) },
		"another tenant's": func(s store) { put(s, s.others) },
		"JSON":             func(s store) { put(s, []byte(`{"records":[{"id":"n","value":99}]}`)) },
		"huge generation":  func(s store) { put(s, []byte("ogc19999999999999999999900")) },
		"flipped bit in generation": func(s store) {
			put(s, bytes.Replace(s.good, []byte("ogc10"), []byte("ogc11"), 1))
		},
		"100 MB": func(s store) {
			if err := s.client.SetRange(s.t.Context(), s.name, 100<<20, "x").Err(); err != nil {
				s.t.Fatalf("SETRANGE: %v", err)
			}
		},
		"a list": func(s store) {
			if err := s.client.Del(s.t.Context(), s.name).Err(); err != nil {
				s.t.Fatalf("DEL: %v", err)
			}
			if err := s.client.LPush(s.t.Context(), s.name, "a").Err(); err != nil {
				s.t.Fatalf("LPUSH: %v", err)
			}
		},
	}
	server := redistest.Start(t)
	client := admin(t, server)
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			tiers := replica(t, server, nil)
			if err := client.FlushAll(t.Context()).Err(); err != nil {
				t.Fatalf("FLUSHALL: %v", err)
			}
			u := newUpstream()
			s := newRows(t, u, tiers)
			get(t, s, all)
			get(t, s, cache.Key{Scope: "other"})
			s.Close()
			in := store{t: t, client: client}
			keys, err := client.Keys(t.Context(), "opsgraph:v3:*").Result()
			if err != nil || len(keys) != 2 {
				t.Fatalf("keys %v, %v, want 2", keys, err)
			}
			for _, key := range keys {
				value, err := client.Get(t.Context(), key).Bytes()
				if err != nil {
					t.Fatalf("GET: %v", err)
				}
				if strings.Contains(key, ":t/tenant:") {
					in.name, in.good = key, value
				} else {
					in.others = value
				}
			}
			damage(in)

			events := &tally{}
			tiers.OnEvent = events.on
			again := newRows(t, u, tiers)
			want(t, get(t, again, all), 3, cache.Fresh, cache.SourceUpstream)
			again.Close()
			if n := events.of(cache.EventCorrupt); (n == 0) != (name == "empty") {
				t.Errorf("%d events of corruption: %v", n, events.errs)
			}
			want(t, get(t, newRows(t, u, tiers), all), 3, cache.Fresh, cache.SourceRedis)
		})
	}
}

func TestEveryFlippedBitIsAMiss(t *testing.T) {
	server := redistest.Start(t)
	tiers := replica(t, server, nil)
	client := redis.Client(tiers.Redis)
	u := newUpstream()
	s := newRows(t, u, tiers)
	get(t, s, all)
	s.Close()
	keys, err := client.Keys(t.Context(), "opsgraph:v3:*").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys %v, %v, want 1", keys, err)
	}
	good, err := client.Get(t.Context(), keys[0]).Bytes()
	if err != nil {
		t.Fatalf("GET: %v", err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		bad := bytes.Clone(good)
		at := random.IntN(len(bad))
		bad[at] ^= 1 << random.IntN(8)
		if err := client.Set(t.Context(), keys[0], bad, 0).Err(); err != nil {
			t.Fatalf("SET: %v", err)
		}
		if got := stored(t, server); got != 0 {
			t.Fatalf("a flipped bit in byte %d was answered", at)
		}
	}
}

func noise(n int) []byte {
	random := rand.New(rand.NewPCG(3, 4))
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(random.Uint32())
	}
	return out
}

// A dead Redis is a miss, and cheap (F-41, F-42); when it is back it is used again.
func TestRedisDown(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	tiers := replica(t, server, c)
	server.Kill()
	events := &tally{}
	tiers.OnEvent = events.on
	s := newRows(t, u, tiers)
	began := time.Now()
	want(t, get(t, s, all), 1, cache.Fresh, cache.SourceUpstream)
	if took := time.Since(began); took > time.Second {
		t.Errorf("a fetch without Redis took %v", took)
	}
	if events.of(cache.EventRedisError) == 0 {
		t.Error("nothing was reported")
	}
	if err := s.drop(t.Context(), all); err == nil {
		t.Error("Drop without Redis has no error")
	}
	want(t, get(t, s, all), 2, cache.Fresh, cache.SourceUpstream)
	server.Restart()
	eventually(t, func() bool { return tiers.Redis.Ping(t.Context()) == nil })
	c.Advance(2 * time.Minute)
	want(t, get(t, s, all), 3, cache.Fresh, cache.SourceUpstream)
	s.Close()
	if got := stored(t, server); got != 3 {
		t.Errorf("stored fetch %d, want 3", got)
	}
}

// A frozen Redis adds some tens of milliseconds a trip until the breaker opens, then nothing (F-43).
func TestRedisFrozen(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	s := newRows(t, u, replicaWith(t, server, c, redis.Options{}))
	get(t, s, all)
	server.Pause()
	for i := range 5 {
		c.Advance(2 * time.Minute)
		began := time.Now()
		want(t, get(t, s, all), i+2, cache.Fresh, cache.SourceUpstream)
		if took := time.Since(began); took > time.Second {
			t.Errorf("get %d took %v", i, took)
		}
	}
	server.Resume()
}

// A Redis that is full refuses writes: it is still read, and nothing fails (F-47).
func TestRedisFull(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	tiers := replica(t, server, nil)
	events := &tally{}
	tiers.OnEvent = events.on
	one := newRows(t, u, tiers)
	get(t, one, all)
	one.Close()
	if err := redis.Client(tiers.Redis).ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatalf("CONFIG SET: %v", err)
	}
	two := newRows(t, u, tiers)
	want(t, get(t, two, all), 1, cache.Fresh, cache.SourceRedis)
	want(t, get(t, two, cache.Key{Scope: "b"}), 2, cache.Fresh, cache.SourceUpstream)
	two.Close()
	if events.of(cache.EventRedisError) == 0 {
		t.Error("nothing was reported")
	}
}

func TestFlushedScriptsAndData(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	tiers := replica(t, server, nil)
	s := newRows(t, u, tiers)
	for i := range 3 {
		want(t, get(t, s, cache.Key{Scope: "t", Part: strings.Repeat("x", i)}), i+1, cache.Fresh, cache.SourceUpstream)
		if err := redis.Client(tiers.Redis).ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatalf("SCRIPT FLUSH: %v", err)
		}
	}
	if err := redis.Client(tiers.Redis).FlushAll(t.Context()).Err(); err != nil {
		t.Fatalf("FLUSHALL: %v", err)
	}
	if err := s.drop(t.Context(), cache.Key{Scope: "t"}); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	want(t, get(t, s, cache.Key{Scope: "t"}), 4, cache.Fresh, cache.SourceUpstream)
}

// Clocks that differ make data no younger than new and keep nothing for ever (F-60).
func TestClocksThatDiffer(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	ahead, late := newClock(), newClock()
	ahead.Advance(5 * time.Minute)
	one := newRows(t, u, replica(t, server, ahead))
	get(t, one, all)
	one.Close()
	tiers := replica(t, server, late)
	two := newRows(t, u, tiers)
	held := get(t, two, all)
	want(t, held, 1, cache.Fresh, cache.SourceRedis)
	if held.FetchedAt.After(late.Now()) {
		t.Errorf("fetched at %v, after now", held.FetchedAt)
	}
	late.Advance(2 * time.Minute)
	want(t, get(t, two, all), 2, cache.Fresh, cache.SourceUpstream) // a lower clock, yet a newer generation
	two.Close()
	three := newRows(t, u, replica(t, server, late))
	want(t, get(t, three, all), 2, cache.Fresh, cache.SourceRedis)
	client := redis.Client(tiers.Redis)
	keys, err := client.Keys(t.Context(), "opsgraph:v3:*").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys %v, %v, want 1", keys, err)
	}
	if ttl := client.PTTL(t.Context(), keys[0]).Val(); ttl <= 0 || ttl > ages.Dead {
		t.Errorf("Redis keeps it for %v, want at most until it is dead", ttl)
	}
}
