package redistest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// Passwords that a group of sentinels asks the gateway for: of its servers, and of the sentinels themselves.
const (
	serverPassword   = "of-the-servers"
	sentinelPassword = "of-the-sentinels"
)

// formed is how long servers may take until all know each other, on a machine that is busy.
const formed = time.Minute

// Sentinels is a master with two replicas, watched by three sentinels that replace it when it has been away for a
// second.
type Sentinels struct {
	// Servers are the master of the start, and its replicas.
	Servers []*Server
	// Watchers are the sentinels.
	Watchers []*Server

	tb testing.TB
}

// StartSentinels runs a group, and waits until all its processes know each other and the replicas have the master's
// data. The arguments are for its servers.
func StartSentinels(tb testing.TB, args ...string) *Sentinels {
	tb.Helper()
	g := &Sentinels{tb: tb}
	own := append([]string{
		"--user", "gateway", "on", ">" + serverPassword, "~*", "&*", "+@all", "--repl-diskless-sync-delay", "0",
	}, args...)
	g.Servers = append(g.Servers, Start(tb, append(own, "--dir", tb.TempDir())...))
	for range 2 {
		g.Servers = append(g.Servers, StartReplica(tb, g.Servers[0], own...))
	}
	for range 3 {
		g.Watchers = append(g.Watchers, g.watcher())
	}
	testkit.Within(tb, formed, "the sentinels do not know each other and the replicas", func() bool {
		for _, sentinel := range g.Watchers {
			fields := sentinel.fields("SENTINEL", "MASTER", "main")
			if fields["num-slaves"] != "2" || fields["num-other-sentinels"] != "2" || fields["flags"] != "master" {
				return false
			}
		}
		return g.Servers[0].info("connected_slaves", "INFO", "replication") == "2"
	})
	return g
}

// watcher starts a sentinel.
func (g *Sentinels) watcher() *Server {
	g.tb.Helper()
	host, port := g.Servers[0].hostAndPort()
	lines := []string{
		fmt.Sprintf("sentinel monitor main %s %s 2", host, port),
		"sentinel down-after-milliseconds main 1000",
		"sentinel failover-timeout main 10000",
		// the rights that docs/operations.md names
		"user gateway on >" + sentinelPassword + " &* -@all +hello +ping +subscribe +sentinel|get-master-addr-by-name " +
			"+sentinel|sentinels",
	}
	conf := filepath.Join(g.tb.TempDir(), "sentinel.conf")
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		g.tb.Fatal(err)
	}
	return StartSentinel(g.tb, conf)
}

// URL returns the address for redis.Open.
func (g *Sentinels) URL() string {
	hosts := make([]string, len(g.Watchers))
	for i, sentinel := range g.Watchers {
		hosts[i] = sentinel.Addr
	}
	return "redis+sentinel://gateway:" + serverPassword + "@" + strings.Join(hosts, ",") +
		"/main?sentinel_username=gateway&sentinel_password=" + sentinelPassword
}

// Master returns the server that a sentinel names now.
func (g *Sentinels) Master() *Server {
	g.tb.Helper()
	for _, sentinel := range g.Watchers {
		answer, err := sentinel.try("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main")
		parts, _ := answer.([]any)
		if err != nil || len(parts) != 2 {
			continue
		}
		for _, server := range g.Servers {
			if server.Addr == fmt.Sprintf("%v:%v", parts[0], parts[1]) {
				return server
			}
		}
	}
	g.tb.Fatal("no sentinel names a master")
	return nil
}

// Switch has the sentinels replace the master though it is well.
func (g *Sentinels) Switch() { g.Watchers[0].Command("SENTINEL", "FAILOVER", "main") }

// AwaitMaster waits until another server than one has been promoted, and returns it.
func (g *Sentinels) AwaitMaster(old *Server) *Server {
	g.tb.Helper()
	var master *Server
	testkit.Within(g.tb, formed, "no replica is promoted", func() bool {
		master = g.Master()
		return master != old && master.info("role", "INFO", "replication") == "master"
	})
	return master
}

// StartReplica runs a replica of a server, and waits until it has its data.
func StartReplica(tb testing.TB, master *Server, args ...string) *Server {
	tb.Helper()
	host, port := master.hostAndPort()
	own := []string{"--replicaof", host, port, "--repl-diskless-sync-delay", "0", "--dir", tb.TempDir()}
	s := Start(tb, append(own, args...)...)
	testkit.Within(tb, formed, "the replica has not its master's data", func() bool {
		return s.info("master_link_status", "INFO", "replication") == "up"
	})
	return s
}

func (s *Server) hostAndPort() (host, port string) {
	s.tb.Helper()
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		s.tb.Fatal(err)
	}
	return host, port
}

// fields is an answer of names and values in turn; empty without one.
func (s *Server) fields(words ...any) map[string]string {
	answer, _ := s.try(words...) // a server that does not answer has none
	parts, _ := answer.([]any)
	fields := map[string]string{}
	for i := 0; i+1 < len(parts); i += 2 {
		fields[fmt.Sprint(parts[i])] = fmt.Sprint(parts[i+1])
	}
	return fields
}

// portOf returns the port of an address as a number.
func portOf(tb testing.TB, address string) int {
	tb.Helper()
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		tb.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		tb.Fatal(err)
	}
	return port
}
