package operations

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// F-11: with a circuit open in three replicas, one of them probes, and the others wait.
func TestF11OneProbeOfThreeReplicas(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 3})
	w.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listCloudServiceCapacity", "kind": "status", "status": 500}})
	// Replicas share what they learn of a service: each is asked for another one.
	services := []string{"EVS", "OBS", "BMS", "SFS", "RDS", "EIP"}
	ask := func(r *kit.Replica) *kit.Reply {
		t.Helper()
		got := r.Ask(t, strings.ReplaceAll(askCapacity, "EVS", services[0]), "", nil)
		services = services[1:]
		return got
	}
	replicas := make([]*kit.Replica, 3)
	for i := range replicas {
		replicas[i] = w.StartGateway(t, "", "OPSGRAPH_REDIS_URL="+redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s",
			"OPSGRAPH_REDIS_DIAL_TIMEOUT=5s",
			"OPSGRAPH_BREAKER_FAILURES_MINUTE=1", "OPSGRAPH_RETRY_ATTEMPTS_MINUTE=1")
		if got := ask(replicas[i]).Code(); got != "UPSTREAM_UNAVAILABLE" {
			t.Fatalf("code %s", got)
		}
	}
	if calls := w.Sim.Calls()["listCloudServiceCapacity"]; calls != 3 {
		t.Fatalf("%d calls before the circuits are open, want 3", calls)
	}
	w.Clock.Advance(10 * time.Second)
	for _, r := range replicas {
		if got := ask(r); got.Code() != "UPSTREAM_UNAVAILABLE" {
			t.Errorf("answer %.400s", got.Raw)
		}
	}
	if calls := w.Sim.Calls()["listCloudServiceCapacity"]; calls != 4 {
		t.Errorf("%d probes of three replicas, want 1", calls-3)
	}
}
