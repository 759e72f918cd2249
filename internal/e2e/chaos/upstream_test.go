package chaos

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// upstreamExperiments take the upstream away.
func upstreamExperiments() []experiment {
	return []experiment{
		{"F-03", "the upstream refuses connections", refusedConnections},
		{"F-11", "the upstream answers 500 for 65 minutes, longer than alarms are answered at all", longOutage},
		{"F-38", "every operation fails at a cold start", coldOutage},
		{"F-39", "50 clients wait when the upstream returns", surge},
	}
}

func refusedConnections(t *testing.T, _ *figures) outcome {
	t.Helper()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	line := newWire(t, strings.TrimPrefix(w.Server.URL, "http://"))
	r := w.StartGateway(t, "", "OPSGRAPH_ESM_URL=http://"+line.address())
	kit.Demand(t, r, kit.WantAlarms, kit.FreshData)
	line.cut()
	w.Clock.Advance(2 * time.Minute)
	const stale = "stale data with their age and the reason UPSTREAM_UNAVAILABLE"
	testkit.Within(t, time.Minute, "the reason",
		func() bool { return kit.Summary(r.Ask(t, kit.WantAlarms, "", nil)) == stale })
	kit.Demand(t, r, kit.WantDevices, "UPSTREAM_UNAVAILABLE")
	if got := w.MinuteCalls(); got != 1 {
		t.Errorf("%d calls arrived", got)
	}
	// The call that arrived, and perhaps one that went out on the kept connection, which may have arrived as well.
	if left := minuteQuota(t, r).Left; left < 58 {
		t.Errorf("%d calls left: attempts that were not sent were counted", left)
	}
	line.mend(t)
	w.Clock.Advance(30 * time.Second)
	for _, document := range []string{kit.WantAlarms, kit.WantDevices} {
		testkit.Within(t, time.Minute, document,
			func() bool { return kit.Summary(r.Ask(t, document, "", nil)) == kit.FreshData })
	}
	if got := w.MinuteCalls(); got != 3 {
		t.Errorf("%d calls in all, want 3", got)
	}
	return outcome{
		sees:  stale + "; what was never read: UPSTREAM_UNAVAILABLE",
		calls: "0 arrive; a try without a connection costs no token",
		after: kit.FreshData + " at the first question after 30 s",
	}
}

// outageStep is how often the one client of an outage asks.
const outageStep = 5 * time.Second

// longOutage lets the clock run through the ages of the alarms while the upstream fails.
func longOutage(t *testing.T, f *figures) outcome {
	t.Helper()
	const length = 65 * time.Minute
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	r := w.StartGateway(t, "", kit.Unlimited()...)
	kit.Demand(t, r, kit.WantAlarms, kit.FreshData)
	w.Steer(t, "PUT", "faults", []map[string]any{{"kind": "status", "status": 500}})
	before := w.MinuteCalls()
	w.Clock.Advance(time.Minute)
	phases := []string{kit.Summary(r.Ask(t, kit.WantAlarms, "", nil))}
	testkit.Within(t, time.Minute, "the reason",
		func() bool { return kit.Summary(r.Ask(t, kit.WantAlarms, "", nil)) != phases[0] })
	for at := time.Duration(0); at < length; at += outageStep {
		w.Clock.Advance(outageStep)
		if words := kit.Summary(r.Ask(t, kit.WantAlarms, "", nil)); !slices.Contains(phases, words) {
			phases = append(phases, words)
		}
	}
	want := []string{
		"stale data with their age", "stale data with their age and the reason UPSTREAM_UNAVAILABLE",
		"stale data with their age and the reason UPSTREAM_UNAVAILABLE, warning STALE_DATA", "UPSTREAM_UNAVAILABLE",
	}
	if !slices.Equal(phases, want) {
		t.Errorf("answers %q, want %q", phases, want)
	}
	calls, most := w.MinuteCalls()-before, int(length/(20*time.Second))+10
	if calls > most || calls < 20 {
		t.Errorf("%d calls during the outage, want at most %d", calls, most)
	}
	f.add(t, "F-11: calls of one operation during an outage of 65 minutes, asked every 5 s", "%d", calls)
	w.Steer(t, "DELETE", "faults", nil)
	waited := time.Duration(0)
	for kit.Summary(r.Ask(t, kit.WantAlarms, "", nil)) != kit.FreshData {
		if waited += time.Second; waited > probeTime {
			t.Fatalf("no data %v after the return", waited)
		}
		w.Clock.Advance(time.Second)
	}
	f.add(t, "F-11: from the return of the upstream to fresh data, asked every second", "%v", waited)
	return outcome{
		sees:  "in turn: " + strings.Join(phases, "; "),
		calls: "at most 1 in 20 s of each operation", after: fmt.Sprintf("%s within %v", kit.FreshData, probeTime),
	}
}

// probeTime is the longest time between two probes of an upstream that fails.
const probeTime = 30 * time.Second

func coldOutage(t *testing.T, f *figures) outcome {
	t.Helper()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	w.Steer(t, "PUT", "faults", []map[string]any{{"kind": "status", "status": 500}})
	r := w.StartGateway(t, kit.Steady)
	documents := []string{kit.WantAlarms, kit.WantServices, kit.WantDevices}
	codes := map[string]int{}
	for _, document := range documents {
		began := time.Now()
		counts := crowd(t, []*kit.Replica{r}, document, 50, nil)
		f.add(t, "F-38: 50 answers to a cold query while the upstream fails", "%d ms in all",
			time.Since(began).Milliseconds())
		maps.Copy(codes, counts)
	}
	if codes["UPSTREAM_UNAVAILABLE"] != 50 || len(codes) != 1 {
		t.Errorf("codes: %v", codes)
	}
	status, _ := readiness(t, r)
	if got := w.MinuteCalls(); got != 2*len(documents) || status != http.StatusOK {
		t.Errorf("%d calls, readyz %d", got, status)
	}
	w.Steer(t, "DELETE", "faults", nil)
	w.Clock.Advance(31 * time.Second)
	for _, document := range documents {
		kit.Demand(t, r, document, kit.FreshData)
	}
	return outcome{
		sees: "UPSTREAM_UNAVAILABLE at once to each of 50 queries; ready all the while", calls: "2 attempts for each list",
		after: kit.FreshData + " within 30 s",
	}
}

// surge lets clients wait for dead data while the upstream returns.
func surge(t *testing.T, _ *figures) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	replicas := fl.Start(t, 3, "")
	kit.Demand(t, replicas[0], kit.WantAlarms, kit.FreshData)
	fl.Clock.Advance(2 * time.Hour)
	fl.Steer(t, "PUT", "faults", []map[string]any{{"operation": "listDeviceAlarms", "kind": "latency", "latencyMs": 300}})
	before := fl.MinuteCalls()
	counts := atOnce(t, replicas, kit.WantAlarms, 50)
	if counts[kit.FreshData] != 50 || fl.MinuteCalls()-before != 1 {
		t.Errorf("%s, %d calls", tally(counts), fl.MinuteCalls()-before)
	}
	return outcome{sees: tally(counts), calls: "1", after: "—"}
}
