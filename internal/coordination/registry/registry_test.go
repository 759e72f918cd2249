package registry_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
)

// eachKind runs a test on a registry in memory and on one in a real Redis. later makes time pass for the entries.
func eachKind(t *testing.T, test func(t *testing.T, r *registry.Registry, later func(time.Duration))) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		var passed atomic.Int64
		start := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
		r := registry.New(nil, "test", func() time.Time { return start.Add(time.Duration(passed.Load())) })
		if r.Shared() {
			t.Error("what is in memory is shared")
		}
		test(t, r, func(d time.Duration) { passed.Add(int64(d)) })
	})
	t.Run("redis", func(t *testing.T) {
		connection := connect(t, redistest.Start(t))
		r := registry.New(connection, "test", nil)
		if !r.Shared() {
			t.Error("what is in Redis is not shared")
		}
		test(t, r, func(d time.Duration) { expire(t, redis.Universal(connection), d) })
	})
}

func connect(t *testing.T, server *redistest.Server) *redis.Connection {
	t.Helper()
	connection, err := redis.Open(t.Context(), "redis://"+server.Addr, redis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connection.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return connection
}

// expire shortens the life of every key by d, as if so much time had passed.
func expire(t *testing.T, client goredis.UniversalClient, d time.Duration) {
	t.Helper()
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		left, err := client.PTTL(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		if left <= 0 {
			t.Errorf("key %s never ends", key)
		}
		if err := client.PExpire(t.Context(), key, left-d).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

func value(t *testing.T, r *registry.Registry, kind, key string) string {
	t.Helper()
	held, ok, err := r.Value(t.Context(), kind, key)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return "none"
	}
	return string(held)
}

func TestRegistry(t *testing.T) {
	eachKind(t, func(t *testing.T, r *registry.Registry, later func(time.Duration)) {
		ctx := t.Context()
		if got := value(t, r, "job", "a"); got != "none" {
			t.Errorf("before anything: %s", got)
		}
		held, stored, err := r.PutIfAbsent(ctx, "job", "a", []byte("one"), time.Hour)
		if err != nil || !stored || string(held) != "one" {
			t.Errorf("first: %s, %v, %v", held, stored, err)
		}
		held, stored, err = r.PutIfAbsent(ctx, "job", "a", []byte("two"), time.Hour)
		if err != nil || stored || string(held) != "one" {
			t.Errorf("second: %s, %v, %v", held, stored, err)
		}
		if got := value(t, r, "command", "a") + value(t, r, "job", "b"); got != "nonenone" {
			t.Errorf("another kind, another key: %s", got)
		}
		if err := r.Put(ctx, "job", "a", []byte("three"), time.Minute); err != nil {
			t.Fatal(err)
		}
		if got := value(t, r, "job", "a"); got != "three" {
			t.Errorf("after it was replaced: %s", got)
		}
		if err := r.Put(ctx, "job", "empty", nil, time.Hour); err != nil || value(t, r, "job", "empty") != "" {
			t.Errorf("an empty value: %v, %s", err, value(t, r, "job", "empty"))
		}
		if left, err := r.Left(ctx, "job", "a"); err != nil || left <= 50*time.Second || left > time.Minute {
			t.Errorf("left of a minute: %v, %v", left, err)
		}
		if left, err := r.Left(ctx, "job", "b"); err != nil || left != 0 {
			t.Errorf("left of nothing: %v, %v", left, err)
		}
		later(59 * time.Second)
		if got := value(t, r, "job", "a"); got != "three" {
			t.Errorf("before its end: %s", got)
		}
		later(2 * time.Second)
		if got := value(t, r, "job", "a"); got != "none" {
			t.Errorf("after its end: %s", got)
		}
		if _, stored, err := r.PutIfAbsent(ctx, "job", "a", []byte("four"), time.Hour); err != nil || !stored {
			t.Errorf("a new one after its end: %v, %v", stored, err)
		}
		for _, test := range []struct {
			key, held, value, want string
			replaced               bool
		}{
			{"a", "five", "six", "four", false},
			{"a", "four", "five", "five", true},
			{"a", "four", "six", "five", false},
			{"c", "never held", "seven", "seven", true},
		} {
			replaced, err := r.Replace(ctx, "job", test.key, []byte(test.held), []byte(test.value), time.Minute)
			if got := value(t, r, "job", test.key); err != nil || replaced != test.replaced || got != test.want {
				t.Errorf("replace %s of %s: %v, %v, then %s, want %v, %s", test.held, test.key, replaced, err, got,
					test.replaced, test.want)
			}
		}
		later(61 * time.Second)
		if got := value(t, r, "job", "a"); got != "none" {
			t.Errorf("after the end of what replaced it: %s", got)
		}
	})
}

func TestOnlyOneStores(t *testing.T) {
	eachKind(t, func(t *testing.T, r *registry.Registry, _ func(time.Duration)) {
		var wins atomic.Int32
		var wait sync.WaitGroup
		for i := range 20 {
			wait.Go(func() {
				held, stored, err := r.PutIfAbsent(t.Context(), "command", "key", fmt.Append(nil, i), time.Hour)
				if err != nil || len(held) == 0 {
					t.Errorf("put: %s, %v", held, err)
				}
				if stored {
					wins.Add(1)
				}
			})
		}
		wait.Wait()
		if wins.Load() != 1 {
			t.Errorf("%d stored it", wins.Load())
		}
	})
}

func TestReplicasShare(t *testing.T) {
	server := redistest.Start(t)
	one, two := registry.New(connect(t, server), "a", nil), registry.New(connect(t, server), "a", nil)
	other := registry.New(connect(t, server), "b", nil)
	if err := one.Put(t.Context(), "job", "secret of a client", []byte("x"), time.Hour); err != nil {
		t.Fatal(err)
	}
	if value(t, two, "job", "secret of a client") != "x" || value(t, other, "job", "secret of a client") != "none" {
		t.Error("replicas of one installation share, installations don't")
	}
	keys, err := redis.Client(connect(t, server)).Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 1 || strings.Contains(keys[0], "secret") {
		t.Errorf("keys %q, %v: what a client gives is hashed", keys, err)
	}
}

func TestRedisThatIsGone(t *testing.T) {
	server := redistest.Start(t)
	r := registry.New(connect(t, server), "test", nil)
	server.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, _, err := r.PutIfAbsent(ctx, "command", "key", []byte("x"), time.Hour); err == nil {
		t.Error("a command would run although nobody can remember it")
	}
	if err := r.Put(ctx, "command", "key", []byte("x"), time.Hour); err == nil {
		t.Error("put")
	}
	if _, _, err := r.Value(ctx, "command", "key"); err == nil {
		t.Error("value")
	}
	if _, err := r.Replace(ctx, "command", "key", []byte("x"), []byte("y"), time.Hour); err == nil {
		t.Error("replace")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	r := registry.New(nil, "test", func() time.Time { return now })
	for i := range 10_001 {
		if err := r.Put(t.Context(), "job", fmt.Sprint(i), []byte("x"), time.Hour+time.Duration(i)*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if value(t, r, "job", "0") != "none" || value(t, r, "job", "1") != "x" || value(t, r, "job", "10000") != "x" {
		t.Error("the entry that ends first makes room")
	}
	if err := r.Put(t.Context(), "job", "10000", []byte("y"), time.Hour); err != nil || value(t, r, "job", "1") != "x" {
		t.Error("replacing an entry needs no room")
	}
}
