package operations

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// nowhere is an address at which nothing listens.
const nowhere = "http://127.0.0.1:1"

// A caller leaves while the upstream starts the job; the repeat, at another replica, gets the job that was started.
func TestFound_C3_TheRepeatAtAnotherReplica(t *testing.T) {
	t.Parallel()
	w, first, second := twoReplicas(t, 3)
	commands := map[string]string{
		"createMeterQueryJob": `mutation { it: createMeterJob(input: {idempotencyKey: "k"}) {
			job: meterJob { jobId } userErrors { message } } }`,
		"exportUserUsageStatistics": `mutation { it: exportUserUsage(input: {idempotencyKey: "k",
			from: "2026-11-01T00:00:00Z", to: "2026-11-08T00:00:00Z"}) {
			job: usageExportJob { jobId } userErrors { message } } }`,
	}
	for operation, document := range commands {
		w.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": operation, "kind": "latency", "latencyMs": 1000}})
		ctx, cancel := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, first.Server.URL+"/graphql",
			strings.NewReader(kit.RequestBody(t, document, "")))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		left := make(chan error, 1)
		go func() {
			response, err := first.Client.RoundTrip(request)
			if err == nil {
				_ = response.Body.Close()
			}
			left <- err
		}()
		testkit.Eventually(t, operation+" is not called", func() bool { return w.Sim.Calls()[operation] == 1 })
		cancel()
		if err := <-left; err == nil {
			t.Errorf("%s: the caller did not leave in time", operation)
		}
		got := kit.Answered[struct {
			It struct{ Job *struct{ JobID string } }
		}](t, second, document, "")
		if got.It.Job == nil || got.It.Job.JobID == "" {
			t.Errorf("%s: the repeat has no job", operation)
		}
		if calls := w.Sim.Calls()[operation]; calls != 1 {
			t.Errorf("%s: %d calls", operation, calls)
		}
	}
}

// One refusal with Retry-After is answered with what is left of it, by every replica, and other lists of the group are
// refused for the same reason.
func TestFound_C5_C14_ARememberedRefusal(t *testing.T) {
	t.Parallel()
	const devices, services = `{ alarms(filter: {sources: [DEVICE]}) { totalCount } }`,
		`{ alarms(filter: {sources: [CLOUD_SERVICE]}) { totalCount } }`
	w, first, second := twoReplicas(t, 3)
	w.Steer(t, http.MethodPut, "faults", []map[string]any{
		{"operation": "listDeviceAlarms", "kind": "status", "status": 429, "headers": map[string]string{"Retry-After": "30"}},
	})
	refusal := first.Ask(t, devices, "", nil)
	whole := retryAfter(refusal)
	if refusal.Code() != "UPSTREAM_RATE_LIMITED" || whole < 30*time.Second || whole > 36*time.Second+time.Millisecond {
		t.Fatalf("%s after %v: %.300s", refusal.Code(), whole, refusal.Raw)
	}
	var passed time.Duration
	for _, seconds := range []int{5, 4, 7, 12} { // 5 to 28 s
		step := time.Duration(seconds) * time.Second
		w.Clock.Advance(step)
		passed += step
		again := first.Ask(t, devices, "", nil)
		if left := retryAfter(again); again.Code() != "UPSTREAM_RATE_LIMITED" || left != whole-passed {
			t.Errorf("%v later: %s, after %v, want %v", passed, again.Code(), left, whole-passed)
		}
		if passed == 5*time.Second {
			// The other replica knows how long the mark has stood, by Redis's clock, which is not that of the test.
			shared := second.Ask(t, devices, "", nil)
			if left := retryAfter(shared); shared.Code() != "UPSTREAM_RATE_LIMITED" || left > whole || left < 20*time.Second {
				t.Errorf("the other replica: %s, after %v, of %v", shared.Code(), left, whole)
			}
		}
	}
	for name, r := range map[string]*kit.Replica{"same replica": first, "other replica": second} {
		got := r.Ask(t, services, "", nil)
		left := retryAfter(got)
		if got.Code() != "UPSTREAM_RATE_LIMITED" || left <= 0 || left > 36*time.Second+time.Millisecond {
			t.Errorf("%s, another list: %s, after %v: %.300s", name, got.Code(), left, got.Raw)
		}
	}
	if calls := w.Sim.Calls(); calls["listDeviceAlarms"] != 1 || calls["listCloudServiceAlarms"] != 0 {
		t.Errorf("calls: %v", calls)
	}
}

// A refusal by our own count is remembered in the same way.
func TestFound_C5_ARememberedQuota(t *testing.T) {
	t.Parallel()
	document := func(day string) string {
		return `{ auditEvents(filter: {range: {from: "2026-11-` + day + `T00:00:00Z", to: "2026-11-` + day +
			`T01:00:00Z"}}) { totalCount } }`
	}
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	r := w.StartGateway(t, "limits: {request_timeout: 2s}", "OPSGRAPH_QUOTA_OPERATIONS=listCloudAuditLogs=1/1m")
	if got := r.Ask(t, document("20"), "", nil); got.Code() != "" {
		t.Fatalf("the first range: %.300s", got.Raw)
	}
	refusal := r.Ask(t, document("18"), "", nil)
	whole := retryAfter(refusal)
	if refusal.Code() != "UPSTREAM_QUOTA_EXHAUSTED" || whole <= 20*time.Second {
		t.Fatalf("%s after %v: %.300s", refusal.Code(), whole, refusal.Raw)
	}
	for passed := 4 * time.Second; passed <= 20*time.Second; passed += 4 * time.Second {
		w.Clock.Advance(4 * time.Second)
		again := r.Ask(t, document("18"), "", nil)
		if left := retryAfter(again); again.Code() != "UPSTREAM_QUOTA_EXHAUSTED" || left != whole-passed {
			t.Errorf("%v later: %s, after %v, want %v", passed, again.Code(), left, whole-passed)
		}
	}
}

// An upstream that does not listen shows in counts and in readiness, which stays ready.
func TestFound_C8_AnUpstreamThatDoesNotListen(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	r := w.StartGateway(t, "", "OPSGRAPH_ESM_URL="+nowhere, "OPSGRAPH_RETRY_ATTEMPTS=1")
	if reasons := readiness(t, r); len(reasons) != 0 {
		t.Errorf("before the first call: %v", reasons)
	}
	for range 3 {
		if got := r.Ask(t, askHosts, "", nil); got.Code() != "UPSTREAM_UNAVAILABLE" {
			t.Fatalf("got %.300s", got.Raw)
		}
		w.Clock.Advance(time.Minute)
	}
	got := kit.Answered[struct {
		Upstream struct {
			Operations []struct {
				Name            string
				Calls, Failures int
				Latency         any
			}
		}
	}](t, r, `{ upstream { operations(systems: [ESM]) { name calls failures latency { calls } } } }`, "")
	for _, operation := range got.Upstream.Operations {
		if operation.Name == "listHostDetails" &&
			(operation.Calls != 3 || operation.Failures != 3 || operation.Latency != nil) {
			t.Errorf("operation: %+v", operation)
		}
	}
	const want = "degraded: calls to esm get no answer, the last one was listHostDetails: unavailable"
	if reasons := readiness(t, r); !slices.Contains(reasons, want) {
		t.Errorf("reasons %q, want %q", reasons, want)
	}
}

// readiness is what a ready gateway gives as its reasons.
func readiness(t *testing.T, r *kit.Replica) []string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.Server.URL+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := r.Client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var state struct {
		Status  string
		Reasons []string
	}
	err = json.NewDecoder(response.Body).Decode(&state)
	if err != nil || state.Status != "ready" && state.Status != "degraded" || response.StatusCode != http.StatusOK {
		t.Fatalf("%d %+v, %v", response.StatusCode, state, err)
	}
	return state.Reasons
}

// The log says of a failed login what it is, at the level that the documents promise.
func TestFound_C10_FailedLogins(t *testing.T) {
	t.Parallel()
	const command = `mutation { createMeterJob(input: {}) { userErrors { code } } }`
	for name, test := range map[string]struct{ environ, level, text string }{
		"a wrong password":    {"OPSGRAPH_IAM_PASSWORD=not-the-password", "ERROR", "iam createToken: rejected: status 401"},
		"iam does not listen": {"OPSGRAPH_IAM_URL=" + nowhere, "WARN", "iam createToken: unavailable: connection refused"},
	} {
		for kind, document := range map[string]string{"a read": askHosts, "a command": command} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
				r := w.StartGateway(t, "", test.environ)
				if got := r.Ask(t, document, "", nil); got.Code() == "" {
					t.Fatalf("no error: %.300s", got.Raw)
				}
				log := ""
				testkit.Eventually(t, "the log lacks "+test.text+" at level "+test.level, func() bool {
					log = r.Log.String()
					return strings.Contains(log, test.text) && (strings.Contains(log, `level=`+test.level) ||
						strings.Contains(log, `"level":"`+test.level+`"`))
				})
				if strings.Contains(log, "not-the-password") || strings.Contains(log, simulator.DemoPassword) {
					t.Error("the log has a password")
				}
			})
		}
	}
}

// One query whose answers are each just below the limit, and together above what may be in memory: some are answered,
// the others are refused, and nobody waits for ever.
func TestFound_D3_OneQueryOfManyLargeAnswers(t *testing.T) {
	t.Parallel()
	const limit = 512 << 10
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 12, Quota: "off"})
	r := w.StartGateway(t, "", append(kit.Unlimited(), "OPSGRAPH_UPSTREAM_BODY_BYTES=524288",
		"OPSGRAPH_UPSTREAM_BYTES_IN_FLIGHT=2097152")...) // 1 MiB to read, 1 MiB to keep
	row := `{"name":"` + strings.Repeat("v", 2000) + `"},`
	body := `{"total":1,"list":[` + strings.TrimSuffix(strings.Repeat(row, (limit-10_000)/len(row)), ",") + `]}`
	w.Steer(t, http.MethodPut, "faults", []map[string]any{
		{"operation": "listHostVms", "kind": "status", "status": 200, "body": body},
	})
	got := r.Ask(t, `{ hosts(first: 12) { nodes { hostId virtualMachines(first: 1) { totalCount } } } }`, "", nil)
	codes := map[any]int{}
	for _, e := range got.Body.Errors {
		codes[e.Extensions["code"]]++
	}
	answered := strings.Count(string(got.Body.Data), `"virtualMachines":{`)
	if answered == 0 || answered > 2 || len(codes) != 1 || codes["UPSTREAM_TOO_LARGE"] != 12-answered {
		t.Errorf("%d answered, errors %v: %.500s", answered, codes, got.Raw)
	}
	w.Steer(t, http.MethodDelete, "faults", nil)
	w.Clock.Advance(time.Minute)
	got = r.Ask(t, `{ hosts(first: 12) { nodes { virtualMachines(first: 1) { totalCount } } } }`, "", nil)
	if got.Code() != "" {
		t.Errorf("afterwards: %.500s", got.Raw)
	}
}
