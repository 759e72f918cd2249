package process

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// burden counts the answers of clients that ask again as soon as they are answered.
type burden struct {
	took    []time.Duration // of those with data
	refused int
	shed    []time.Duration // how long refusals took
}

func (b *burden) String() string {
	return fmt.Sprintf("%d with data, p99 %s; %d refused, p99 %s", len(b.took), ninetyNinth(b.took), b.refused,
		ninetyNinth(b.shed))
}

func ninetyNinth(took []time.Duration) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)*99/100].Round(100 * time.Microsecond)
}

// lean has that many clients ask for a time. An answer must have its data, or be a refusal with a time to retry.
func (b *binary) lean(t *testing.T, clients int, length time.Duration) *burden {
	t.Helper()
	sum := &burden{}
	var mu sync.Mutex
	var leaning sync.WaitGroup
	end := time.Now().Add(length)
	body := graphQLBody(`{ hosts(first: 400) { totalCount nodes { hostId name virtualMachines { totalCount } } } }`, "")
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	for range clients {
		leaning.Go(func() {
			for time.Now().Before(end) {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+"/graphql", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				request.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {graphQLType}}
				began := time.Now()
				response, err := transport.RoundTrip(request)
				if err != nil {
					t.Error(err)
					return
				}
				text, err := io.ReadAll(response.Body)
				_ = response.Body.Close() // it was read to its end
				took := time.Since(began)
				answered := response.StatusCode == http.StatusOK &&
					strings.HasPrefix(string(text), `{"data":{"hosts":{"totalCount":400,`)
				refused := response.StatusCode == http.StatusServiceUnavailable && strings.Contains(string(text), `"OVERLOADED"`) &&
					response.Header.Get("Retry-After") != ""
				if err != nil || !answered && !refused {
					t.Errorf("%d %.200s %v", response.StatusCode, text, err)
					return
				}
				mu.Lock()
				if answered {
					sum.took = append(sum.took, took)
				} else {
					sum.refused++
					sum.shed = append(sum.shed, took)
				}
				mu.Unlock()
				if refused { // by a client that has some manners, or there would be nothing but refusals to measure
					pause := time.NewTimer(20 * time.Millisecond)
					<-pause.C
				}
			}
		})
	}
	leaning.Wait()
	return sum
}

// throttle lets the process run for a fifth of the time, until end is called.
func (b *binary) throttle(t *testing.T) (end func()) {
	t.Helper()
	const run, pause = 5 * time.Millisecond, 20 * time.Millisecond
	ended := make(chan struct{})
	var throttling sync.WaitGroup
	throttling.Go(func() {
		for halted := false; ; halted = !halted {
			signal, length := syscall.SIGSTOP, pause
			if halted {
				signal, length = syscall.SIGCONT, run
			}
			if err := b.cmd.Process.Signal(signal); err != nil {
				t.Errorf("%v: %v", signal, err)
				return
			}
			select {
			case <-ended:
				_ = b.cmd.Process.Signal(syscall.SIGCONT) // where it has ended nothing need go on
				return
			case <-time.After(length):
			}
		}
	})
	return func() {
		close(ended)
		throttling.Wait()
	}
}

// TestProcessOverloaded_F69_L11 sends ten times the admitted queries at once, with all of the processor and with a
// fifth of it: the excess is refused with a time to retry, the rest has its data, and nothing is refused once the load
// is gone.
func TestProcessOverloaded_F69_L11(t *testing.T) {
	const (
		room   = 4
		few    = room / 2 // a client may ask again before the last bytes of its answer are known to be written
		many   = 10 * room
		length = 2 * time.Second
	)
	_, server := pressedUpstream(t, 400)
	b := startBinary(t, nil, append(upstreamEnviron(server.URL), fmt.Sprintf("OPSGRAPH_CALLERS_ALL_OPERATIONS=%d", room),
		"OPSGRAPH_CALLERS_OPERATIONS=1000", "OPSGRAPH_CALLERS_RATE=1000000", "OPSGRAPH_CALLERS_BURST=1000000",
		"OPSGRAPH_AGES_HOSTS_FRESH=10m", "OPSGRAPH_AGES_VIRTUAL_MACHINES_FRESH=10m",
		"OPSGRAPH_QUOTA_SECOND_LIMIT=1000000",
		// Operations have to overlap: equal ones would share one place, and planned ones are over too soon.
		"OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES=0", "OPSGRAPH_EXECUTOR=gqlgen")...)
	if status, body := b.post(t,
		`{ hosts(first: 400) { nodes { virtualMachines { totalCount } } } }`); status != http.StatusOK ||
		strings.Contains(body, `"errors"`) {
		t.Fatalf("%d %.300s", status, body)
	}
	idle := b.settled(t)
	alone := b.lean(t, few, length)
	t.Logf("%d clients: %v", few, alone)
	for name, throttled := range map[string]bool{"": false, ", a fifth of the processor": true} {
		end := func() {}
		if throttled {
			end = b.throttle(t)
		}
		pressed := b.lean(t, many, length)
		end()
		after := b.lean(t, few, length/4)
		t.Logf("%d clients%s: %v; with data in parts of those of %d clients: %.2f; after it %v", many, name, pressed, few,
			float64(len(pressed.took))/float64(len(alone.took)), after)
		if pressed.refused == 0 || len(pressed.took) == 0 {
			t.Errorf("%d clients%s: %v", many, name, pressed)
		}
		if alone.refused+after.refused > 0 || len(after.took) == 0 {
			t.Errorf("%d clients, who have room: before %v, after %v", few, alone, after)
		}
	}
	testkit.Eventually(t, "goroutines are left", func() bool { return b.metric(t, "go_goroutines") < idle+20 })
}
