package chaos

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// chaosLoad is how many queries are sent, for how long, and against which quota.
type chaosLoad struct {
	queries int
	length  time.Duration
	window  time.Duration // of the 60 calls
	fresh   time.Duration // age of alarms and capacities: so short that refreshes alone would take more than the quota
}

// Of one run in real minutes with the documented quota and latencies, and its small form.
func loads() (small, long chaosLoad) {
	return chaosLoad{queries: 150, length: 2 * time.Second, window: 5 * time.Second, fresh: 100 * time.Millisecond},
		chaosLoad{queries: 3000, length: time.Minute, window: time.Minute, fresh: 5 * time.Second}
}

// mix is the queries of users: mostly what every page shows, now and then all capacities, a range of the audit log, or
// newer data.
func mix(n int) (document, variables string, header http.Header) {
	switch n % 20 {
	case 0, 1, 2:
		return kit.Dashboard, "", nil
	case 3, 4, 5, 6:
		return `{ regions { code cloudServices { type capacity { metricType total allocated } } } }`, "", nil
	case 7, 8, 9, 10:
		return `{ alarmSummary { active } alarms(first: 20) { totalCount nodes { name severity } } }`, "", nil
	case 11:
		return wantDays, dayRange(n / 20 % 4), nil
	case 12:
		return kit.WantAlarms, "", http.Header{"X-Opsgraph-Max-Age": {"0"}}
	case 13, 14:
		return kit.WantDevices, "", nil
	default:
		return `{ hosts(first: 20) { totalCount nodes { hostId name } } }`, "", nil
	}
}

// loadReport is the result of one run.
type loadReport struct {
	counts map[string]int // fresh, stale, or the code of the error
	took   []time.Duration
	oldest time.Duration // the greatest age that was answered
	most   int           // calls in any window
	calls  int
	later  int // answered 429 by the upstream
}

func (r *loadReport) quantile(q float64) time.Duration {
	return kit.Quantile(r.took, q)
}

func (r *loadReport) String() string {
	return fmt.Sprintf(
		"%s; %d calls, at most %d in any window, %d answered 429; oldest data %.1f s; p50 %.1f ms, p99 %.1f ms",
		tally(r.counts),
		r.calls, r.most, r.later, r.oldest.Seconds(), float64(r.quantile(0.5).Microseconds())/1000,
		float64(r.quantile(0.99).Microseconds())/1000)
}

// TestChaosLoad asks three replicas at a steady pace, each query counted from the moment at which it was due: with
// nothing to refresh, with more to refresh than the quota allows, and with Redis killed half way and at the start.
func TestChaosLoad(t *testing.T) {
	load, long := loads()
	if *measure {
		load = long
	}
	measured := &figures{}
	quiet := load
	quiet.fresh = time.Hour
	if *measure { // the pace is the same; the time is not needed
		quiet.queries, quiet.length = quiet.queries/3, quiet.length/3
	}
	warm := quiet.run(t, 0, nil)
	measured.add(t, "1. nothing to refresh", "%v", warm)
	busy := load.run(t, 0, nil)
	measured.add(t, "2. more to refresh than the quota allows", "%v", busy)
	measured.add(t, "p99 of 2 in parts of that of 1", "%.2f", float64(busy.quantile(0.99))/float64(warm.quantile(0.99)))
	kill := func(fl *kit.Fleet) { fl.Redis.Kill() }
	lost := load.run(t, load.queries/2, kill)
	measured.add(t, "3. as 2, Redis killed half way", "%v", lost)
	gone := load.run(t, 0, kill)
	measured.add(t, "4. as 2, Redis killed before the first query (L-19)", "%v", gone)
	measured.add(t, "p99 of 4 in parts of that of 1", "%.2f", float64(gone.quantile(0.99))/float64(warm.quantile(0.99)))
	for _, one := range []*loadReport{warm, busy, lost, gone} {
		if one.most > quotaLimit || one.later > 0 || one.counts["fresh"]+one.counts["stale"] != len(one.took) {
			t.Errorf("not every query was answered within the quota: %v", one)
		}
	}
	if busy.most < quotaLimit/4 || warm.calls > 30 || busy.counts["stale"] == 0 {
		t.Errorf("the run shows nothing: warm %v; busy %v", warm, busy)
	}
	if *measure {
		writeFigures(t, "load", measured.list)
	}
}

// run starts a fleet, reads everything once, and then sends the queries; with that of the number, something breaks.
func (l chaosLoad) run(t *testing.T, number int, breaks func(*kit.Fleet)) *loadReport {
	t.Helper()
	settings := kit.WorldSettings{Latency: *measure}
	if *measure {
		settings.Quota = "documented"
	}
	fl := kit.NewFleet(t, settings, "OPSGRAPH_QUOTA_MINUTE_WINDOW="+l.window.String(),
		"OPSGRAPH_LOG_LEVEL=error", "OPSGRAPH_REDIS_TIMEOUT=200ms")
	headroom := "0.5" // as in an outage: without Redis the caller is refused at once, and gets what there is
	if *measure {
		headroom = "0.05"
	}
	fl.Environ = append(fl.Environ, "OPSGRAPH_QUOTA_HEADROOM="+headroom)
	file := fmt.Sprintf(
		"limits: {request_timeout: 5s}\nages:\n  alarms: {fresh: %[1]v, stale: 1h, dead: 24h}\n  capacity: {fresh: %[1]v, stale: 1h, dead: 24h}\n"+
			"  assets: {fresh: %[1]v, stale: 1h, dead: 24h}\n  audit: {fresh: 10m, stale: 20m, dead: 1h}\n", l.fresh)
	replicas := fl.Start(t, 3, file)
	// Each replica reads everything: data that only Redis has are lost with it. The clock stands meanwhile, so that
	// nothing turns stale and the quota is not spent before the run, however long the reading takes.
	for n := range 80 {
		document, variables, header := mix(n)
		for _, r := range replicas {
			if answer := r.Ask(t, document, variables, header); answer.Code() != "" {
				t.Fatalf("before the run: %.500s", answer.Raw)
			}
		}
	}
	fl.Clock.Run()
	report := l.send(t, fl, replicas, number, breaks)
	arrivals := fl.ScarceArrivals()
	report.calls, report.most = len(arrivals), mostWithin(arrivals, l.window)
	report.later = refusedCalls(t, fl.World)
	return report
}

// send asks at the load's pace.
func (l chaosLoad) send(t *testing.T, fl *kit.Fleet, replicas []*kit.Replica, number int,
	breaks func(*kit.Fleet),
) *loadReport {
	t.Helper()
	report := &loadReport{counts: map[string]int{}}
	var mu sync.Mutex
	var breaking sync.WaitGroup
	kit.AtPace(l.queries, l.length/time.Duration(l.queries), func(n int, due time.Time) {
		if n == number && breaks != nil {
			breaking.Go(func() { breaks(fl) })
		}
		document, variables, header := mix(n)
		answer := replicas[n%len(replicas)].Ask(t, document, variables, header)
		took := time.Since(due)
		kind, age := freshnessOf(answer, fl.Clock.Now())
		mu.Lock()
		defer mu.Unlock()
		report.counts[kind]++
		report.took = append(report.took, took)
		report.oldest = max(report.oldest, age)
	})
	breaking.Wait()
	return report
}

// freshnessOf returns fresh, stale or the code of the error, and the age of the oldest data in an answer.
func freshnessOf(r *kit.Reply, now time.Time) (kind string, age time.Duration) {
	kind = cmp.Or(r.Code(), "fresh")
	entries, _ := r.Body.Extensions["freshness"].([]any)
	for _, entry := range entries {
		fields, _ := entry.(map[string]any)
		text, _ := fields["oldest"].(string)
		if oldest, err := time.Parse(time.RFC3339, text); err == nil {
			age = max(age, now.Sub(oldest))
		}
		if fields["stale"] == true && kind == "fresh" {
			kind = "stale"
		}
	}
	return kind, age
}

// refusedCalls is how many calls the simulator answered with 429.
func refusedCalls(t *testing.T, w *kit.World) int {
	t.Helper()
	request,
		err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.Server.URL+"/_simulator/calls?detail=1", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := w.Client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var details map[string]struct{ Refused int }
	if err := json.NewDecoder(response.Body).Decode(&details); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for name, one := range details {
		if !strings.Contains(name, "-") { // the sum over the operations of the quota stands beside them
			refused += one.Refused
		}
	}
	return refused
}
