package alerts

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// read is the sum of the series whose name begins so, with all of the given labels.
func (s scrape) read(metric string, labels ...string) (total float64) {
series:
	for series, value := range s {
		if metricOf(series) != metric {
			continue
		}
		for _, label := range labels {
			if !strings.Contains(series, label) {
				continue series
			}
		}
		total += value
	}
	return total
}

// TestFiguresOfOneQuery: what a query needed, was given and waited for, cold and then warm.
func TestFiguresOfOneQuery(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 4, Regions: 1})
	o := watch(t, w, nil, nil)
	now := func() scrape { return scrapeOf(t, o.client, o.operators, "a") }
	wants := func(when string, seen scrape, metric string, want float64, labels ...string) {
		t.Helper()
		if got := seen.read(metric, labels...); got != want {
			t.Errorf("%s: %s%v is %v, want %v", when, metric, labels, got, want)
		}
	}
	const hosts = `{ hosts(first: 2) { nodes { hostId } } }`
	o.ask(t, hosts)
	testkit.Eventually(t, "no fetch is counted", func() bool { // when it ends: its callers have their answers before
		return now().read("opsgraph_fetch_batch_keys_count", `operation="listHostDetails"`) == 1
	})
	cold := now()
	for metric, want := range map[string]float64{
		"opsgraph_cost_estimated_total": 3, "opsgraph_cost_actual_total": 3, // the connection and its two nodes
	} {
		wants("cold", cold, metric, want, `of="objects"`)
		wants("cold", cold, metric, 1, `of="calls"`)
	}
	wants("cold", cold, "opsgraph_data_reads_total", 1, `operation="listHostDetails"`, `tier="upstream"`, `state="fresh"`)
	wants("cold", cold, "opsgraph_data_reads_total", 1)
	wants("cold", cold, "opsgraph_loader_batch_keys_count", 1)
	wants("cold", cold, "opsgraph_fetch_batch_keys_sum", 1, `operation="listHostDetails"`)
	wants("cold", cold, "opsgraph_warm_duration_seconds_count", 0)
	wants("cold", cold, "opsgraph_data_age_seconds_count", 1)

	w.Clock.Advance(45 * time.Second)
	o.ask(t, `{ hosts(first: 3) { nodes { hostId } } }`)
	warm := now()
	wants("warm", warm, "opsgraph_data_reads_total", 1, `tier="memory"`, `state="fresh"`)
	wants("warm", warm, "opsgraph_warm_duration_seconds_count", 1)
	wants("warm", warm, "opsgraph_cost_actual_total", 7, `of="objects"`)
	wants("warm", warm, "opsgraph_cost_actual_total", 1, `of="calls"`)
	wants("warm", warm, "opsgraph_data_age_seconds_sum", 45)

	o.ask(t, `{ hosts(first: 3) { nodes { hostId } } }`)
	wants("kept", now(), "opsgraph_warm_duration_seconds_count", 2)
	wants("kept", now(), "opsgraph_client_requests_total", 3, `client="reports"`, `version="2"`)

	socket := kit.OpenSocket(t, o.users+"/graphql", `{"graphql-client-name":"reports","graphql-client-version":"9"}`)
	socket.Subscribe("1", `{ hosts(first: 1) { totalCount } }`)
	socket.Receive()
	wants("WebSocket", now(), "opsgraph_client_requests_total", 1, `client="reports"`, `version="other"`)
	testkit.Eventually(t, "no connection is counted", func() bool { return now().read("opsgraph_connections") == 1 })
	if most := now().read("opsgraph_connections_limit"); most <= 0 || most > 4096 { // by the files of the process
		t.Errorf("%v connections may be open", most)
	}
}
