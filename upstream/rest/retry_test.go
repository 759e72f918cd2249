package rest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// failing answers 500 to the first n requests.
func failing(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if n > 0 {
			n--
			status(http.StatusInternalServerError, "")(w, r)
			return
		}
		answer(`{"name":"a"}`)(w, r)
	}
}

func TestRetries(t *testing.T) {
	post := read
	post.Method, post.Operation = "POST", "queryThing"
	tests := []struct {
		name     string
		endpoint rest.Endpoint[thing]
		retries  int
		fails    int
		kind     rest.Kind
		requests int64
	}{
		{"first works", read, 0, 0, rest.None, 1},
		{"second works", read, 0, 1, rest.None, 2},
		{"two fail", read, 0, 2, rest.Unavailable, 2},
		{"two fail of three", read, 2, 2, rest.None, 3},
		{"no more than three", read, 9, 3, rest.Unavailable, 3},
		{"none", read, -1, 1, rest.Unavailable, 1},
		{"no more than two where the quota is scarce", scarce, 9, 2, rest.Unavailable, 2},
		{"none where the quota is scarce", scarce, -1, 1, rest.Unavailable, 1},
		{"Quirk077 a POST that reads", post, 0, 1, rest.None, 2},
		{"Quirk078 a GET that commands", command, 2, 1, rest.Unavailable, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := serve(t, failing(test.fails))
			c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Retries, cfg.ScarceRetries = test.retries, test.retries })
			response, err := rest.Call(t.Context(), c, test.endpoint, rest.Request{Body: map[string]int{"a": 1}})
			if rest.KindOf(err) != test.kind {
				t.Errorf("error = %v, want kind %v", err, test.kind)
			}
			if err == nil && int64(response.Attempts) != test.requests {
				t.Errorf("attempts = %d, want %d", response.Attempts, test.requests)
			}
			u.wants(t, test.requests)
		})
	}
}

func TestACommandIsNotRetryableUnlessItWasRefused(t *testing.T) {
	for code, want := range map[int]bool{500: false, 502: false, 504: false, 429: true, 503: false} {
		u := serve(t, status(code, ""))
		_, err := rest.Call(t.Context(), connect(t, u.URL), command, rest.Request{})
		if found := failure(t, err); found.Retryable != want {
			t.Errorf("%d: retryable = %v, want %v", code, found.Retryable, want)
		}
		u.wants(t, 1)
	}
}

func TestBackoffGrowsAndIsJittered(t *testing.T) {
	var at []time.Time
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		at = append(at, time.Now())
		status(500, "")(w, r)
	})
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) {
		cfg.Retries, cfg.Rand = 2, func() float64 { return 0.25 }
	})
	if err := get(t.Context(), c); err == nil {
		t.Fatal("no error")
	}
	if len(at) != 3 {
		t.Fatalf("requests = %d, want 3", len(at))
	}
	if first, second := at[1].Sub(at[0]), at[2].Sub(at[1]); first < 25*time.Millisecond || second < 50*time.Millisecond ||
		second > 5*time.Second {
		t.Errorf("gaps = %v, %v, want 25 ms and 50 ms", first, second)
	}
}

func TestTheCallersDeadline(t *testing.T) {
	u := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := withTimeout(t, 200*time.Millisecond)
	defer cancel()
	if found := failure(t, get(ctx, connect(t, u.URL))); found.Kind != rest.Timeout {
		t.Errorf("error = %+v", found)
	}
	u.wants(t, 1)
}

// F-12: retries are a tenth of the calls of two minutes, all operations together, and at least ten.
func TestF12RetryBudget(t *testing.T) {
	u := serve(t, status(500, ""))
	at := newClock()
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Now = at.Now })
	call := func(from, to int) {
		for i := from; i < to; i++ {
			e := read
			e.Operation = fmt.Sprintf("read%d", i) // so that no circuit opens
			if _, err := rest.Call(t.Context(), c, e, rest.Request{}); err == nil {
				t.Fatal("no error")
			}
		}
	}
	call(0, 50)
	u.wants(t, 50+10)
	call(50, 200)
	u.wants(t, 200+20)
	at.Advance(119 * time.Second)
	call(200, 210)
	u.wants(t, 210+21)
	at.Advance(2 * time.Minute)
	call(210, 230)
	u.wants(t, 230+21+10)
	t.Run("none", func(t *testing.T) {
		u := serve(t, status(500, ""))
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.RetryBudget.Minimum = -1 })
		if err := get(t.Context(), c); err == nil {
			t.Fatal("no error")
		}
		u.wants(t, 1)
	})
}
