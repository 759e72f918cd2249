package differ

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// newWhole is two equal worlds with a gateway each, for questions that a test asks by itself.
func newWhole(t *testing.T, settings kit.WorldSettings, file string, environ ...string) *pair {
	t.Helper()
	settings.Clock, settings.Quota = began, "off"
	p := newPair(t, settings, environ...)
	p.file = file
	p.start()
	return p
}

// equal asks both, and holds that they answer alike, with that status.
func (p *pair) equal(status int, q question) *kit.Reply {
	p.t.Helper()
	replies, differences := p.compared(q)
	if replies[0].Status != status || len(differences) > 0 {
		p.t.Errorf("%s\nstatus %d, want %d; differences: %s\n%s answered %.1500s\n%s answered %.1500s", q, replies[0].Status, status,
			strings.Join(differences, "\n"), p.executors[0], replies[0].Raw, p.executors[1], replies[1].Raw)
	}
	return replies[0]
}

// TestWholeDeadline: at the deadline both answer what is there, with an error for what is not. The larger site has some
// 1,600 objects, which is several looks of the writer at its context; a larger one would be a race of a busy machine
// with the quarter of a second in which an answer is written.
func TestWholeDeadline(t *testing.T) {
	t.Parallel()
	for _, hosts := range []int{3, 30} {
		p := newWhole(t, kit.WorldSettings{Hosts: hosts, Regions: 3}, "limits: {request_timeout: 2500ms}",
			"OPSGRAPH_UPSTREAM_TIMEOUT=4s")
		warm := `hosts(first: 500) { nodes { name processors { model } memoryModules { sizeGib } region { code } } }`
		p.equal(http.StatusOK, question{document: `{ ` + warm + ` }`})
		p.steer("faults", []map[string]any{{"operation": "listCloudServiceCapacity", "kind": "hang"}})
		got := p.equal(http.StatusOK, question{
			document: `{ ` + warm + ` regions { cloudService(type: EVS) { type capacity { total } } } }`,
		})
		if got.Code() != "REQUEST_TIMEOUT" || !strings.Contains(string(got.Body.Data), `"capacity":null`) {
			t.Errorf("%d hosts: %.300s", hosts, got.Raw)
		}
	}
}

// TestWholeCancelled: a client that goes away in the middle of a query disturbs neither executor: the next one is
// answered.
func TestWholeCancelled(t *testing.T) {
	t.Parallel()
	p := newWhole(t, kit.WorldSettings{Hosts: 5, Regions: 2}, "")
	p.steer("faults", []map[string]any{{"operation": "listHostVms", "kind": "latency", "latencyMs": 300}})
	q := question{document: `{ hosts { nodes { name virtualMachines { totalCount nodes { name host: instance { id } } } } } }`}
	p.both(func(i int) {
		ctx, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer leave()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.gateways[i].Server.URL+"/graphql",
			strings.NewReader(q.body(t)))
		if err != nil {
			t.Error(err)
			return
		}
		request.Header.Set("Content-Type", "application/json")
		if response, err := p.gateways[i].Client.RoundTrip(request); err == nil {
			response.Body.Close()
		}
	})
	p.steer("faults", []any{})
	p.quiet()
	p.equal(http.StatusOK, q)
}

// TestWholeJobs: mutations, which gqlgen's executor carries out in both, and what they return; subscriptions too.
func TestWholeJobs(t *testing.T) {
	t.Parallel()
	p := newWhole(t, kit.WorldSettings{Dataset: "documented"}, "gaussdb: {read_reports: true}\nworkspace: {read_exports: true}")
	p.equal(http.StatusOK, question{document: `mutation { createMeterJob(input: {hcsoId: "abc"}) { meterJob { id jobId status
		records(first: 2) { nodes { raw } } ... on Job { submittedAt } } userErrors { field message code } __typename } }`})
	p.equal(http.StatusOK, question{document: `{ meterJob(jobId: "xxx") { __typename id status statusText progress submittedAt
		records { totalCount nodes { raw } edges { cursor node { __typename } } pageInfo { hasNextPage endCursor } } } }`})
	p.equal(http.StatusOK, question{
		document: `mutation { createMeterJob(input: {from: "2026-11-20", to: "2026-11-01"}) { meterJob { id } userErrors { field code } } }`,
	})
	p.equal(http.StatusBadRequest, question{document: `mutation { createMeterJob { meterJob { id } } }`})
	p.equal(http.StatusOK, question{
		document: `mutation M($in: CollectAspReportInput!) {
		a: collectAspReport(input: $in) { aspReportJob { id jobId status ... on Job { submittedAt } } userErrors { code } }
		b: createMeterJob(input: {}) { userErrors { code } } }`,
		variables: `{"in": {"instanceId": "d04686c6baae4f65a742771186f47b7ain14", "projectId": "0123456789abcdef0123456789abcdef",
			"from": "2026-11-21T08:00:00Z", "to": "2026-11-21T09:00:00Z"}}`,
	})
	p.equal(http.StatusOK, question{document: `{ aspReportJob(jobId: "job-1", instanceId: "d04686c6baae4f65a742771186f47b7ain14") {
		__typename id status statusText sizeKb } aspEnabled(instanceId: "d04686c6baae4f65a742771186f47b7ain14") }`})
	p.equal(http.StatusOK, question{document: `{ __schema { queryType { name fields { name } } } __typename hosts { totalCount } }`})
	p.equal(http.StatusOK, question{document: `{ upstream { __typename demo } hosts { totalCount } }`})
}

// TestWholeNames: of instances and of metrics, before and after something was read that names them.
func TestWholeNames(t *testing.T) {
	t.Parallel()
	p := newWhole(t, kit.WorldSettings{Hosts: 4, Regions: 2}, "")
	names := question{document: `{ metricNames { kind key name unit description documented seen __typename }
		boards: metricNames(kind: BOARD) { key seen } }`}
	p.equal(http.StatusOK, names)
	p.equal(http.StatusOK, question{document: `{ ecs: instances(type: ECS, first: 5) { nodes { resourceId name } }
		evs: instances(type: EVS, first: 5) { nodes { name payPerUseResource { name } } } }`})
	p.equal(http.StatusOK, question{document: `{ busiestHosts(first: 2) { hosts { host { name metrics { key } } } }
		networkDeviceMetrics(range: {last: "PT10M"}, first: 2) { nodes { metricText } } }`})
	p.equal(http.StatusOK, names)
	p.equal(http.StatusBadRequest, question{document: `{ metricNames(kind: SWITCH) { key } }`})
}

// TestWholeExplained: what an answer did cost, and what it would, is the same but for how long it took.
func TestWholeExplained(t *testing.T) {
	t.Parallel()
	p := newWhole(t, kit.WorldSettings{Hosts: 6, Regions: 2}, "")
	documents := []string{
		`{ hosts { nodes { name region { code } virtualMachines { totalCount } alarms { totalCount } } } }`,
		`{ regions { alarmSummary { active } cloudServices(types: [EVS]) { capacity { total } } physicalCapacity { total } } }`,
	}
	for _, mode := range []string{"plan", "1", "1"} {
		for _, document := range documents {
			var told [2]any
			p.both(func(i int) {
				reply := p.gateways[i].Ask(t, document, "", http.Header{"X-Opsgraph-Explain": {mode}})
				told[i] = withoutTimes(reply.Body.Extensions)
				if reply.Body.Extensions["explain"] == nil {
					t.Errorf("%s: no explanation: %.300s", mode, reply.Raw)
				}
			})
			first, second := fmt.Sprint(told[0]), fmt.Sprint(told[1])
			if first != second {
				t.Errorf("%s %s: %s", mode, document, placeApart(first, second))
			}
		}
	}
}

// withoutTimes takes away how long things took, and what is left of the quota of a time that runs.
func withoutTimes(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if strings.HasSuffix(key, "Ms") || strings.HasPrefix(key, "quotaLeft") {
				delete(v, key)
				continue
			}
			v[key] = withoutTimes(item)
		}
	case []any: // calls are listed as they ended, in any order
		for i := range v {
			v[i] = withoutTimes(v[i])
		}
		slices.SortFunc(v, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return value
}

// TestWholeExamples: the queries of docs/examples and of README.md.
func TestWholeExamples(t *testing.T) {
	t.Parallel()
	p := newWhole(t, kit.WorldSettings{Hosts: 12, Regions: 3}, "")
	const folder = kit.ModuleRoot + "/docs/examples/"
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, entry := range entries {
		name, is := strings.CutSuffix(entry.Name(), ".graphql")
		if !is {
			continue
		}
		document := kit.ReadText(t, folder+entry.Name())
		if strings.Contains(document, "subscription") || strings.Contains(document, "mutation") || name == "upstream" {
			continue
		}
		variables := "{}"
		if text, err := os.ReadFile(folder + name + ".json"); err == nil {
			variables = kit.Dated(t, string(text), began)
		}
		if !json.Valid([]byte(variables)) {
			t.Fatalf("%s: %s", name, variables)
		}
		for range 2 {
			p.equal(http.StatusOK, question{document: document, variables: variables})
		}
		asked++
	}
	if asked < 8 {
		t.Errorf("%d examples prove little", asked)
	}
}
