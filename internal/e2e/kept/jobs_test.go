package kept

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestKept_jobsByNode: what the gateway remembers of a job can change without any data of the upstream, whichever way
// the job is reached. Beside it a host is asked for in the same way, and kept.
func TestKept_jobsByNode(t *testing.T) {
	t.Parallel()
	const window = `from: "2026-11-21T08:00:00Z", to: "2026-11-21T09:00:00Z"`
	for _, read := range []bool{false, true} {
		t.Run(fmt.Sprintf("states are read: %v", read), func(t *testing.T) {
			t.Parallel()
			w := kit.NewWorld(t, kit.WorldSettings{})
			r := start(t, w, aDay, "OPSGRAPH_AGES_JOBS_FRESH=50s", "OPSGRAPH_AGES_JOBS_STALE=55s",
				fmt.Sprintf("OPSGRAPH_GAUSSDB_READ_REPORTS=%v", read), fmt.Sprintf("OPSGRAPH_WORKSPACE_READ_EXPORTS=%v", read))
			known := kit.Answered[struct {
				Hosts     struct{ Nodes []struct{ ID string } }
				Instances struct{ Nodes []struct{ ResourceID string } }
			}](t, r, `{ hosts(first: 1) { nodes { id } }
				instances(type: GAUSS, filter: {domainIds: ["demo-domain"]}) { nodes { resourceId } } }`, "")
			host, database := known.Hosts.Nodes[0].ID, known.Instances.Nodes[0].ResourceID
			jobs := kit.Answered[map[string]struct{ Job struct{ ID string } }](t, r, fmt.Sprintf(`mutation {
				AspReportJob: collectAspReport(input: {%s, instanceId: %q}) { job: aspReportJob { id } }
				UsageExportJob: exportUserUsage(input: {%s}) { job: usageExportJob { id } }
			}`, window, database, window), "")
			byNode := fmt.Sprintf(`host: node(id: %q) { ... on Host { hostId } }`, host)
			asked := func(document string) (events map[string]int) {
				t.Helper()
				before := counts(t, r)
				for range 3 {
					got := r.Ask(t, document, "", nil)
					if len(got.Body.Errors) > 0 || strings.Contains(string(got.Body.Data), "null") {
						t.Fatalf("%s: %d %.500s", document, got.Status, got.Raw)
					}
				}
				events = counts(t, r)
				for event, number := range before {
					if events[event] -= number; events[event] == 0 {
						delete(events, event)
					}
				}
				return events
			}
			if got, want := asked(`{ `+byNode+` }`), (map[string]int{"miss": 1, "hit_text": 2}); !maps.Equal(got, want) {
				t.Errorf("a host: %v, want %v", got, want)
			}
			for kind, job := range jobs {
				its := fmt.Sprintf(`node(id: %q) { ... on %s { jobId submittedAt } }`, job.Job.ID, kind)
				for _, document := range []string{`{ ` + its + ` }`, `{ ` + byNode + ` ` + its + ` }`} {
					if got, want := asked(document), (map[string]int{"miss": 3}); !maps.Equal(got, want) {
						t.Errorf("%s: %v, want %v", kind, got, want)
					}
					got := r.Ask(t, document, "", nil)
					if got.Header.Get("Cache-Control") != "private, no-store" || got.Header.Get("Etag") != "" {
						t.Errorf("%s: its client may keep it: %v", kind, got.Header)
					}
				}
			}
		})
	}
}
