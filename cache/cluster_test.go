package cache_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

// A Cluster refuses commands and scripts whose keys lie in different slots.
func TestCluster(t *testing.T) {
	server := redistest.Start(t, "--cluster-enabled", "yes", "--dir", t.TempDir())
	client := admin(t, server)
	if err := client.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatalf("CLUSTER ADDSLOTSRANGE: %v", err)
	}
	eventually(t, func() bool {
		return strings.Contains(client.ClusterInfo(t.Context()).Val(), "cluster_state:ok")
	})
	tiers := func() cache.Tiers {
		t.Helper()
		conn, err := redis.Open(t.Context(), server.URL()+"?cluster=true",
			redis.Options{DialTimeout: 5 * time.Second, Timeout: 5 * time.Second})
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		t.Cleanup(func() {
			if err := conn.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		return cache.Tiers{Redis: conn, Leases: lease.New(conn, "test")}
	}

	t.Run("snapshot", func(t *testing.T) {
		u, events := newUpstream(), &tally{}
		u.answer.Records = incompressible(3, 3<<20) // in chunks
		watched := tiers()
		watched.OnEvent = events.on
		one := newRows(t, u, watched)
		want(t, get(t, one, all), 1, cache.Fresh, cache.SourceUpstream)
		one.Close()
		two := newRows(t, u, tiers())
		want(t, get(t, two, all), 1, cache.Fresh, cache.SourceRedis)
		if err := two.drop(t.Context(), all); err != nil {
			t.Errorf("Drop: %v", err)
		}
		want(t, get(t, two, all), 2, cache.Fresh, cache.SourceUpstream)
		if n := events.of(cache.EventRedisError); n != 0 {
			t.Errorf("%d errors of Redis: %v", n, events.errs)
		}
	})
	t.Run("many", func(t *testing.T) {
		s := newShelf()
		keys := strings.Split("a b c d e f g h i j", " ")
		one := newRecords(t, s, tiers())
		one.Get(t.Context(), "t", keys, 0)
		one.Close()
		two := newRecords(t, s, tiers())
		for key, o := range two.Get(t.Context(), "t", keys, 0) {
			if o.Err != nil || o.Held.Source != cache.SourceRedis {
				t.Errorf("%s = %+v, want it from Redis", key, o)
			}
		}
		if err := two.Drop(t.Context(), "t", keys...); err != nil {
			t.Errorf("Drop: %v", err)
		}
		two.Get(t.Context(), "t", keys, 0)
		s.wantAsked(t, keys, keys)
	})
}
