package redis_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestSentinel(t *testing.T) {
	master := redistest.Start(t)
	host, port, err := net.SplitHostPort(master.Addr)
	if err != nil {
		t.Fatalf("address: %v", err)
	}
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("sentinel monitor main %s %s 1\n", host, port)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatalf("write: %v", err)
	}
	sentinel := redistest.StartSentinel(t, conf)
	conn := open(t, "redis+sentinel://"+sentinel.Addr+"/main/1", redis.Options{})
	testkit.Eventually(t, "Redis is not found again", func() bool { return conn.Ping(t.Context()) == nil })
	if err := redis.Client(conn).Set(t.Context(), "a", "1", 0).Err(); err != nil {
		t.Errorf("SET through Sentinel: %v", err)
	}
	if evicting, err := conn.Evicts(t.Context()); err != nil || evicting {
		t.Errorf("Evicts = %t, %v, want false", evicting, err)
	}
}

func TestClusterEvicts(t *testing.T) {
	server := redistest.Start(t, "--cluster-enabled", "yes", "--dir", t.TempDir(), "--maxmemory-policy", "allkeys-lru")
	plain := open(t, server.URL(), redis.Options{DialTimeout: 5 * time.Second, Timeout: 5 * time.Second})
	if err := redis.Client(plain).ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatalf("CLUSTER ADDSLOTSRANGE: %v", err)
	}
	conn := open(t, server.URL()+"?cluster=true", redis.Options{DialTimeout: time.Second, Timeout: time.Second})
	testkit.Eventually(t, "Redis is not found again",
		func() bool { evicting, err := conn.Evicts(t.Context()); return err == nil && evicting })
}
