package api

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
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// explainEntry is an entry of the extension explain as a client reads it.
type explainEntry struct {
	System, Operation string
	Parameters        map[string]string
	Cache             struct {
		Source string
		State  string
		Oldest *time.Time
		Keys   int
		Rests  string
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
		Explain []explainEntry
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
func explain(t *testing.T, r *kit.Replica, document string) (explained, *kit.Reply) {
	t.Helper()
	answer := r.Ask(t, document, "", explainHeader("1"))
	var got explained
	if err := json.Unmarshal([]byte(answer.Raw), &got); err != nil {
		t.Fatal(err)
	}
	if got.Extensions.Cost == nil || got.Extensions.Cost.WaitedMs == nil {
		t.Fatalf("no cost: %s", answer.Raw)
	}
	for _, entry := range got.Extensions.Explain {
		if entry.WaitMs == nil || entry.DurationMs == nil || entry.Kind == "" || entry.Cache.Source == "" {
			t.Errorf("entry lacks a member: %+v", entry)
		}
	}
	return got, answer
}

// lines are the entries in short: the parts that are equal in every run.
func (e explained) lines() []string {
	var lines []string
	for _, entry := range e.Extensions.Explain {
		line := []string{entry.Operation, entry.Cache.Source, entry.Cache.State, entry.Kind}
		if entry.Cache.Rests != "" {
			line = append(line, "rests: "+entry.Cache.Rests)
		}
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
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	cold, answer := explain(t, r, explainedHosts)
	want := []string{"createToken upstream  ok", "listHostDetails upstream fresh ok"}
	if diff := cmp.Diff(want, cold.lines()); diff != "" {
		t.Fatalf("cold (-want +got):\n%s", diff)
	}
	call, cost := cold.Extensions.Explain[1], cold.Extensions.Cost
	if call.System != "esm" || call.Rows == nil || *call.Rows != 40 || call.Attempts != 1 || call.Status == nil ||
		*call.Status != 200 {
		t.Errorf("call %+v", call)
	}
	if call.Parameters["offset_value"] != "0" ||
		!regexp.MustCompile(`^\d{13}$`).MatchString(call.Parameters["begin_time"]) {
		t.Errorf("parameters %v", call.Parameters)
	}
	if *call.DurationMs <= 0 || cost.Calls != 2 || cost.QuotaLeft["esm-second"] == 0 || len(cost.QuotaLeft) != 1 {
		t.Errorf("took %v, cost %+v", *call.DurationMs, cost)
	}
	if got := answer.Header.Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	w.Clock.Advance(10 * time.Second)
	warm, _ := explain(t, r, explainedHosts)
	if diff := cmp.Diff([]string{"listHostDetails memory fresh ok"}, warm.lines()); diff != "" {
		t.Fatalf("warm (-want +got):\n%s", diff)
	}
	entry := warm.Extensions.Explain[0]
	if entry.Attempts != 0 || entry.Status != nil || entry.Rows != nil || entry.Cache.Keys != 1 ||
		entry.Cache.Oldest == nil || !entry.Cache.Oldest.Equal(w.Settings.Clock) {
		t.Errorf("entry %+v", entry)
	}
	if warm.Extensions.Cost.Calls != 0 || warm.Extensions.Cost.QuotaLeft["esm-second"] == 0 {
		t.Errorf("cost %+v", warm.Extensions.Cost)
	}
}

// Old data say why they are old: here the refresh in the background failed, and the next one waits a little.
func TestExplain_whyOldDataRest(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	explain(t, r, explainedHosts)
	w.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 500}})
	w.Clock.Advance(2 * time.Minute)
	testkit.Eventually(t, "stale data do not say why they are not refreshed", func() bool {
		got, _ := explain(t, r, explainedHosts)
		return slices.Contains(got.lines(), "listHostDetails memory stale ok rests: failed")
	})
}

func TestExplain_plainAnswersHaveTheSameBytes(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	before := r.Ask(t, explainedHosts, "", nil)
	_, explained := explain(t, r, explainedHosts)
	after := r.Ask(t, explainedHosts, "", nil)
	if before.Raw != after.Raw || before.Body.Extensions["explain"] != nil || before.Body.Extensions["cost"] != nil {
		t.Errorf("before %s\nafter %s", before.Raw, after.Raw)
	}
	if diff := cmp.Diff(before.Body.Extensions["freshness"], explained.Body.Extensions["freshness"]); diff != "" ||
		string(before.Body.Data) != string(explained.Body.Data) {
		t.Errorf("explaining changes the answer: %s", explained.Raw)
	}
}

func TestExplain_keysOfOneOperation(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 6})
	r := w.StartGateway(t, "")
	const document = `{ hosts(first: 3) { nodes { virtualMachines { totalCount } } } }`
	cold, _ := explain(t, r, document)
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
	warm, _ := explain(t, r, document)
	want := []string{"listHostDetails memory fresh ok", "listHostVms memory fresh ok"}
	if diff := cmp.Diff(want, warm.lines()); diff != "" || warm.Extensions.Explain[1].Cache.Keys != 3 {
		t.Errorf("warm %+v (-want +got):\n%s", warm.Extensions.Explain, diff)
	}
}

func TestExplain_failures(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	r.Ask(t, explainedHosts, "", nil)
	w.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 503}})
	w.Clock.Advance(20 * time.Minute)
	got, _ := explain(t, r, explainedHosts)
	want := []string{"listHostDetails upstream  unavailable", "listHostDetails memory expired ok rests: failed"}
	if diff := cmp.Diff(want, got.lines()); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	call := got.Extensions.Explain[0]
	if call.Attempts < 2 || call.Attempts != got.Extensions.Cost.Calls || call.Status == nil || *call.Status != 503 ||
		call.Rows != nil {
		t.Errorf("call %+v, cost %+v", call, got.Extensions.Cost)
	}
}

// TestExplain_refreshBehind has a refresh in the background of an explained answer end after it: with -race this proves
// that the recorder is left alone.
func TestExplain_refreshBehind(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	r.Ask(t, explainedHosts, "", nil)
	w.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostDetails", "kind": "latency", "latencyMs": 150}})
	w.Clock.Advance(2 * time.Minute)
	got, _ := explain(t, r, explainedHosts)
	if diff := cmp.Diff([]string{"listHostDetails memory stale ok"}, got.lines()); diff != "" ||
		got.Extensions.Cost.Calls != 0 {
		t.Errorf("cost %+v (-want +got):\n%s", got.Extensions.Cost, diff)
	}
	testkit.Eventually(t, "no refresh in the background", func() bool {
		later, _ := explain(t, r, explainedHosts)
		return slices.Contains(later.lines(), "listHostDetails memory fresh ok")
	})
}

func TestExplain_redis(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	environ := "OPSGRAPH_REDIS_URL=" + redistest.Start(t).URL()
	first := w.StartGateway(t, "", environ, "OPSGRAPH_SECRET_KEY=0123456789abcdef0123456789abcdef")
	second := w.StartGateway(t, "", environ, "OPSGRAPH_SECRET_KEY=0123456789abcdef0123456789abcdef")
	first.Ask(t, explainedHosts, "", nil)
	var got explained
	testkit.Eventually(t, "nothing in Redis", func() bool {
		got, _ = explain(t, second, explainedHosts)
		return slices.Contains(got.lines(), "listHostDetails redis fresh ok") || len(w.Arrived()) > 2
	})
	if diff := cmp.Diff([]string{"listHostDetails redis fresh ok"}, got.lines()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExplain_mutation(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	got, _ := explain(t, r,
		`mutation { createMeterJob(input: {from: "2026-11-10", to: "2026-11-12"}) { meterJob { jobId } } }`)
	want := []string{"createToken upstream  ok", "createMeterQueryJob upstream  ok"}
	if diff := cmp.Diff(want, got.lines()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExplain_headerValues(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	for name, values := range map[string][]string{
		"zero": {"0"}, "word": {"true"}, "empty": {""}, "list": {"1, 1"}, "second differs": {"1", "plan"},
		"long": {strings.Repeat("1", 500)},
	} {
		got := r.Ask(t, explainedHosts, "", explainHeader(values...))
		if got.Status != http.StatusBadRequest || got.Code() != "BAD_REQUEST" || len(got.Body.Data) > 0 ||
			!strings.Contains(got.Body.Errors[0].Message, "X-Opsgraph-Explain takes 1") || len(got.Raw) > 500 {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	if calls := w.Sim.Calls(); len(calls) > 0 {
		t.Errorf("calls %v", calls)
	}
	invalid := r.Ask(t, `{ nothing }`, "", explainHeader("1"))
	if invalid.Status != http.StatusBadRequest || invalid.Body.Extensions["explain"] != nil {
		t.Errorf("%d %s", invalid.Status, invalid.Raw)
	}
}

// TestExplain_canary looks for credentials of the gateway, of the caller, and in what is asked.
func TestExplain_canary(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	tests := map[string][]string{
		"good credentials": nil,
		"wrong AppCode":    {"OPSGRAPH_ESM_APPCODE=CANARY-appcode"},
		"wrong password":   {"OPSGRAPH_IAM_PASSWORD=CANARY-password"},
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			r := w.StartGateway(t, "", tests[name]...)
			header := explainHeader("1")
			header.Set("X-Auth-Token", "CANARY-token")
			header.Set("Authorization", "Bearer CANARY-bearer")
			got := r.Ask(t, `{ hosts(first: 1) { totalCount } sharedScreen(shareId: "CANARY-share") { __typename } }`, "",
				header)
			explanation, err := json.Marshal(got.Body.Extensions)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(explanation), `"getScreenData"`) ||
				!strings.Contains(string(explanation), `"createToken"`) {
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
