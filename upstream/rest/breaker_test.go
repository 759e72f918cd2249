package rest_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// patient is an upstream whose next answers a test chooses.
type patient struct {
	*upstream
	code atomic.Int64
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	p := &patient{}
	p.code.Store(200)
	p.upstream = serve(t, func(w http.ResponseWriter, r *http.Request) {
		status(int(p.code.Load()), `{"name":"a"}`)(w, r)
	})
	return p
}

// ask makes n calls that the upstream answers with code.
func (p *patient) ask(t *testing.T, c *rest.Client, e rest.Endpoint[thing], code, n int) {
	t.Helper()
	p.code.Store(int64(code))
	for range n {
		if _, err := rest.Call(t.Context(), c, e, rest.Request{}); (err == nil) != (code == 200) {
			t.Fatalf("error = %v after status %d", err, code)
		}
	}
}

func wantCircuit(t *testing.T, c *rest.Client, operation, want string) {
	t.Helper()
	if got := c.Circuit(operation); got != want {
		t.Errorf("circuit = %s, want %s", got, want)
	}
}

// F-11, F-38: with a scarce quota five failures in a row open the circuit, for 10, 20 and then 30 s.
func TestF11F38BreakerOfAScarceOperation(t *testing.T) {
	p, at := newPatient(t), newClock()
	c := connect(t, p.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Now = at.Now })
	wantCircuit(t, c, "scarceThing", "closed")

	p.ask(t, c, scarce, 500, 4)
	p.ask(t, c, scarce, 200, 1)
	p.ask(t, c, scarce, 500, 4)
	wantCircuit(t, c, "scarceThing", "closed")
	p.ask(t, c, scarce, 429, 1)
	asked := p.requests.Load()

	for _, delay := range []time.Duration{10 * time.Second, 20 * time.Second, 30 * time.Second, 30 * time.Second} {
		wantCircuit(t, c, "scarceThing", "open")
		at.Advance(delay - time.Millisecond)
		_, err := rest.Call(t.Context(), c, scarce, rest.Request{})
		found := failure(t, err)
		if found.Kind != rest.Unavailable || !errors.Is(err, rest.ErrCircuitOpen) || found.RetryAfter != time.Millisecond ||
			!found.Retryable {
			t.Fatalf("error = %+v", found)
		}
		p.wants(t, asked)
		at.Advance(time.Millisecond)
		wantCircuit(t, c, "scarceThing", "half-open")
		p.ask(t, c, scarce, 503, 1)
		asked++
		p.wants(t, asked)
	}

	at.Advance(30 * time.Second)
	p.ask(t, c, scarce, 200, 1)
	wantCircuit(t, c, "scarceThing", "closed")
	p.ask(t, c, scarce, 500, 5)
	wantCircuit(t, c, "scarceThing", "open")
	at.Advance(10 * time.Second)
	wantCircuit(t, c, "scarceThing", "half-open")
	wantCircuit(t, c, "readThing", "closed")
	p.ask(t, c, read, 200, 1)
}

func TestBreakerOfAFastOperation(t *testing.T) {
	p, at := newPatient(t), newClock()
	c := connect(t, p.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Now = at.Now })
	p.ask(t, c, read, 500, 9)
	p.ask(t, c, read, 200, 10)
	wantCircuit(t, c, "readThing", "closed")
	p.ask(t, c, read, 500, 1)
	wantCircuit(t, c, "readThing", "open")
	at.Advance(5 * time.Second)
	p.ask(t, c, read, 200, 1)
	wantCircuit(t, c, "readThing", "closed")
}

// Only one probe goes out, however many calls come.
func TestBreakerProbesOnce(t *testing.T) {
	hold, arrived := make(chan struct{}), make(chan struct{})
	var probing atomic.Bool
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !probing.Load() {
			status(500, "")(w, r)
			return
		}
		arrived <- struct{}{}
		<-hold
		answer(`{"name":"a"}`)(w, r)
	})
	at := newClock()
	c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Now = at.Now })
	for range 5 {
		_, _ = rest.Call(t.Context(), c, scarce, rest.Request{})
	}
	at.Advance(10 * time.Second)
	probing.Store(true)
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := rest.Call(t.Context(), c, scarce, rest.Request{}); err != nil {
			t.Error(err)
		}
	})
	<-arrived
	for range 10 {
		if _, err := rest.Call(t.Context(), c, scarce, rest.Request{}); !errors.Is(err, rest.ErrCircuitOpen) {
			t.Errorf("error = %v, want circuit open", err)
		}
	}
	close(hold)
	all.Wait()
	wantCircuit(t, c, "scarceThing", "closed")
	u.wants(t, 6)
}

// An outcome that says nothing about the upstream neither counts nor resets the count.
func TestBreakerIgnoresWhatSaysNothing(t *testing.T) {
	p, at := newPatient(t), newClock()
	c := connect(t, p.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Now = at.Now })
	for _, code := range []int{400, 401, 403, 404} {
		p.ask(t, c, scarce, code, 6)
	}
	wantCircuit(t, c, "scarceThing", "closed")
	p.ask(t, c, scarce, 500, 4)
	p.ask(t, c, scarce, 404, 3)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rest.Call(canceled, c, scarce, rest.Request{}); rest.KindOf(err) != rest.Canceled {
		t.Fatalf("error = %v", err)
	}
	wantCircuit(t, c, "scarceThing", "closed")
	p.ask(t, c, scarce, 500, 1)
	wantCircuit(t, c, "scarceThing", "open")

	at.Advance(10 * time.Second)
	p.ask(t, c, scarce, 404, 2)
	wantCircuit(t, c, "scarceThing", "half-open")
	p.ask(t, c, scarce, 200, 1)
	wantCircuit(t, c, "scarceThing", "closed")
}

// The short deadline of a caller says nothing about the upstream; the timeout of an attempt does.
func TestBreakerTellsWhoseTimeRanOut(t *testing.T) {
	u := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := connect(t, u.URL, noRetries)
	hurry := func(c *rest.Client) {
		ctx, cancel := withTimeout(t, 60*time.Millisecond)
		defer cancel()
		if _, err := rest.Call(ctx, c, scarce, rest.Request{}); rest.KindOf(err) != rest.Timeout {
			t.Fatalf("error = %v", err)
		}
	}
	for range 5 {
		hurry(c)
	}
	wantCircuit(t, c, "scarceThing", "closed")
	limited := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Timeout = 10 * time.Millisecond })
	for range 5 {
		hurry(limited)
	}
	wantCircuit(t, limited, "scarceThing", "open")
}

// A call that began before the circuit opened cannot open it again by failing late.
func TestBreakerIgnoresLateResults(t *testing.T) {
	hold, arrived := make(chan struct{}), make(chan struct{})
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("late") != "" {
			arrived <- struct{}{}
			<-hold
		}
		if r.URL.Query().Get("fine") != "" {
			answer(`{"name":"a"}`)(w, r)
			return
		}
		status(500, "")(w, r)
	})
	at := newClock()
	c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Now = at.Now })
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := rest.Call(t.Context(), c, scarce, rest.Request{Query: map[string][]string{"late": {"1"}}}); err == nil {
			t.Error("no error")
		}
	})
	<-arrived
	for range 5 {
		_, _ = rest.Call(t.Context(), c, scarce, rest.Request{})
	}
	at.Advance(10 * time.Second)
	if _, err := rest.Call(t.Context(), c, scarce, rest.Request{Query: map[string][]string{"fine": {"1"}}}); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		_, _ = rest.Call(t.Context(), c, scarce, rest.Request{})
	}
	close(hold)
	all.Wait()
	wantCircuit(t, c, "scarceThing", "closed")
}

func TestBulkhead(t *testing.T) {
	hold, arrived := make(chan struct{}), make(chan struct{}, 2)
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-hold
		answer(`{"name":"a"}`)(w, r)
	})
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.MaxInFlight = 2 })
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if err := get(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
		<-arrived
	}
	ctx, cancel := withTimeout(t, 30*time.Millisecond)
	defer cancel()
	if found := failure(t, get(ctx, c)); found.Kind != rest.Timeout {
		t.Errorf("error = %+v", found)
	}
	u.wants(t, 2)
	close(hold)
	all.Wait()
	if err := get(t.Context(), c); err != nil {
		t.Error(err)
	}
}
