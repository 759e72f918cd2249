package rest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// turns are the rights to probe of several clients in one process, by the tests' clock.
type turns struct {
	at *testkit.Clock

	mu    sync.Mutex
	until map[string]time.Time
	asked []string
	holds []time.Duration
}

func (p *turns) Begin(_ context.Context, name string, hold time.Duration) (func(context.Context), bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked, p.holds = append(p.asked, name), append(p.holds, hold)
	if p.at.Now().Before(p.until[name]) {
		return nil, false
	}
	p.until[name] = p.at.Now().Add(hold)
	return func(context.Context) {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.until, name)
	}, true
}

// F-11: three replicas whose circuit is open send one probe in a probe interval, each with its token, and recover one
// after the other as soon as a probe has succeeded.
func TestF11OneProbeForAllReplicas(t *testing.T) {
	p, at := newPatient(t), newClock()
	shared, counter := &turns{at: at, until: map[string]time.Time{}}, &countingQuota{}
	replicas := make([]*rest.Client, 3)
	for i := range replicas {
		replicas[i] = connect(t, p.URL, noRetries, func(cfg *rest.ClientConfig) {
			cfg.Now, cfg.Probing, cfg.Quota = at.Now, shared, counter
		})
		p.ask(t, replicas[i], scarce, 500, 5)
		wantCircuit(t, replicas[i], "scarceThing", "open")
	}
	if len(shared.asked) != 0 {
		t.Errorf("asked for a probe while the circuit was closed: %v", shared.asked)
	}
	asked := p.requests.Load()
	for _, interval := range []time.Duration{10 * time.Second, 20 * time.Second, 30 * time.Second} {
		at.Advance(interval)
		for i, replica := range replicas {
			_, err := rest.Call(t.Context(), replica, scarce, rest.Request{})
			if found := failure(t, err); i > 0 &&
				(!errors.Is(err, rest.ErrCircuitOpen) || found.RetryAfter != time.Second || !found.Retryable) {
				t.Errorf("replica %d: error = %+v, want circuit open", i, found)
			}
			wantCircuit(t, replica, "scarceThing", "open")
		}
		asked++
		p.wants(t, asked)
	}
	if got := int64(counter.taken()); got != asked {
		t.Errorf("tokens = %d, want %d: a probe takes one too", got, asked)
	}
	if len(shared.holds) != 9 || shared.holds[0] != 20*time.Second {
		t.Errorf("holds = %v, want nine, the first as long as the circuit stays open after a failed probe", shared.holds)
	}
	at.Advance(30 * time.Second)
	for _, replica := range replicas {
		p.ask(t, replica, scarce, 200, 1)
		wantCircuit(t, replica, "scarceThing", "closed")
	}
}

// A probe that does not count gives the right back.
func TestAProbeThatSaysNothingIsGivenBack(t *testing.T) {
	p, at := newPatient(t), newClock()
	shared := &turns{at: at, until: map[string]time.Time{}}
	one, two := newReplica(t, p, at, shared), newReplica(t, p, at, shared)
	at.Advance(10 * time.Second)
	p.ask(t, one, scarce, 404, 1)
	p.ask(t, two, scarce, 200, 1)
	wantCircuit(t, one, "scarceThing", "half-open")
	wantCircuit(t, two, "scarceThing", "closed")
}

// newReplica returns a client whose circuit has just opened.
func newReplica(t *testing.T, p *patient, at *testkit.Clock, shared rest.Probing) *rest.Client {
	t.Helper()
	c := connect(t, p.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Now, cfg.Probing = at.Now, shared })
	p.ask(t, c, scarce, 500, 5)
	return c
}
