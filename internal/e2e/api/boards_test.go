package api

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// boardCalls counts the calls for samples of servers, and those among them that ask for one server.
func boardCalls(w *kit.World) (all, ofOne int) {
	for _, request := range w.Arrived() {
		if strings.Contains(request, "/host/performancedata?") {
			all++
			if strings.Contains(request, "sn=") {
				ofOne++
			}
		}
	}
	return all, ofOne
}

// TestBoardsAreReadOnce: two replicas that share a Redis and are asked for rankings of all kinds at once make one
// reading of the boards, and one more when that has turned stale.
func TestBoardsAreReadOnce(t *testing.T) {
	t.Parallel()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 200, Regions: 3})
	replicas := fl.Start(t, 2, "")
	// Slow enough that both have begun before one has read anything.
	fl.Steer(t, http.MethodPut, "faults", []map[string]any{{
		"operation": "listHostPerformanceData", "kind": "latency", "latencyMs": 400,
	}})
	questions := []string{
		`{ busiestHosts(first: 3) { ranked leftOut hosts { value host { hostId } } } }`,
		`{ busiestHosts(metric: POWER, by: PEAK, first: 3) { ranked hosts { value } } }`,
		`{ busiestHosts(metric: MEMORY, filter: {textContains: "ecs"}) { ranked hosts { value } } }`,
	}
	const pages = 2 // of 500 rows: four metrics of each server
	answers := make([]string, 2*len(questions))
	ask := func() {
		var asking sync.WaitGroup
		for i := range answers {
			asking.Go(func() {
				reply := replicas[i%2].Ask(t, questions[i/2], "", nil)
				if reply.Code() != "" {
					t.Errorf("%.500s", reply.Raw)
				}
				answers[i] = string(reply.Body.Data)
			})
		}
		asking.Wait()
	}
	ask()
	if all, ofOne := boardCalls(fl.World); all != pages || ofOne != 0 {
		t.Errorf("%d calls, %d of one server; want %d, the pages of one reading", all, ofOne, pages)
	}
	for i := 0; i < len(answers); i += 2 {
		if answers[i] != answers[i+1] || !strings.Contains(answers[i], `"value"`) {
			t.Errorf("%s\n%.400s\n%.400s", questions[i/2], answers[i], answers[i+1])
		}
	}
	fl.Clock.Advance(6 * time.Minute)
	ask()
	testkit.Within(t, time.Minute, "the reading anew", func() bool {
		all, _ := boardCalls(fl.World)
		return all >= 2*pages
	})
	for range 2 {
		ask()
	}
	if all, _ := boardCalls(fl.World); all != 2*pages {
		t.Errorf("%d calls after the data turned stale, want %d", all, 2*pages)
	}
}
