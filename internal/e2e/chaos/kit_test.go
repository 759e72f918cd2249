package chaos

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// redisCommand sends one command to the fleet's Redis.
func redisCommand(tb testing.TB, connection *redis.Connection, words ...any) {
	tb.Helper()
	if err := redis.Universal(connection).Do(tb.Context(), words...).Err(); err != nil {
		tb.Fatalf("redis %v: %v", words, err)
	}
}

// crowd sends a query n times from eight clients at each replica in turn, calls midway when half of them are answered,
// and counts the answers by their content.
func crowd(tb testing.TB, replicas []*kit.Replica, document string, n int, midway func()) map[string]int {
	tb.Helper()
	var sent, answered atomic.Int64
	var mu sync.Mutex
	counts := map[string]int{}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i := sent.Add(1); i <= int64(n); i = sent.Add(1) {
				words := kit.Summary(replicas[int(i)%len(replicas)].Ask(tb, document, "", nil))
				mu.Lock()
				counts[words]++
				mu.Unlock()
				if answered.Add(1) == int64(n/2) && midway != nil {
					midway()
				}
			}
		})
	}
	wait.Wait()
	return counts
}

// atOnce asks n times at the same moment, the replicas in turn.
func atOnce(tb testing.TB, replicas []*kit.Replica, document string, n int) map[string]int {
	tb.Helper()
	var mu sync.Mutex
	counts := map[string]int{}
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			words := kit.Summary(replicas[i%len(replicas)].Ask(tb, document, "", nil))
			mu.Lock()
			defer mu.Unlock()
			counts[words]++
		})
	}
	wait.Wait()
	return counts
}

// tally writes counts as text.
func tally(counts map[string]int) string {
	var parts []string
	for _, words := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d × %s", counts[words], words))
	}
	return strings.Join(parts, ", ")
}

// readiness is the status of /readyz and whether it reports something degraded.
func readiness(tb testing.TB, r *kit.Replica) (status int, degraded bool) {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, r.Server.URL+"/readyz", http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	response, err := r.Client.RoundTrip(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	var state struct{ Reasons []string }
	text, err := io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if err != nil {
		tb.Fatalf("readyz: %v: %s", err, text)
	}
	return response.StatusCode, len(state.Reasons) > 0
}

// recovered waits until no replica reports something degraded.
func recovered(tb testing.TB, replicas []*kit.Replica) time.Duration {
	tb.Helper()
	return testkit.Within(tb, 20*time.Second, "Redis found again", func() bool {
		return !slices.ContainsFunc(replicas, func(r *kit.Replica) bool {
			_, degraded := readiness(tb, r)
			return degraded
		})
	})
}

// mostWithin is the largest number of moments in any span of that length.
func mostWithin(moments []time.Time, span time.Duration) int {
	most, first := 0, 0
	for i, moment := range moments {
		for !moments[first].After(moment.Add(-span)) {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
