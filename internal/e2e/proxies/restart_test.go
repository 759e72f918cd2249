package proxies

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// replicas are two gateways on one Redis, each at an address that it keeps over restarts.
type replicas struct {
	*kit.World

	environ []string
	served  [2]*kit.Served
}

func newReplicas(t *testing.T, environ ...string) *replicas {
	t.Helper()
	r := &replicas{World: kit.NewLiveWorld(t)}
	r.environ = append(kit.WithRedis(redistest.Start(t)),
		"OPSGRAPH_AGES_ALARMS_FRESH=100ms", "OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000", "OPSGRAPH_LIVE_LEASE_FOR=1s",
		"OPSGRAPH_LIMITS_REQUEST_TIMEOUT=20s", "OPSGRAPH_UPSTREAM_TIMEOUT=10s", "OPSGRAPH_CALLERS_RATE=100000",
		"OPSGRAPH_CALLERS_BURST=100000")
	r.environ = append(r.environ, environ...)
	for i := range r.served {
		r.served[i] = r.Serve(t, kit.FreeAddress(t), r.environ...)
	}
	return r
}

// restart ends one replica as SIGTERM does, and starts another one at its address.
func (r *replicas) restart(t *testing.T, i int) {
	t.Helper()
	address := r.served[i].Address
	r.served[i].Stop()
	r.served[i] = r.Serve(t, address, r.environ...)
}

// load is clients that ask all the time.
type load struct {
	answered, started atomic.Int64
	failures          chan string
	end               context.CancelFunc
	clients           sync.WaitGroup
}

const (
	askHosts = `{ hosts(first: 1) { totalCount } }`
	startJob = `mutation { createMeterJob(input: {}) { meterJob { jobId } } }`
)

// newLoad has eight clients ask through the proxy, half of them by HTTP/2. Each fifth request starts a job, without a
// key: each job that the upstream starts is one that was asked for.
func newLoad(t *testing.T, p proxy) *load {
	t.Helper()
	l := &load{failures: make(chan string, 1000)}
	var ctx context.Context
	ctx, l.end = context.WithCancel(t.Context())
	for i := range 8 {
		client := p.client(t, i%2 == 0, "")
		l.clients.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				document, want := askHosts, `"totalCount":3`
				if n%5 == 4 {
					document, want = startJob, `"jobId":`
					l.started.Add(1)
				}
				text, err := p.post(context.WithoutCancel(ctx), client, document, nil)
				switch {
				case err != nil:
					l.failures <- err.Error()
				case !strings.Contains(text, want) || strings.Contains(text, `"errors"`):
					l.failures <- text
				}
				l.answered.Add(1)
			}
		})
	}
	return l
}

// progress waits until so many more requests are answered.
func (l *load) progress(t *testing.T, more int64) {
	t.Helper()
	want := l.answered.Load() + more
	testkit.Eventually(t, "requests are not answered", func() bool { return l.answered.Load() >= want })
}

// TestFound_G_RollingRestart restarts both replicas, one after another, under load: no request is lost, and no job is
// started twice.
func TestFound_G_RollingRestart(t *testing.T) {
	t.Parallel()
	for _, program := range kit.ProxyPrograms() {
		t.Run(program.Name, func(t *testing.T) {
			t.Parallel()
			r := newReplicas(t)
			p := start(t, program, r.served[0].Address, r.served[1].Address)
			ready(t, p)
			before := r.Sim.Calls()["createMeterQueryJob"]
			l := newLoad(t, p)
			l.progress(t, 100)
			began := time.Now()
			for i := range r.served {
				r.restart(t, i)
				testkit.Eventually(t, "the new replica gets no request", r.served[i].HasAnswered)
				l.progress(t, 100)
			}
			l.end()
			l.clients.Wait()
			close(l.failures)
			for failure := range l.failures {
				t.Errorf("lost: %s", failure)
			}
			jobs := int64(r.Sim.Calls()["createMeterQueryJob"] - before)
			if started := l.started.Load(); jobs != started || started == 0 {
				t.Errorf("%d jobs were started, %d asked for", jobs, started)
			}
			t.Logf("%d requests and %d jobs within two restarts of %v", l.answered.Load(), jobs, time.Since(began))
		})
	}
}

// ready waits until the proxy sends requests on.
func ready(t *testing.T, p proxy) {
	t.Helper()
	client := p.client(t, false, "")
	testkit.Eventually(t, p.Name+" answers nothing", func() bool {
		text, err := p.post(t.Context(), client, askHosts, nil)
		return err == nil && strings.Contains(text, `"totalCount":3`)
	})
}
