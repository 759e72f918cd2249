package quota_test

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// pointer leads a replica to one of several servers, as sentinels do.
type pointer struct {
	wire

	to atomic.Pointer[server]
}

func (p *pointer) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	return p.wire.dial(ctx, network, p.to.Load().address)
}

// turn leads to another server from now on.
func (p *pointer) turn(to *server) {
	p.to.Store(to)
	p.set(false) // ends the connections
}

// heirOf is a server with the data of another one.
func heirOf(t *testing.T, s *server) *server {
	t.Helper()
	host, port, _ := strings.Cut(s.address, ":")
	heir := startRedis(t, "--replicaof", host, port, "--repl-diskless-sync-delay", "0")
	client := heir.client(t)
	testkit.Eventually(t, "the replica has no data", func() bool {
		info, err := client.Info(t.Context(), "replication").Result()
		return err == nil && strings.Contains(info, "master_link_status:up")
	})
	return heir
}

// pointed is a replica that is led to a server.
func pointed(t *testing.T, s *server, group quota.Group) (*quota.Quota, *pointer) {
	t.Helper()
	p := &pointer{}
	p.to.Store(s)
	o := hasty(&events{})
	o.Redis = redis.Over(goredis.NewClient(&goredis.Options{
		Addr: s.address, DialTimeout: time.Second, ReadTimeout: time.Second,
		WriteTimeout: time.Second, PoolTimeout: time.Second, MaxRetries: -1,
		ContextTimeoutEnabled: true, DialerRetries: 1, DialerRetryTimeout: time.Millisecond, Dialer: p.dial,
	}))
	t.Cleanup(func() { _ = o.Redis.Close() })
	return open(t, o, group), p
}

// A replica of Redis is promoted while its master goes on, and one gateway learns of it later than the other: what the
// old master has granted meanwhile counts at the new one, whose data lack it.
func TestTwoMastersForAWhile_F46(t *testing.T) {
	t.Parallel()
	old := startRedis(t)
	heir := heirOf(t, old)
	early, first := pointed(t, old, brief)
	late, second := pointed(t, old, brief)
	both := []*quota.Quota{early, late}
	log := newRecord()
	settled(t, both...)
	log.restart()
	log.run(t, 7*time.Second, 4, both, func() {
		log.until(time.Second)
		if err := heir.client(t).Do(t.Context(), "REPLICAOF", "NO", "ONE").Err(); err != nil {
			t.Error(err)
		}
		first.turn(heir)
		log.until(2500 * time.Millisecond)
		second.turn(heir)
	})
	log.within(t, brief)
	if got := log.between(5*time.Second, 7*time.Second); got < 20 {
		log.saw(t, "%d tokens long after the fail-over, want a window of 40 nearly", got)
	}
}

// The promoted server has no data at all, or those of a moment ago: nothing is granted before a window is over.
func TestPromotedServerIsBehind_F46(t *testing.T) {
	t.Parallel()
	old := startRedis(t)
	heir := heirOf(t, old)
	one, first := pointed(t, old, brief)
	two, second := pointed(t, old, brief)
	both := []*quota.Quota{one, two}
	log := newRecord()
	settled(t, both...)
	log.restart()
	log.run(t, 6*time.Second, 4, both, func() {
		log.until(500 * time.Millisecond)
		if err := heir.client(t).Do(t.Context(), "REPLICAOF", "NO", "ONE").Err(); err != nil {
			t.Error(err) // from now on its data are old
		}
		log.until(time.Second)
		old.kill()
		log.until(1500 * time.Millisecond)
		first.turn(heir)
		second.turn(heir)
	})
	log.within(t, brief)
	if got := log.between(4500*time.Millisecond, 6*time.Second); got == 0 {
		log.saw(t, "no token long after the fail-over")
	}
}
