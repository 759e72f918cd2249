package cache_test

import (
	"encoding/hex"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// incompressible makes rows of about n bytes that zstd cannot shrink below half of that.
func incompressible(seed byte, n int) []row {
	random := rand.NewChaCha8([32]byte{seed})
	var rows []row
	for size := 0; size < n; size += 64 << 10 {
		raw := make([]byte, 32<<10)
		random.Read(raw) //nolint:errcheck // it never fails
		rows = append(rows, row{ID: hex.EncodeToString(raw)})
	}
	return rows
}

func chunkKeys(t *testing.T, tiers cache.Tiers) []string {
	t.Helper()
	keys, err := redis.Client(tiers.Redis).Keys(t.Context(), "opsgraph:v3:*:*:*:*:*:*").Result()
	if err != nil {
		t.Fatalf("KEYS: %v", err)
	}
	return keys
}

func TestLargeSnapshotsAreChunked(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	u.answer.Records = incompressible(1, 3<<20)
	tiers := replica(t, server, c)
	one := newRows(t, u, tiers)
	get(t, one, all)
	one.Close()
	first := chunkKeys(t, tiers)
	if len(first) < 2 {
		t.Fatalf("%d chunks, want several", len(first))
	}
	for _, key := range first {
		if n := redis.Client(tiers.Redis).StrLen(t.Context(), key).Val(); n == 0 || n > 1<<20 {
			t.Errorf("a chunk of %d bytes", n)
		}
	}
	two := newRows(t, u, replica(t, server, c))
	held := get(t, two, all)
	want(t, held, 1, cache.Fresh, cache.SourceRedis)
	if got, want := len(held.Value.rows), len(u.answer.Records)+1; got != want {
		t.Errorf("%d rows, want %d", got, want)
	}
	u.wantCalls(t, 1)

	c.Advance(2 * time.Minute) // the next generation: the old chunks expire soon, the new ones are whole
	want(t, get(t, two, all), 2, cache.Fresh, cache.SourceUpstream)
	two.Close()
	for _, key := range first {
		if ttl := redis.Client(tiers.Redis).PTTL(t.Context(), key).Val(); ttl > 30*time.Second {
			t.Errorf("an old chunk stays for %v", ttl)
		}
	}
	if n := len(chunkKeys(t, tiers)); n != 2*len(first) {
		t.Errorf("%d chunks, want %d of two generations", n, 2*len(first))
	}
	if got := stored(t, server); got != 2 {
		t.Errorf("stored fetch %d, want 2", got)
	}
	three := newRows(t, u, tiers)
	if err := three.drop(t.Context(), all); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	if n := len(chunkKeys(t, tiers)); n != len(first) {
		t.Errorf("%d chunks after Drop, want only the %d that are going", n, len(first))
	}
}

func TestMissingOrDamagedChunkIsAMiss(t *testing.T) {
	damage := map[string]func(t *testing.T, tiers cache.Tiers, key string){
		"missing": func(t *testing.T, tiers cache.Tiers, key string) {
			t.Helper()
			if err := redis.Client(tiers.Redis).Del(t.Context(), key).Err(); err != nil {
				t.Fatalf("DEL: %v", err)
			}
		},
		"damaged": func(t *testing.T, tiers cache.Tiers, key string) {
			t.Helper()
			if err := redis.Client(tiers.Redis).SetRange(t.Context(), key, 5, "x\x00y").Err(); err != nil {
				t.Fatalf("SETRANGE: %v", err)
			}
		},
		"a hash": func(t *testing.T, tiers cache.Tiers, key string) {
			t.Helper()
			client := redis.Client(tiers.Redis)
			if err := client.Del(t.Context(), key).Err(); err != nil {
				t.Fatalf("DEL: %v", err)
			}
			if err := client.HSet(t.Context(), key, "a", "b").Err(); err != nil {
				t.Fatalf("HSET: %v", err)
			}
		},
	}
	server := redistest.Start(t)
	for name, do := range damage {
		t.Run(name, func(t *testing.T) {
			u := newUpstream()
			u.answer.Records = incompressible(2, 3<<20)
			tiers := replica(t, server, nil)
			if err := redis.Client(tiers.Redis).FlushAll(t.Context()).Err(); err != nil {
				t.Fatalf("FLUSHALL: %v", err)
			}
			one := newRows(t, u, tiers)
			get(t, one, all)
			one.Close()
			do(t, tiers, chunkKeys(t, tiers)[0])
			events := &tally{}
			tiers.OnEvent = events.on
			two := newRows(t, u, tiers)
			want(t, get(t, two, all), 2, cache.Fresh, cache.SourceUpstream)
			if n := events.of(cache.EventCorrupt); n != 1 {
				t.Errorf("%d events of corruption: %v", n, events.errs)
			}
			two.Close()
			if got := stored(t, server); got != 2 {
				t.Errorf("stored fetch %d, want 2", got)
			}
		})
	}
}
