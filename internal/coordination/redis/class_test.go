package redis_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// Each command is timed once, in its class, also one that Redis refuses or does not answer; none is while the breaker
// is open, and none of those that a new connection needs.
func TestCommandsAreTimed(t *testing.T) {
	server := redistest.Start(t)
	var mu sync.Mutex
	var classes []string
	conn := open(t, server.URL(), redis.Options{RetryAfter: time.Hour, OnCommand: func(class string, took time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		if took <= 0 {
			t.Errorf("%s took %v", class, took)
		}
		classes = append(classes, class)
	}})
	ctx, client := t.Context(), redis.Client(conn)
	if err := client.Set(ctx, "a", "1", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.Get(ctx, "a").Err(); err != nil {
		t.Fatal(err)
	}
	if err := goredis.NewScript("return 1").Eval(ctx, client, []string{"a"}).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.LPush(ctx, "a", "b").Err(); err == nil {
		t.Fatal("a text takes elements")
	}
	pipe := client.Pipeline()
	pipe.Get(ctx, "a")
	pipe.Get(ctx, "b")
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, goredis.Nil) {
		t.Fatal(err)
	}
	news := &goredis.XReadArgs{Streams: []string{"s", "0"}, Block: time.Millisecond}
	if err := client.XRead(ctx, news).Err(); err == nil {
		t.Fatal("a stream that is not there has news")
	}
	server.Kill()
	for conn.Healthy() {
		if err := client.Get(ctx, "a").Err(); err == nil {
			t.Fatal("GET from a dead server succeeded")
		}
	}
	mu.Lock()
	before := slices.Clone(classes)
	mu.Unlock()
	if err := client.Get(ctx, "a").Err(); err == nil {
		t.Fatal("GET through an open breaker succeeded")
	}
	want := []string{"server", "write", "read", "script", "write", "pipeline", "wait", "read", "read", "read"}
	if !slices.Equal(before, want) || len(classes) != len(want) {
		t.Errorf("timed %v, then %v, want %v", before, classes, want)
	}
}

// Those of a Cluster are timed where its nodes get them.
func TestClusterCommandsAreTimed(t *testing.T) {
	t.Parallel()
	server := oneNode(t)
	var mu sync.Mutex
	timed := map[string]int{}
	conn := open(t, server.URL()+"?cluster=true", redis.Options{OnCommand: func(class string, took time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		if took > 0 {
			timed[class]++
		}
	}})
	client := redis.Client(conn)
	if err := client.Set(t.Context(), "a", "1", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.Get(t.Context(), "a").Err(); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if timed[redis.ClassWrite] != 1 || timed[redis.ClassRead] != 1 {
		t.Errorf("timed %v", timed)
	}
}
