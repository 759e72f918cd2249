package failover

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// drainDelay is how long a replica that ends still takes requests, where those who send them look at /readyz: many
// looks, on a busy machine too.
const drainDelay = 3 * time.Second

// rolling is three replicas as processes, and how clients come to them.
type rolling struct {
	world     *kit.World
	processes []*process
	// target is where the next request goes; empty where nobody takes one.
	target func() string
	// repeats is whether clients may send a query again, as Go's do where a connection was closed before it was read.
	repeats bool
}

// newRolling starts the replicas on one Redis, and a site whose alarms are polled often.
func newRolling(t *testing.T, environ ...string) *rolling {
	t.Helper()
	r := &rolling{world: kit.NewWorld(t, kit.WorldSettings{
		Hosts: 3, Regions: 2, Quota: "off", Clock: time.Now(), Running: true,
	})}
	environ = append(append(append(r.world.Environment(), kit.WithRedis(redistest.Start(t))...),
		"OPSGRAPH_AGES_ALARMS_FRESH=100ms", "OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000", "OPSGRAPH_LIVE_LEASE_FOR=1s",
		"OPSGRAPH_LIMITS_REQUEST_TIMEOUT=20s", "OPSGRAPH_UPSTREAM_TIMEOUT=10s", "OPSGRAPH_CALLERS_RATE=100000",
		"OPSGRAPH_CALLERS_BURST=100000"), environ...)
	for range 3 {
		r.processes = append(r.processes, runProcess(t, environ))
	}
	return r
}

// client is one with Go's own defaults, which keeps its connections.
func (r *rolling) client(t *testing.T) *http.Client {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the test made the certificate
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// crowd is clients that ask one query after another, each by its own connections.
type crowd struct {
	end      context.CancelFunc
	clients  sync.WaitGroup
	answered atomic.Int64
	failures chan string
}

func (r *rolling) crowd(t *testing.T) *crowd {
	t.Helper()
	c := &crowd{failures: make(chan string, 10_000)}
	var ctx context.Context
	ctx, c.end = context.WithCancel(t.Context())
	queries := []string{kit.WantAlarms, `{ hosts(first: 1) { totalCount } }`, kit.WantVolumes, kit.Dashboard}
	for i := range 6 {
		client := r.client(t)
		c.clients.Go(func() {
			pause := time.NewTicker(10 * time.Millisecond)
			defer pause.Stop()
			for n := i; ctx.Err() == nil; n++ {
				request, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodPost, r.target()+"/graphql",
					strings.NewReader(bodyOf(queries[n%len(queries)], "")))
				if err != nil {
					c.failures <- err.Error()
					return
				}
				request.Header.Set("Content-Type", "application/json")
				if !r.repeats {
					request.GetBody = nil // without it the transport can't send the query again
				}
				if failed, _ := outcome(client, request); failed != "" {
					c.failures <- failed
				}
				c.answered.Add(1)
				<-pause.C
			}
		})
	}
	return c
}

// more waits until so many more queries are answered.
func (c *crowd) more(t *testing.T, n int64) {
	t.Helper()
	want := c.answered.Load() + n
	testkit.Within(t, time.Minute, "queries are not answered", func() bool { return c.answered.Load() >= want })
}

// roll restarts the replicas one after another under load, while alarms are raised and followed, and fails where a
// query was lost, or a follower has not had each alarm once.
func (r *rolling) roll(t *testing.T) string {
	t.Helper()
	followers := []*follower{r.followBySocket(t), r.followByEvents(t)}
	for _, f := range followers {
		testkit.Eventually(t, "a subscription does not begin", f.begun.Load)
	}
	r.world.Baseline(t)
	raised := r.raise(t, 200*time.Millisecond)
	c := r.crowd(t)
	c.more(t, 100)
	for _, f := range followers { // without the id of an event it could not go on where it ended
		testkit.Within(t, time.Minute, "a follower hears of nothing", func() bool { return f.place() != "" })
	}
	began := time.Now()
	for _, p := range r.processes {
		p.restart(t)
		c.more(t, 100)
	}
	took := time.Since(began)
	c.end()
	c.clients.Wait()
	close(c.failures)
	for failure := range c.failures {
		t.Errorf("lost: %s", failure)
	}
	want := raised()
	resumed := 0
	for _, f := range followers {
		f.wantEachOnce(t, want)
		resumed += int(f.resumed.Load())
	}
	if resumed < len(followers) {
		t.Errorf("subscriptions were taken up again %d times", resumed)
	}
	return fmt.Sprintf("3 restarts in %.1f s under load: 0 of %d queries lost, %d alarms followed by %d subscriptions "+
		"that were taken up again %d times, each heard of once", took.Seconds(), c.answered.Load(), len(want),
		len(followers), resumed)
}

// TestRollingRestart restarts three replicas one after another: behind something that looks at /readyz and sends each
// query once, and behind the proxies of docs/operations.md.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	t.Run("directly, nothing sent twice", func(t *testing.T) {
		t.Parallel()
		r := newRolling(t, "OPSGRAPH_DRAIN_DELAY="+drainDelay.String())
		r.target = watchEndpoints(t, r.processes).next
		kit.Report(t, "rolling restart, directly", "%s", r.roll(t))
	})
	if !*atLength {
		return // package proxies does so with two replicas
	}
	for _, program := range kit.ProxyPrograms() {
		t.Run("behind "+program.Name, func(t *testing.T) {
			t.Parallel()
			r := newRolling(t)
			p := program.Start(t, r.processes[0].address, r.processes[1].address, r.processes[2].address)
			r.target, r.repeats = func() string { return p.URL }, true
			client := r.client(t)
			testkit.Eventually(t, program.Name+" answers nothing", func() bool {
				return ask(t.Context(), client, p.URL, held, bodyOf(kit.WantAlarms, "")).failed == ""
			})
			kit.Report(t, "rolling restart, behind "+program.Name, "%s", r.roll(t))
		})
	}
}
