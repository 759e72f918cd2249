package chaos

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// sharingExperiments are about many clients with the same query at once, and about clients that leave in the middle.
func sharingExperiments() []experiment {
	return []experiment{
		{"F-57", "the refresh that all replicas wait for fails", failureIsShared},
		{"F-58", "the client whose query began a refresh goes away", clientLeaves},
		{"F-63", "300 queries at once on a pool of two connections to Redis", smallPool},
		{"F-65", "eight replicas start at once on an empty Redis", func(t *testing.T, f *figures) outcome {
			return stampede(t, f, "F-65", 8, 64)
		}},
		{"L-03", "500 identical cold queries at once on one replica", func(t *testing.T, f *figures) outcome {
			return stampede(t, f, "L-03", 1, 500)
		}},
		{"L-03a", "50 identical cold queries at once over three replicas", func(t *testing.T, f *figures) outcome {
			return stampede(t, f, "L-03a", 3, 50)
		}},
	}
}

func failureIsShared(t *testing.T, _ *figures) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true})
	replicas := fl.Start(t, 2, kit.Steady)
	fl.Steer(t, "PUT", "faults", []map[string]any{{"operation": "listDeviceAlarms", "kind": "status", "status": 500}})
	counts := atOnce(t, replicas, kit.WantAlarms, 20)
	if counts["UPSTREAM_UNAVAILABLE"] != 20 || fl.MinuteCalls() != 2 {
		t.Errorf("%s, %d calls", tally(counts), fl.MinuteCalls())
	}
	fl.Steer(t, "DELETE", "faults", nil)
	for _, r := range replicas {
		testkit.Within(t, time.Minute, "data after the failure",
			func() bool { return kit.Summary(r.Ask(t, kit.WantAlarms, "", nil)) == kit.FreshData })
	}
	if got := fl.MinuteCalls(); got != 3 {
		t.Errorf("%d calls in all, want 3", got)
	}
	return outcome{
		sees: "UPSTREAM_UNAVAILABLE to all who waited", calls: "2 attempts of one replica",
		after: kit.FreshData + ", 1 call",
	}
}

// clientLeaves ends a request once its call is under way: the call is finished for the next client.
func clientLeaves(t *testing.T, _ *figures) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	r := fl.Start(t, 1, kit.Steady)[0]
	fl.Steer(t, "PUT", "faults", []map[string]any{{"operation": "listDeviceAlarms", "kind": "latency", "latencyMs": 1500}})
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Server.URL+"/graphql",
		bytes.NewReader([]byte(kit.RequestBody(t, kit.WantAlarms, ""))))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	go func() {
		response, err := r.Client.RoundTrip(request)
		if err == nil {
			_ = response.Body.Close() // it was answered, which the test finds out
		}
		gone <- err
	}()
	testkit.Within(t, time.Minute, "the call", func() bool { return fl.MinuteCalls() == 1 })
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the client left: %v", err)
	}
	kit.Demand(t, r, kit.WantAlarms, kit.FreshData)
	if got := fl.MinuteCalls(); got != 1 {
		t.Errorf("%d calls, want that of the client who left", got)
	}
	return outcome{sees: "the next client: " + kit.FreshData, calls: "1, that of the client who left", after: "—"}
}

// smallPool has more readers of Redis than connections: a reader without one in time goes on without Redis.
func smallPool(t *testing.T, _ *figures) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2, Running: true}, "OPSGRAPH_REDIS_POOL_SIZE=2")
	line := newWire(t, fl.Redis.Addr)
	line.slow(t, 5*time.Millisecond)
	r := fl.Start(t, 1, kit.Steady, "OPSGRAPH_REDIS_URL=redis://"+line.address(),
		// 75 queries share two connections: a busy machine needs long for them
		"OPSGRAPH_LIMITS_REQUEST_TIMEOUT=50s", "OPSGRAPH_REDIS_TIMEOUT=20s")
	documents := []string{kit.WantAlarms, kit.WantServices, kit.WantDevices, kit.WantVolumes}
	sum := map[string]int{}
	for _, document := range documents {
		for words, n := range atOnce(t, r, document, 75) {
			sum[words] += n
		}
	}
	if sum[kit.FreshData] != 300 || fl.MinuteCalls() != len(documents) {
		t.Errorf("%s, %d calls", tally(sum), fl.MinuteCalls())
	}
	return outcome{sees: kit.FreshData, calls: "1 for each list", after: readByTheNext(t, fl, r[0])}
}

// readByTheNext starts a second replica, which reads what the first has written.
func readByTheNext(t *testing.T, fl *kit.Fleet, first *kit.Replica) string {
	t.Helper()
	first.Close() // what it writes to Redis is written
	before := fl.MinuteCalls()
	kit.Demand(t, fl.Start(t, 1, kit.Steady)[0], kit.WantVolumes, kit.FreshData)
	if got := fl.MinuteCalls() - before; got != 0 {
		t.Errorf("%d calls by the next replica", got)
	}
	return "the next replica reads Redis"
}

// stampede sends identical cold queries to replicas that have just started.
func stampede(t *testing.T, f *figures, number string, n, queries int) outcome {
	t.Helper()
	fl := kit.NewFleet(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	fl.Steer(t, "PUT", "faults", []map[string]any{{"operation": "listDeviceAlarms", "kind": "latency", "latencyMs": 250}})
	replicas := fl.Start(t, n, kit.Steady)
	began := time.Now()
	counts := atOnce(t, replicas, kit.WantAlarms, queries)
	f.add(t, number+": until all are answered (the call takes 0.25 s)", "%.2f s", time.Since(began).Seconds())
	if counts[kit.FreshData] != queries || fl.MinuteCalls() != 1 {
		t.Errorf("%s, %d calls", tally(counts), fl.MinuteCalls())
	}
	return outcome{sees: tally(counts), calls: "1", after: "—"}
}
