package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// recorder is an observer that keeps all attempts.
type recorder struct {
	mu       sync.Mutex
	attempts []rest.Attempt
}

func (r *recorder) Attempt(_ context.Context, a rest.Attempt) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts = append(r.attempts, a)
}

func (r *recorder) all() []rest.Attempt {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.attempts)
}

func TestObserversSeeEveryAttempt(t *testing.T) {
	first := true
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			status(http.StatusBadGateway, "no")(w, r)
			return
		}
		answer(`{"name":"a"}`)(w, r)
	})
	ofClient, ofQuery, alsoOfQuery := &recorder{}, &recorder{}, &recorder{}
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) {
		cfg.Observers, cfg.Quota = []rest.Observer{ofClient}, &countingQuota{limit: 2}
	})
	ctx := rest.WithObserver(rest.WithObserver(t.Context(), ofQuery), alsoOfQuery)
	if _, err := rest.Call(ctx, c, scarce, rest.Request{}); err != nil {
		t.Fatal(err)
	}
	if _, err := rest.Call(t.Context(), c, scarce, rest.Request{}); err == nil {
		t.Fatal("no error")
	}
	own := []rest.Attempt{
		{
			System: "esm", Operation: "scarceThing", Number: 1, Sent: true, Tried: true, Status: 502,
			Kind: rest.Unavailable,
		},
		{System: "esm", Operation: "scarceThing", Number: 2, Sent: true, Tried: true, Status: 200, Bytes: 12},
	}
	refused := rest.Attempt{System: "esm", Operation: "scarceThing", Number: 1, Kind: rest.QuotaExhausted}
	for name, test := range map[string]struct {
		heard *recorder
		want  []rest.Attempt
	}{
		"client": {ofClient, append(slices.Clone(own), refused)}, "query": {ofQuery, own},
		"second of query": {alsoOfQuery, own},
	} {
		got := test.heard.all()
		ignored := cmpopts.IgnoreFields(rest.Attempt{}, "Wait", "Duration", "Details", "Failure")
		if diff := cmp.Diff(test.want, got, ignored); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		for _, a := range got {
			if (a.Failure == nil) != (a.Kind == rest.None) || a.Failure != nil && a.Failure.Kind != a.Kind {
				t.Errorf("%s: kind %s with the failure %v", name, a.Kind, a.Failure)
			}
			if a.Sent && (a.Wait < 3*time.Millisecond || a.Duration <= 0 || a.Duration > time.Minute) {
				t.Errorf("%s: times = %v, %v", name, a.Wait, a.Duration)
			}
		}
	}
}

type beganKey struct{}

// TestAttemptsBegin: each attempt is told of before it is sent, and what tells the upstream of it goes with the call,
// beside the credentials and not in their place.
func TestAttemptsBegin(t *testing.T) {
	var sent []http.Header
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if sent = append(sent, r.Header.Clone()); len(sent) == 1 {
			status(http.StatusBadGateway, "no")(w, r)
			return
		}
		answer(`{"name":"a"}`)(w, r)
	})
	var began []string
	seen := &contexts{}
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) {
		cfg.Headers = map[string]rest.Secret{"X-APIG-Appcode": "code"}
		cfg.Observers = []rest.Observer{seen}
		cfg.Begins = func(ctx context.Context, spec rest.Spec, number int, header http.Header) context.Context {
			began = append(began, fmt.Sprint(spec.Operation, number, len(sent)))
			header.Set("Traceparent", fmt.Sprint(number))
			header.Set("X-Apig-Appcode", "another")
			return context.WithValue(ctx, beganKey{}, number)
		}
	})
	if err := get(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	want := []string{fmt.Sprint(read.Operation, 1, 0), fmt.Sprint(read.Operation, 2, 1)}
	if !slices.Equal(began, want) {
		t.Errorf("began %v, want %v", began, want)
	}
	for i, header := range sent {
		if header.Get("Traceparent") != fmt.Sprint(i+1) || header.Get("X-Apig-Appcode") != "code" {
			t.Errorf("attempt %d has the headers %v", i+1, header)
		}
	}
	if !slices.Equal(seen.numbers, []any{1, 2}) {
		t.Errorf("the observers get the contexts of %v", seen.numbers)
	}
}

// contexts notes of which attempts the contexts are that an observer gets.
type contexts struct{ numbers []any }

func (s *contexts) Attempt(ctx context.Context, _ rest.Attempt) {
	s.numbers = append(s.numbers, ctx.Value(beganKey{}))
}
