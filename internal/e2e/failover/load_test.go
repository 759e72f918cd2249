package failover

import (
	"context"
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

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// Kinds of queries: of data that every replica holds, and of a range of the audit log that nobody has asked for yet,
// which needs a call of the 60 a minute.
const (
	held  = "held"
	fresh = "new"
)

// wantDays asks for the audit log of a range of days.
const wantDays = `query ($days: TimeRange!) { auditEvents(filter: {range: $days}, first: 1) { totalCount } }`

// dayRange is the n-th of the 465 ranges of whole days within the month before the simulator's day.
func dayRange(n int) string {
	from := 1
	for ; n >= from; from++ {
		n -= from
	}
	end := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	day := func(before int) string { return end.AddDate(0, 0, -before).Format(time.RFC3339) }
	return fmt.Sprintf(`{"days": {"from": %q, "to": %q}}`, day(from), day(n))
}

// lastRange is a range of the audit log that no load asks for.
const lastRange = 464

// heldQueries ask for what every page shows.
func heldQueries() []string {
	return []string{
		kit.WantAlarms, kit.WantServices, kit.WantDevices, kit.WantVolumes, kit.Dashboard,
		`{ hosts(first: 20) { totalCount nodes { hostId name } } }`,
	}
}

// answer is what became of a query.
type answer struct {
	at     time.Time
	kind   string
	failed string // a code or the words of the transport; empty where it was answered
	warned bool
}

// load is clients that ask at a steady pace until they are told to end.
type load struct {
	end     context.CancelFunc
	clients sync.WaitGroup
	next    atomic.Int64 // range of the audit log

	mu      sync.Mutex
	answers []answer
}

// pace is how often queries of each kind are asked of all replicas together.
type pace struct{ held, fresh time.Duration }

// startLoad begins to ask the replicas in turn. Each query is sent when it is due, whether or not those before it have
// been answered.
func startLoad(ctx context.Context, replicas []*kit.Replica, p pace) *load {
	l := &load{}
	ctx, l.end = context.WithCancel(ctx)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	every := func(interval time.Duration, kind string, body func() string) {
		l.clients.Go(func() {
			tick := time.NewTicker(interval)
			defer tick.Stop()
			for n := 0; ; n++ {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				url, text := replicas[n%len(replicas)].Server.URL, body()
				l.clients.Go(func() { l.note(ask(context.WithoutCancel(ctx), client, url, kind, text)) })
			}
		})
	}
	queries, turn := heldQueries(), 0
	every(p.held, held, func() string {
		turn++
		return bodyOf(queries[turn/len(replicas)%len(queries)], "")
	})
	every(p.fresh, fresh, func() string { return bodyOf(wantDays, dayRange(int(l.next.Add(1)%lastRange))) })
	context.AfterFunc(ctx, func() {
		l.clients.Wait()
		client.CloseIdleConnections()
	})
	return l
}

// stop ends the load, and waits for the last answers.
func (l *load) stop() {
	l.end()
	l.clients.Wait()
}

func (l *load) note(a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, a)
}

// busy reports whether the machine had no time for the query, which does not count in the short form: no test needs a
// quiet machine.
func (a answer) busy() bool {
	return !*atLength && (a.failed == "OVERLOADED" || a.failed == "REQUEST_TIMEOUT")
}

// bodyOf is the body of a request; variables are JSON, or empty.
func bodyOf(document, variables string) string {
	if variables == "" {
		variables = "null"
	}
	return fmt.Sprintf(`{"query":%q,"variables":%s}`, strings.Join(strings.Fields(document), " "), variables)
}

// ask sends a query and says what became of it.
func ask(ctx context.Context, client *http.Client, url, kind, body string) answer {
	a := answer{at: time.Now(), kind: kind}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", strings.NewReader(body))
	if err != nil {
		a.failed = err.Error()
		return a
	}
	request.Header.Set("Content-Type", "application/json")
	a.failed, a.warned = outcome(client, request)
	return a
}

// outcome sends a request, and returns why it failed, empty where it was answered whole, and whether there was a
// warning.
func outcome(client *http.Client, request *http.Request) (failed string, warned bool) {
	response, err := client.Do(request)
	if err != nil {
		return err.Error(), false
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error(), false
	}
	var body struct {
		Data   json.RawMessage
		Errors []struct {
			Extensions struct{ Code string }
		}
		Extensions struct{ Warnings []json.RawMessage }
	}
	err = json.Unmarshal(text, &body)
	switch {
	case err != nil:
		return fmt.Sprintf("status %d: %.200s", response.StatusCode, text), false
	case len(body.Errors) > 0:
		return body.Errors[0].Extensions.Code, false
	case response.StatusCode != http.StatusOK || len(body.Data) == 0:
		return fmt.Sprintf("status %d: %.200s", response.StatusCode, text), false
	}
	return "", len(body.Extensions.Warnings) > 0
}

// tally counts the answers of one kind to queries that were asked from one moment to another.
type tally struct {
	asked, failed, warned int // failed leaves out those that the machine was too busy for
	why                   map[string]int
}

func (l *load) tally(kind string, from, to time.Time) tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := tally{why: map[string]int{}}
	for _, a := range l.answers {
		if a.kind != kind || a.at.Before(from) || a.at.After(to) {
			continue
		}
		sum.asked++
		if a.warned {
			sum.warned++
		}
		if a.failed != "" {
			sum.why[a.failed]++
			if !a.busy() {
				sum.failed++
			}
		}
	}
	return sum
}

func (s tally) String() string {
	text := fmt.Sprintf("%d of %d failed (%.1f %%)", s.failed, s.asked, 100*float64(s.failed)/max(1, float64(s.asked)))
	for _, why := range slices.Sorted(maps.Keys(s.why)) {
		text += fmt.Sprintf(", %d %s", s.why[why], why)
	}
	return text + fmt.Sprintf(", %.1f %% with warnings", 100*float64(s.warned)/max(1, float64(s.asked)))
}

// health looks at /readyz of all replicas again and again.
type health struct {
	replicas []*kit.Replica
	stop     func()

	mu          sync.Mutex
	first, last time.Time // something was degraded
	reasons     map[string]bool
	looks       int // in a row that found nothing degraded
}

func watchHealth(t *testing.T, replicas []*kit.Replica) *health {
	t.Helper()
	h := &health{replicas: replicas, reasons: map[string]bool{}}
	h.stop = every(t, 50*time.Millisecond, h.look)
	return h
}

func (h *health) look(ctx context.Context) {
	var reasons []string
	for _, r := range h.replicas {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Server.URL+"/readyz", http.NoBody)
		if err != nil {
			return
		}
		response, err := r.Client.RoundTrip(request)
		if err != nil {
			return // the test has ended
		}
		var state struct{ Reasons []string }
		err = json.NewDecoder(response.Body).Decode(&state)
		_ = response.Body.Close() // it was read
		if err != nil || response.StatusCode != http.StatusOK {
			state.Reasons = append(state.Reasons, fmt.Sprintf("status %d, %v", response.StatusCode, err))
		}
		reasons = append(reasons, state.Reasons...)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looks++
	if len(reasons) == 0 {
		return
	}
	h.looks, h.last = 0, time.Now()
	if h.first.IsZero() {
		h.first = h.last
	}
	for _, reason := range reasons {
		h.reasons[reason] = true
	}
}

// since begins to look anew.
func (h *health) since() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.first, h.last, h.looks, h.reasons = time.Time{}, time.Time{}, 0, map[string]bool{}
}

// settled waits until nothing has been degraded for two seconds, and returns until when something was.
func (h *health) settled(t *testing.T) (last time.Time) {
	t.Helper()
	testkit.Within(t, time.Minute, "no replica is degraded", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		last = h.last
		return h.looks > 40
	})
	return last
}
