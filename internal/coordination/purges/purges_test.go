package purges_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/purges"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

func connect(t *testing.T, server *redistest.Server) *redis.Connection {
	t.Helper()
	options := redis.Options{Timeout: 5 * time.Second, DialTimeout: 5 * time.Second}
	connection, err := redis.Open(t.Context(), server.URL(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

// TestLog remembers each purge once, with a number above all that are known, in the order of numbers.
func TestLog(t *testing.T) {
	server := redistest.Start(t)
	connection := connect(t, server)
	log := purges.New(connection, "test", time.Hour)
	add := func(operation, tenant string, above uint64) purges.Purge {
		t.Helper()
		p, err := log.Add(t.Context(), operation, tenant, above)
		if err != nil || p.Operation != operation || p.Tenant != tenant || p.Number <= above {
			t.Fatalf("added %+v, %v", p, err)
		}
		return p
	}
	first := add("listHosts", "0123456789abcdef", 0)
	if now := uint64(time.Now().Add(-time.Minute).UnixMicro()); first.Number < now {
		t.Errorf("number %d is before a minute ago, %d", first.Number, now)
	}
	far := first.Number + uint64(time.Hour/time.Microsecond)
	all := add("", "", far)
	if later := add("", "", 0); later.Number <= all.Number {
		t.Errorf("all again %d, before %d", later.Number, all.Number)
	} else {
		all = later
	}
	again := add("listHosts", "0123456789abcdef", 0)
	if again.Number <= all.Number { // also after a clock that was far ahead
		t.Errorf("again %d, first %d, all %d", again.Number, first.Number, all.Number)
	}
	got, err := log.All(t.Context())
	if err != nil || len(got) != 2 || got[0] != all || got[1] != again {
		t.Errorf("all are %+v, %v, want %+v", got, err, []purges.Purge{all, again})
	}
	if got, err := purges.New(connection, "other", time.Hour).All(t.Context()); err != nil || len(got) > 0 {
		t.Errorf("another environment has %+v, %v", got, err)
	}
	ttl := redis.Client(connection).PTTL(t.Context(), "opsgraph:purges:v1:test").Val()
	if ttl <= 59*time.Minute || ttl > time.Hour {
		t.Errorf("kept for %s", ttl)
	}
	// Garbage of anybody else's is no purge.
	if err := redis.Client(connection).HSet(t.Context(), "opsgraph:purges:v1:test", "x", "y", "a|b", "z", "c", "9e99").Err(); err != nil {
		t.Fatal(err)
	}
	add("listHosts", "0123456789abcdef", 0)
	if got, err := log.All(t.Context()); err != nil || len(got) != 2 {
		t.Errorf("all are %+v, %v", got, err)
	}
}

// TestLog_isBounded forgets what is old, and takes no more than there may be.
func TestLog_isBounded(t *testing.T) {
	server := redistest.Start(t)
	connection := connect(t, server)
	log := purges.New(connection, "test", time.Hour)
	old := fmt.Sprint(time.Now().Add(-2 * time.Hour).UnixMicro())
	fresh := fmt.Sprint(time.Now().UnixMicro())
	fields := []any{"old|", old}
	for i := range 999 {
		fields = append(fields, fmt.Sprintf("|%d", i), fresh)
	}
	if err := redis.Client(connection).HSet(t.Context(), "opsgraph:purges:v1:test", fields...).Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Add(t.Context(), "one", "", 0); err != nil {
		t.Errorf("one more: %v", err)
	}
	if _, err := log.Add(t.Context(), "another", "", 0); !errors.Is(err, purges.ErrTooMany) {
		t.Errorf("beyond: %v", err)
	}
	if _, err := log.Add(t.Context(), "one", "", 0); err != nil {
		t.Errorf("the same again: %v", err)
	}
	all, err := log.All(t.Context())
	if err != nil || len(all) != 1000 {
		t.Errorf("%d are remembered, %v", len(all), err)
	}
	server.Kill()
	if p, err := log.Add(t.Context(), "one", "", 0); err == nil || p.Number != 0 {
		t.Errorf("without Redis: %+v, %v", p, err)
	}
	if _, err := log.All(t.Context()); err == nil {
		t.Error("all are known without Redis")
	}
}
