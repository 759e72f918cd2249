package gateway_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// told is an entry of the extension explain as a client reads it.
type told struct {
	System, Operation string
	Parameters        map[string]string
	Cache             struct {
		Source string
		State  string
		Oldest *time.Time
		Keys   int
	}
	Background bool
	WaitMs     *float64
	DurationMs *float64
	Rows       *int
	Attempts   int
	Status     *int
	Kind       string
}

// explained is an answer with its explanation.
type explained struct {
	Extensions struct {
		Explain []told
		Cost    *struct {
			Calls          int
			WaitedMs       *float64
			QuotaLeft      map[string]int
			OmittedEntries int
		}
	}
}

func explainHeader(value ...string) http.Header { return http.Header{"X-Opsgraph-Explain": value} }

// explain asks for a document with its explanation.
func (r *replica) explain(t *testing.T, document string) (explained, *reply) {
	t.Helper()
	answer := r.ask(t, document, "", explainHeader("1"))
	var got explained
	if err := json.Unmarshal([]byte(answer.raw), &got); err != nil {
		t.Fatal(err)
	}
	if got.Extensions.Cost == nil || got.Extensions.Cost.WaitedMs == nil {
		t.Fatalf("no cost: %s", answer.raw)
	}
	for _, entry := range got.Extensions.Explain {
		if entry.WaitMs == nil || entry.DurationMs == nil || entry.Kind == "" || entry.Cache.Source == "" {
			t.Errorf("entry lacks a member: %+v", entry)
		}
	}
	return got, answer
}

// lines are the entries shortly: what is equal in every run.
func (e explained) lines() []string {
	var lines []string
	for _, entry := range e.Extensions.Explain {
		line := []string{entry.Operation, entry.Cache.Source, entry.Cache.State, entry.Kind}
		if entry.Background {
			line = append(line, "background")
		}
		lines = append(lines, strings.TrimSpace(strings.Join(line, " ")))
	}
	return lines
}

const explainedHosts = `{ hosts(first: 1) { totalCount } }`

func TestExplain_callThenMemory(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	cold, answer := r.explain(t, explainedHosts)
	want := []string{"createToken upstream  ok", "listHostDetails upstream fresh ok"}
	if diff := cmp.Diff(want, cold.lines()); diff != "" {
		t.Fatalf("cold (-want +got):\n%s", diff)
	}
	call, cost := cold.Extensions.Explain[1], cold.Extensions.Cost
	if call.System != "esm" || call.Rows == nil || *call.Rows != 40 || call.Attempts != 1 || call.Status == nil || *call.Status != 200 {
		t.Errorf("call %+v", call)
	}
	if call.Parameters["offset_value"] != "0" || !regexp.MustCompile(`^\d{13}$`).MatchString(call.Parameters["begin_time"]) {
		t.Errorf("parameters %v", call.Parameters)
	}
	if *call.DurationMs <= 0 || cost.Calls != 2 || cost.QuotaLeft["esm-second"] == 0 || len(cost.QuotaLeft) != 1 {
		t.Errorf("took %v, cost %+v", *call.DurationMs, cost)
	}
	if got := answer.header.Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	w.clock.Advance(10 * time.Second)
	warm, _ := r.explain(t, explainedHosts)
	if diff := cmp.Diff([]string{"listHostDetails memory fresh ok"}, warm.lines()); diff != "" {
		t.Fatalf("warm (-want +got):\n%s", diff)
	}
	entry := warm.Extensions.Explain[0]
	if entry.Attempts != 0 || entry.Status != nil || entry.Rows != nil || entry.Cache.Keys != 1 ||
		entry.Cache.Oldest == nil || !entry.Cache.Oldest.Equal(w.settings.Clock) {
		t.Errorf("entry %+v", entry)
	}
	if warm.Extensions.Cost.Calls != 0 || warm.Extensions.Cost.QuotaLeft["esm-second"] == 0 {
		t.Errorf("cost %+v", warm.Extensions.Cost)
	}
}

func TestExplain_plainAnswersHaveTheSameBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	before := r.ask(t, explainedHosts, "", nil)
	_, explained := r.explain(t, explainedHosts)
	after := r.ask(t, explainedHosts, "", nil)
	if before.raw != after.raw || before.body.Extensions["explain"] != nil || before.body.Extensions["cost"] != nil {
		t.Errorf("before %s\nafter %s", before.raw, after.raw)
	}
	if diff := cmp.Diff(before.body.Extensions["freshness"], explained.body.Extensions["freshness"]); diff != "" ||
		string(before.body.Data) != string(explained.body.Data) {
		t.Errorf("explaining changes the answer: %s", explained.raw)
	}
}

func TestExplain_keysOfOneOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{Hosts: 6})
	r := w.startGateway(t, "")
	const document = `{ hosts(first: 3) { nodes { virtualMachines { totalCount } } } }`
	cold, _ := r.explain(t, document)
	hosts := map[string]bool{}
	for _, entry := range cold.Extensions.Explain {
		if entry.Operation == "listHostVms" {
			hosts[entry.Parameters["host_id"]] = true
			if entry.Cache.State != "fresh" || entry.Cache.Keys != 3 || entry.Attempts != 1 {
				t.Errorf("entry %+v", entry)
			}
		}
	}
	if len(hosts) != 3 || hosts[""] {
		t.Errorf("hosts %v of %+v", hosts, cold.Extensions.Explain)
	}
	warm, _ := r.explain(t, document)
	want := []string{"listHostDetails memory fresh ok", "listHostVms memory fresh ok"}
	if diff := cmp.Diff(want, warm.lines()); diff != "" || warm.Extensions.Explain[1].Cache.Keys != 3 {
		t.Errorf("warm %+v (-want +got):\n%s", warm.Extensions.Explain, diff)
	}
}

func TestExplain_failures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	r.ask(t, explainedHosts, "", nil)
	w.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 503}})
	w.clock.Advance(20 * time.Minute)
	got, _ := r.explain(t, explainedHosts)
	want := []string{"listHostDetails upstream  unavailable", "listHostDetails memory expired ok"}
	if diff := cmp.Diff(want, got.lines()); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	call := got.Extensions.Explain[0]
	if call.Attempts < 2 || call.Attempts != got.Extensions.Cost.Calls || call.Status == nil || *call.Status != 503 || call.Rows != nil {
		t.Errorf("call %+v, cost %+v", call, got.Extensions.Cost)
	}
}

// TestExplain_refreshBehind has a refresh behind an explained answer end after it: with -race this proves that the recorder is left alone.
func TestExplain_refreshBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	r.ask(t, explainedHosts, "", nil)
	w.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostDetails", "kind": "latency", "latencyMs": 150}})
	w.clock.Advance(2 * time.Minute)
	got, _ := r.explain(t, explainedHosts)
	if diff := cmp.Diff([]string{"listHostDetails memory stale ok"}, got.lines()); diff != "" || got.Extensions.Cost.Calls != 0 {
		t.Errorf("cost %+v (-want +got):\n%s", got.Extensions.Cost, diff)
	}
	testkit.Eventually(t, "no refresh behind", func() bool {
		later, _ := r.explain(t, explainedHosts)
		return slices.Contains(later.lines(), "listHostDetails memory fresh ok")
	})
}

func TestExplain_redis(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	environ := "OPSGRAPH_REDIS_URL=" + redistest.Start(t).URL()
	first := w.startGateway(t, "", environ, "OPSGRAPH_SECRET_KEY=0123456789abcdef0123456789abcdef")
	second := w.startGateway(t, "", environ, "OPSGRAPH_SECRET_KEY=0123456789abcdef0123456789abcdef")
	first.ask(t, explainedHosts, "", nil)
	var got explained
	testkit.Eventually(t, "nothing in Redis", func() bool {
		got, _ = second.explain(t, explainedHosts)
		return slices.Contains(got.lines(), "listHostDetails redis fresh ok") || len(w.arrived()) > 2
	})
	if diff := cmp.Diff([]string{"listHostDetails redis fresh ok"}, got.lines()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExplain_mutation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	got, _ := r.explain(t, `mutation { createMeterJob(input: {from: "2026-11-10", to: "2026-11-12"}) { meterJob { jobId } } }`)
	want := []string{"createToken upstream  ok", "createMeterQueryJob upstream  ok"}
	if diff := cmp.Diff(want, got.lines()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExplain_headerValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	for name, values := range map[string][]string{
		"zero": {"0"}, "word": {"true"}, "empty": {""}, "list": {"1, 1"}, "second differs": {"1", "plan"},
		"long": {strings.Repeat("1", 500)},
	} {
		got := r.ask(t, explainedHosts, "", explainHeader(values...))
		if got.status != http.StatusBadRequest || got.code() != "BAD_REQUEST" || len(got.body.Data) > 0 ||
			!strings.Contains(got.body.Errors[0].Message, "X-Opsgraph-Explain takes 1") || len(got.raw) > 500 {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
	if calls := w.sim.Calls(); len(calls) > 0 {
		t.Errorf("calls %v", calls)
	}
	invalid := r.ask(t, `{ nothing }`, "", explainHeader("1"))
	if invalid.status != http.StatusBadRequest || invalid.body.Extensions["explain"] != nil {
		t.Errorf("%d %s", invalid.status, invalid.raw)
	}
}

// TestExplain_canary looks for credentials of the gateway, of the caller, and in what is asked.
func TestExplain_canary(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	tests := map[string][]string{
		"good credentials": nil,
		"wrong AppCode":    {"OPSGRAPH_ESM_APPCODE=CANARY-appcode"},
		"wrong password":   {"OPSGRAPH_IAM_PASSWORD=CANARY-password"},
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			r := w.startGateway(t, "", tests[name]...)
			header := explainHeader("1")
			header.Set("X-Auth-Token", "CANARY-token")
			header.Set("Authorization", "Bearer CANARY-bearer")
			got := r.ask(t, `{ hosts(first: 1) { totalCount } sharedScreen(shareId: "CANARY-share") { __typename } }`, "", header)
			explanation, err := json.Marshal(got.body.Extensions)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(explanation), `"getScreenData"`) || !strings.Contains(string(explanation), `"createToken"`) {
				t.Errorf("calls are missing: %s", explanation)
			}
			for _, secret := range []string{"CANARY", "demo-appcode", "MIIF"} { // the last begins every token of the simulator
				if strings.Contains(string(explanation), secret) {
					t.Errorf("the extensions hold %s: %s", secret, explanation)
				}
			}
		})
	}
}
