package redis_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// counts adds one to KEYS[1], as a script that must not run twice.
var counts = goredis.NewScript(`return redis.call('INCR', KEYS[1])`)

// oneNode is a Cluster of one node.
func oneNode(t *testing.T) *redistest.Server {
	t.Helper()
	server := redistest.Start(t, "--cluster-enabled", "yes", "--dir", t.TempDir())
	server.Command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
	testkit.Eventually(t, "the Cluster is not up", func() bool {
		text, _ := server.Command("CLUSTER", "INFO").(string)
		return strings.Contains(text, "cluster_state:ok")
	})
	return server
}

// A node that is frozen gets each command once: a script that runs when it goes on must not run again for that. Then
// it costs nothing until it answers.
func TestClusterSendsOnce_F46(t *testing.T) {
	t.Parallel()
	server := oneNode(t)
	o := redis.Options{Timeout: 200 * time.Millisecond, DialTimeout: time.Second, RetryAfter: 50 * time.Millisecond}
	conn := open(t, server.URL()+"?cluster=true", o)
	client := redis.Client(conn)
	testkit.Eventually(t, "the Cluster does not take a script", func() bool {
		return counts.Run(t.Context(), client, []string{"warm"}).Err() == nil
	})
	var busy sync.WaitGroup
	for range 8 { // connections over which a command could be sent again
		busy.Go(func() { _ = client.BLPop(t.Context(), time.Second, "nothing").Err() })
	}
	busy.Wait()
	server.Pause()
	if err := counts.Run(t.Context(), client, []string{"{a}alone"}).Err(); err == nil {
		t.Error("a frozen node has answered")
	}
	cmds, err := redis.RunEach(t.Context(), client, counts, 2, func(i int) ([]string, []any) {
		return []string{[]string{"{a}first", "{b}second"}[i]}, nil
	})
	if err == nil || cmds[0].Err() == nil || cmds[1].Err() == nil {
		t.Errorf("a frozen node has answered a pipeline: %v, %v", err, cmds)
	}
	testkit.Eventually(t, "the breaker does not open", func() bool {
		return errors.Is(client.Get(t.Context(), "x").Err(), redis.ErrUnavailable)
	})
	if conn.Healthy() {
		t.Error("healthy without an answer")
	}
	server.Resume()
	testkit.Eventually(t, "the node is not found again",
		func() bool { return client.Get(t.Context(), "warm").Err() == nil })
	for _, key := range []string{"{a}alone", "{a}first", "{b}second"} {
		if got, err := client.Get(t.Context(), key).Result(); err != nil && !errors.Is(err, goredis.Nil) || got > "1" {
			t.Errorf("%s has run %s times (%v)", key, got, err)
		}
	}
	testkit.Eventually(t, "it is not healthy again", conn.Healthy)
}

// One master of a Cluster is killed: the keys of the others are served all the while, those of its own by the replica
// that takes its place, without a restart.
func TestClusterMasterKilled_F46(t *testing.T) {
	t.Parallel()
	nodes := redistest.StartCluster(t)
	conn := open(t, nodes.URL(), redis.Options{Timeout: time.Second, DialTimeout: time.Second})
	client := redis.Client(conn)
	write := func(key string) error { return client.Set(t.Context(), key, "1", time.Minute).Err() }
	master, _ := nodes.MasterOf("a")
	other := ""
	for _, key := range []string{"b", "c", "d", "e"} {
		if owner, _ := nodes.MasterOf(key); owner != master {
			other = key
		}
	}
	for _, key := range []string{"a", other} {
		if err := write(key); err != nil {
			t.Fatalf("SET %s: %v", key, err)
		}
	}
	master.Kill()
	for range 20 {
		if err := write("a"); err == nil {
			t.Error("a killed master has answered")
		}
		if err := client.Get(t.Context(), other).Err(); err != nil && !goredis.HasErrorPrefix(err, "CLUSTERDOWN") {
			t.Errorf("GET of another master: %v", err)
		}
	}
	if conn.Healthy() {
		t.Error("healthy while a master is away")
	}
	nodes.AwaitMaster("a", master)
	testkit.Eventually(t, "the promoted node is not found",
		func() bool { return write("a") == nil && write(other) == nil })
	testkit.Eventually(t, "it is not healthy again", func() bool {
		return write("a") == nil && conn.Healthy() && len(conn.Faults()) == 0
	})
}

// The master that sentinels watch is killed, and its replica serves. The passwords of the servers and of the sentinels
// are two.
func TestSentinelMasterKilled_F46(t *testing.T) {
	t.Parallel()
	group := redistest.StartSentinels(t)
	o := redis.Options{Timeout: time.Second, DialTimeout: time.Second}
	wrong := open(t, strings.Replace(group.URL(), "sentinel_password=", "sentinel_password=not-", 1), o)
	if err := wrong.Ping(t.Context()); err == nil {
		t.Error("the sentinels take a wrong password")
	}
	conn := open(t, group.URL(), o)
	write := func() error { return redis.Client(conn).Set(t.Context(), "a", "1", time.Minute).Err() }
	if err := write(); err != nil {
		t.Fatalf("SET: %v", err)
	}
	if strings.Contains(conn.Address(), "of-the-") {
		t.Errorf("the address has a password: %s", conn.Address())
	}
	old := group.Master()
	old.Kill()
	group.AwaitMaster(old)
	testkit.Eventually(t, "the promoted server is not found", func() bool { return write() == nil })
	if !conn.Healthy() || len(conn.Faults()) > 0 {
		t.Errorf("healthy %t, faults %v", conn.Healthy(), conn.Faults())
	}
}

// A server whose certificate was signed by nobody that the system trusts is reached with the file of its authority, and
// with no other.
func TestCAFile(t *testing.T) {
	t.Parallel()
	certFile, keyFile := testkit.WriteCertificate(t, t.TempDir(), 1, time.Now())
	foreign, _ := testkit.WriteCertificate(t, t.TempDir(), 2, time.Now())
	server := redistest.StartTLS(t, certFile, keyFile)
	o := redis.Options{Timeout: 5 * time.Second, DialTimeout: 5 * time.Second}
	for _, one := range []struct {
		file string
		want bool
	}{{certFile, true}, {foreign, false}, {"", false}} {
		o.CAFile = one.file
		if err := open(t, "rediss://"+server, o).Ping(t.Context()); (err == nil) != one.want {
			t.Errorf("authority %q: %v", one.file, err)
		}
	}
	for _, bad := range []string{keyFile, keyFile + ".missing"} {
		if _, err := redis.Open(t.Context(), "rediss://"+server, redis.Options{CAFile: bad}); err == nil {
			t.Errorf("%s is taken for certificates", bad)
		}
	}
}
