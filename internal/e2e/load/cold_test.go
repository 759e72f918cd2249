package load

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// BenchmarkCold is the first answer of a gateway that has just started, beside the longest chain of upstream calls that
// the answer needs: "over-chain" is the time of the answer divided by that of the chain. Each call takes 200 ms, as the
// documents have it.
func BenchmarkCold(b *testing.B) {
	const latency = 200 * time.Millisecond
	for _, query := range []struct {
		name, text string
		chain      int // calls, one after the other
	}{
		// The hosts, then the machines on those that are shown.
		{"overview", `{ regions { code name
			hosts(first: 5) { totalCount nodes { hostId name memoryGib processors { model cores }
				virtualMachines(first: 10) { nodes { name } } } }
			cloudServices(types: [ECS_VM, EVS]) { type
				capacity { zone metricType unit total allocated available allocation observedAt }
				alarms(first: 5, filter: {cleared: false}) { totalCount nodes { name severity lastOccurredAt } } }
			alarmSummary { active bySeverity { severity count } } } }`, 2},
		// All lists at once.
		{"dashboard", `{ regions { code name
			cloudServices(types: [ECS_VM, EVS]) { type
				capacity { zone metricType unit total allocated available allocation observedAt } } }
			alarms(first: 250, filter: {cleared: false}) { totalCount nodes {
				csn name severity lastOccurredAt region { code } } }
			alarmSummary { active byRegion { total region { code } } } }`, 1},
	} {
		b.Run(query.name, func(b *testing.B) {
			var ratio float64
			for b.Loop() {
				b.StopTimer()
				took := coldAnswer(b, query.text, latency)
				b.StartTimer()
				ratio += took.Seconds() / (float64(query.chain) * latency.Seconds())
			}
			b.ReportMetric(ratio/float64(b.N), "over-chain")
		})
	}
}

// coldAnswer is how long a query takes that is the first one of a gateway. It has its login by then, as a gateway has
// that started a moment before.
func coldAnswer(b *testing.B, query string, latency time.Duration) time.Duration {
	b.Helper()
	w := kit.NewWorld(b, kit.WorldSettings{Hosts: 40, Quota: "off"})
	served := w.Serve(b, kit.FreeAddress(b))
	defer served.Stop()
	testkit.Eventually(b, "no login", func() bool { return w.Sim.Calls()["createToken"] == 1 })
	var faults []map[string]any
	for _, operation := range []string{
		"listHostDetails", "listHostVms", "listCloudServiceCapacity", "listCloudServiceAlarms", "listDeviceAlarms",
	} {
		faults = append(faults, map[string]any{
			"operation": operation, "kind": "latency", "latencyMs": latency.Milliseconds(),
		})
	}
	w.Steer(b, http.MethodPut, "faults", faults)
	request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+served.Address+"/graphql",
		strings.NewReader(kit.RequestBody(b, query, "")))
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	begun := time.Now()
	response, err := w.Client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	took := time.Since(begun)
	if err != nil || response.StatusCode != http.StatusOK || strings.Contains(string(body), `"errors"`) {
		b.Fatalf("%d %.500s, %v", response.StatusCode, body, err)
	}
	return took
}
