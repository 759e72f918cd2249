package redis_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, url string, o redis.Options) *redis.Connection {
	t.Helper()
	conn, err := redis.Open(t.Context(), url, o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return conn
}

func TestOpenReachesServer(t *testing.T) {
	server := redistest.Start(t)
	conn := open(t, server.URL(), redis.Options{})
	if err := redis.Client(conn).Set(t.Context(), "a", "1", time.Minute).Err(); err != nil {
		t.Fatalf("SET: %v", err)
	}
	if got, err := redis.Client(conn).Get(t.Context(), "a").Result(); err != nil || got != "1" {
		t.Errorf("GET = %q, %v, want 1", got, err)
	}
	if !conn.Healthy() {
		t.Error("Healthy = false")
	}
	if got, want := conn.Address(), "redis://"+server.Addr; got != want {
		t.Errorf("Address = %q, want %q", got, want)
	}
}

func TestOpenTellsNoPassword(t *testing.T) {
	if _, err := redis.Open(t.Context(), "redis://:canary@r1:port", redis.Options{}); err == nil ||
		strings.Contains(err.Error(), "canary") {
		t.Errorf("Open = %v, want an error without the password", err)
	}
	var log strings.Builder
	open(t, "redis://user:canary@127.0.0.1:1", redis.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if text := log.String(); strings.Contains(text, "canary") || !strings.Contains(text, "127.0.0.1:1") {
		t.Errorf("log = %q, want the address without the password", text)
	}
}

// A Redis that is down when the process starts is used as soon as it is up (F-41).
func TestOpenBeforeServerIsUp(t *testing.T) {
	server := redistest.Start(t)
	server.Kill()
	conn := open(t, server.URL(), redis.Options{RetryAfter: 50 * time.Millisecond})
	for range 3 {
		if err := conn.Ping(t.Context()); err == nil {
			t.Fatal("Ping of a dead server succeeded")
		}
	}
	if conn.Healthy() {
		t.Error("Healthy = true after three failures")
	}
	server.Restart()
	testkit.Eventually(t, "Redis is not found again",
		func() bool { return conn.Ping(t.Context()) == nil && conn.Healthy() })
}

// A frozen Redis costs some tens of milliseconds three times, then nothing (F-43).
func TestFrozenServerCostsNothing(t *testing.T) {
	server := redistest.Start(t)
	conn := open(t, server.URL(), redis.Options{RetryAfter: 300 * time.Millisecond})
	server.Pause()
	for i := range 3 {
		began := time.Now()
		if err := redis.Client(conn).Get(t.Context(), "a").Err(); err == nil {
			t.Fatal("GET from a frozen server succeeded")
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("failure %d took %v", i, took)
		}
	}
	began := time.Now()
	for range 100 {
		if err := redis.Client(conn).Get(t.Context(), "a").Err(); !errors.Is(err, redis.ErrUnavailable) {
			t.Fatalf("GET = %v, want ErrUnavailable", err)
		}
	}
	_, err := redis.Client(conn).Pipelined(t.Context(),
		func(p goredis.Pipeliner) error { return p.Get(t.Context(), "a").Err() })
	if !errors.Is(err, redis.ErrUnavailable) {
		t.Errorf("pipeline = %v, want ErrUnavailable", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("101 calls to an open breaker took %v", took)
	}
	server.Resume()
	testkit.Eventually(t, "Redis is not found again", func() bool { return conn.Ping(t.Context()) == nil })
	if !conn.Healthy() {
		t.Error("Healthy = false after a success")
	}
}

func TestAnswersOfRedisAreNoFailures(t *testing.T) {
	server := redistest.Start(t)
	conn := open(t, server.URL(), redis.Options{})
	client := redis.Client(conn)
	if err := client.Set(t.Context(), "text", "a", 0).Err(); err != nil {
		t.Fatalf("SET: %v", err)
	}
	for range 10 {
		if err := client.Get(t.Context(), "none").Err(); !errors.Is(err, goredis.Nil) {
			t.Fatalf("GET = %v, want Nil", err)
		}
		if err := client.LPush(t.Context(), "text", "b").Err(); !goredis.HasErrorPrefix(err, "WRONGTYPE") {
			t.Fatalf("LPUSH = %v, want WRONGTYPE", err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 10 {
		if err := client.Get(gone, "text").Err(); err == nil {
			t.Fatal("GET with a cancelled context succeeded")
		}
	}
	if !conn.Healthy() {
		t.Error("Healthy = false: answers and cancelled callers opened the breaker")
	}
}

// A caller that leaves during the probe of a half-open breaker must not keep it half-open.
func TestCancelledTrialFreesBreaker(t *testing.T) {
	server := redistest.Start(t)
	server.Kill()
	conn := open(t, server.URL(), redis.Options{RetryAfter: 20 * time.Millisecond})
	for conn.Healthy() {
		if err := conn.Ping(t.Context()); err == nil {
			t.Fatal("Ping of a dead server succeeded")
		}
	}
	server.Restart()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	testkit.Eventually(t, "nobody tries again", func() bool { return !errors.Is(conn.Ping(gone), redis.ErrUnavailable) })
	testkit.Eventually(t, "Redis is not found again", func() bool { return conn.Ping(t.Context()) == nil })
}

func TestEvicts(t *testing.T) {
	tests := []struct {
		policy string
		want   bool
	}{
		{"noeviction", false},
		{"allkeys-lru", true},
		{"volatile-ttl", true},
	}
	for _, tt := range tests {
		t.Run(tt.policy, func(t *testing.T) {
			conn := open(t, redistest.Start(t, "--maxmemory-policy", tt.policy).URL(), redis.Options{})
			got, err := conn.Evicts(t.Context())
			if err != nil || got != tt.want {
				t.Errorf("Evicts = %t, %v, want %t", got, err, tt.want)
			}
		})
	}
	t.Run("dead server", func(t *testing.T) {
		conn := open(t, "redis://127.0.0.1:1", redis.Options{})
		if _, err := conn.Evicts(t.Context()); err == nil {
			t.Error("Evicts of a dead server has no error")
		}
	})
}
