package stores

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_C7_UnusedRedisIsLookedAt: a Redis that nobody uses now is looked at from time to time, so that its faults,
// their end, and a policy that evicts since the start are noticed.
func TestFound_C7_UnusedRedisIsLookedAt(t *testing.T) {
	server, other := redistest.Start(t), redistest.Start(t)
	operator := func(s *redistest.Server, words string) {
		t.Helper()
		args := append([]string{"-u", s.URL()}, strings.Fields(words)...)
		command := exec.CommandContext(t.Context(), "redis-cli", args...)
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", words, err, output)
		}
	}
	operator(other, "acl setuser cache on >p ~* +@all")
	operator(server, "acl setuser counts on >p ~* +@all")
	cfg := config.Defaults()
	cfg.Redis.URL = config.URL("redis://cache:p@" + other.Addr)
	cfg.Redis.CoordinationURL = config.URL("redis://counts:p@" + server.Addr)
	cfg.Redis.Timeout, cfg.Redis.DialTimeout = 5*time.Second, 5*time.Second
	var log testkit.Log
	s, err := Open(t.Context(), cfg, log.Logger(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.look(t.Context())
	if reasons := s.Degraded(); len(reasons) != 0 {
		t.Errorf("degraded: %v", reasons)
	}
	operator(other, "acl setuser cache -ping")
	operator(server, "acl setuser counts -info")
	s.look(t.Context())
	reasons := strings.Join(s.Degraded(), "\n")
	for _, want := range []string{
		"degraded: the cache's redis does not let its user run a command",
		"degraded: the coordination redis does not let its user run a command", "redis.coordination_url",
	} {
		if !strings.Contains(reasons, want) {
			t.Errorf("%q lacks %q", reasons, want)
		}
	}
	operator(other, "acl setuser cache +ping")
	operator(server, "acl setuser counts +info")
	operator(server, "config set maxmemory-policy allkeys-lru")
	for range 2 {
		s.look(t.Context())
	}
	if reasons := s.Degraded(); len(reasons) != 0 {
		t.Errorf("degraded: %v", reasons)
	}
	if n := strings.Count(log.String(), "the coordination redis evicts keys now"); n != 1 {
		t.Errorf("%d lines about the policy, want one:\n%s", n, log.String())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
