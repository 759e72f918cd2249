package rest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
	"github.com/opsgraph/opsgraph/upstream/rest/circuit"
)

// F-09: the wait after a refusal without a time, and the longest one, are settings.
func TestF09RetryAfterIsASetting(t *testing.T) {
	settings := rest.RetryAfter{Default: 3 * time.Second, Longest: 40 * time.Second}
	for header, want := range map[string]time.Duration{
		"": 3 * time.Second, "abc": 3 * time.Second, "-1": 3 * time.Second, "20": 20 * time.Second, "41": 40 * time.Second,
		"99999999": 40 * time.Second,
	} {
		u := serve(t, status(429, "", "Retry-After", header))
		c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.RetryAfter = settings })
		if found := failure(t, get(t.Context(), c)); found.RetryAfter != want {
			t.Errorf("%q: retry after = %v, want %v", header, found.RetryAfter, want)
		}
	}
}

func TestTheBreakerIsASetting(t *testing.T) {
	settings := circuit.Settings{
		ScarceFailures: 2, ScarceOpen: 3 * time.Second, Ratio: 0.25, Calls: 4, Window: time.Minute, Open: 7 * time.Second,
	}
	p, at := newPatient(t), newClock()
	c := connect(t, p.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Now, cfg.Breaker = at.Now, settings })
	p.ask(t, c, scarce, 500, 1)
	wantCircuit(t, c, "scarceThing", "closed")
	p.ask(t, c, scarce, 500, 1)
	for _, delay := range []time.Duration{3 * time.Second, 6 * time.Second, 9 * time.Second, 9 * time.Second} {
		at.Advance(delay - time.Millisecond)
		wantCircuit(t, c, "scarceThing", "open")
		at.Advance(time.Millisecond)
		wantCircuit(t, c, "scarceThing", "half-open")
		p.ask(t, c, scarce, 500, 1)
	}
	p.ask(t, c, read, 200, 3)
	wantCircuit(t, c, "readThing", "closed")
	p.ask(t, c, read, 500, 1)
	wantCircuit(t, c, "readThing", "open")
	at.Advance(7*time.Second - time.Millisecond)
	wantCircuit(t, c, "readThing", "open")
	at.Advance(time.Millisecond)
	wantCircuit(t, c, "readThing", "half-open")
}

// F-31, F-33: the caps of body and header are settings; an operation may only have less.
func TestF31F33TheCapsAreSettings(t *testing.T) {
	body := `{"name":"` + strings.Repeat("a", 1000) + `"}`
	u := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("a", 8<<10))
		_, _ = w.Write([]byte(body))
	})
	for _, test := range []struct {
		name               string
		body, own, headers int64
		kind               rest.Kind
	}{
		{"room enough", 2000, 0, 20 << 10, rest.None},
		{"body", 1000, 0, 20 << 10, rest.TooLarge},
		{"body, whatever the operation says", 1000, 1 << 20, 20 << 10, rest.TooLarge},
		{"body, less by the operation", 2000, 1000, 20 << 10, rest.TooLarge},
		{"header", 2000, 0, 1 << 10, rest.Unavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := read
			e.MaxBytes = test.own
			c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) {
				cfg.MaxBytes, cfg.MaxHeaderBytes = test.body, test.headers
			})
			if _, err := rest.Call(t.Context(), c, e, rest.Request{}); rest.KindOf(err) != test.kind {
				t.Errorf("error = %v, want kind %v", err, test.kind)
			}
		})
	}
}
