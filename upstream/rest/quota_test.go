package rest_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// countingQuota grants so many tokens (0: any number) and records its calls.
type countingQuota struct {
	limit int

	mu    sync.Mutex
	takes []string
	slows []time.Duration
	lanes []int
	given int // back
}

func (q *countingQuota) Take(_ context.Context, group string, lane int) (time.Duration, func(), error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.limit > 0 && len(q.takes) >= q.limit {
		return 0, nil, emptyError{}
	}
	q.takes = append(q.takes, group)
	q.lanes = append(q.lanes, lane)
	return 3 * time.Millisecond, q.giveBack, nil
}

func (q *countingQuota) giveBack() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.given++
}

func (q *countingQuota) Slow(_ context.Context, _ string, retryAfter time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.slows = append(q.slows, retryAfter)
}

func (q *countingQuota) taken() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.takes)
}

type emptyError struct{}

func (emptyError) Error() string             { return "no token in time" }
func (emptyError) RetryAfter() time.Duration { return 7 * time.Second }

func TestEveryAttemptTakesAToken(t *testing.T) {
	u := serve(t, status(http.StatusInternalServerError, ""))
	counter := &countingQuota{}
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Quota, cfg.Retries = counter, 2 })
	ctx := rest.WithLane(rest.WithIdentity(t.Context(), rest.Identity{AppCodeGroup: "b"}), rest.LaneBackground)
	if _, err := rest.Call(ctx, c, scarce, rest.Request{}); rest.KindOf(err) != rest.Unavailable {
		t.Fatalf("error = %v", err)
	}
	u.wants(t, 2)
	if diff := cmp.Diff([]string{"esm-minute@b", "esm-minute@b"}, counter.takes); diff != "" {
		t.Errorf("takes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{int(rest.LaneBackground), int(rest.LaneBackground)}, counter.lanes); diff != "" {
		t.Errorf("lanes (-want +got):\n%s", diff)
	}
	if _, err := rest.Call(t.Context(), c, read, rest.Request{}); err == nil {
		t.Fatal("no error")
	}
	if got := counter.taken(); got != 2 {
		t.Errorf("takes = %d: an operation without a quota took one", got)
	}
}

func TestQuotaExhausted(t *testing.T) {
	t.Run("at once", func(t *testing.T) {
		u := serve(t, answer(`{}`))
		counter := &countingQuota{limit: 1}
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Quota = counter })
		for range 8 {
			_, _ = rest.Call(t.Context(), c, scarce, rest.Request{})
		}
		_, err := rest.Call(t.Context(), c, scarce, rest.Request{})
		found := failure(t, err)
		if found.Kind != rest.QuotaExhausted || found.RetryAfter != 7*time.Second || !found.Retryable || found.Status != 0 {
			t.Errorf("error = %+v", found)
		}
		if got, want := err.Error(), "esm scarceThing: quota exhausted"; got != want {
			t.Errorf("text = %q, want %q", got, want)
		}
		u.wants(t, 1)
		if got := c.Circuit("scarceThing"); got != "closed" {
			t.Errorf("circuit = %s: our own refusal counted", got)
		}
	})
	t.Run("before the retry", func(t *testing.T) {
		u := serve(t, status(http.StatusInternalServerError, ""))
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Quota = &countingQuota{limit: 1} })
		_, err := rest.Call(t.Context(), c, scarce, rest.Request{})
		if found := failure(t, err); found.Kind != rest.Unavailable || found.Status != 500 {
			t.Errorf("error = %+v, want what the upstream said", found)
		}
		u.wants(t, 1)
	})
	t.Run("caller gone while waiting", func(t *testing.T) {
		u := serve(t, answer(`{}`))
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Quota = blockingQuota{} })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		_, err := rest.Call(ctx, c, scarce, rest.Request{})
		if kind := rest.KindOf(err); kind != rest.Canceled {
			t.Errorf("error = %v, want canceled", err)
		}
		u.wants(t, 0)
	})
}

// When no token comes, the error says so before the caller gives up, at its own deadline or at that of the operation
// whose work outlives it.
func TestTokenThatDoesNotComeInTime(t *testing.T) {
	tests := []struct {
		name string
		wait func(context.Context) (context.Context, context.CancelFunc)
	}{
		{"deadline", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 100*time.Millisecond)
		}},
		{"patience", func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(rest.WithPatience(ctx, time.Now().Add(100*time.Millisecond)), time.Hour)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := connect(t, "http://127.0.0.1:1", func(cfg *rest.ClientConfig) { cfg.Quota = blockingQuota{} })
				began := time.Now()
				ctx, cancel := test.wait(t.Context())
				defer cancel()
				_, err := rest.Call(ctx, c, scarce, rest.Request{})
				if found := failure(t, err); found.Kind != rest.QuotaExhausted || !found.Retryable ||
					found.RetryAfter != time.Second {
					t.Errorf("error = %+v", found)
				}
				if took := time.Since(began); took != 80*time.Millisecond {
					t.Errorf("error after %v, want a little before the 100 ms", took)
				}
				if got := c.Circuit("scarceThing"); got != "closed" {
					t.Errorf("circuit = %s", got)
				}
			})
		})
	}
}

// A call that no caller waits for any more gives way, and still gets its token: a list is read to its end.
func TestNoCallerWaitsAnyMore(t *testing.T) {
	u := serve(t, answer(`{}`))
	counter := &countingQuota{}
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Quota = counter })
	ctx := rest.WithPatience(t.Context(), time.Now().Add(-time.Second))
	if _, err := rest.Call(ctx, c, scarce, rest.Request{}); err != nil {
		t.Fatal(err)
	}
	if _, err := rest.Call(rest.WithPatience(ctx, time.Time{}), c, scarce, rest.Request{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{int(rest.LaneBackground), int(rest.LanePerson)}, counter.lanes); diff != "" {
		t.Errorf("lanes (-want +got):\n%s", diff)
	}
}

// blockingQuota never has a token.
type blockingQuota struct{}

func (blockingQuota) Take(ctx context.Context, _ string, _ int) (time.Duration, func(), error) {
	<-ctx.Done()
	return 0, nil, lateError{ctx.Err()}
}

type lateError struct{ error }

func (e lateError) Unwrap() error             { return e.error }
func (e lateError) RetryAfter() time.Duration { return time.Second }

func (blockingQuota) Slow(context.Context, string, time.Duration) {}

// F-10, QUIRKS 93: the upstream's own refusals are reported to the quota, except a lone 503 without a time.
func TestQuirk093F10F13TheQuotaHearsOfRefusals(t *testing.T) {
	tests := []struct {
		name    string
		handler http.HandlerFunc
		want    []time.Duration
	}{
		{"429 with a time", status(429, "", "Retry-After", "30"), []time.Duration{30 * time.Second}},
		{"429 without", status(429, ""), []time.Duration{10 * time.Second}},
		{"503 with a time", status(503, "", "Retry-After", "4"), []time.Duration{4 * time.Second}},
		{"503 without", status(503, ""), nil},
		{"500", status(500, "", "Retry-After", "4"), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := serve(t, test.handler)
			counter := &countingQuota{}
			c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) { cfg.Quota = counter })
			if _, err := rest.Call(t.Context(), c, scarce, rest.Request{}); err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(test.want, counter.slows); diff != "" {
				t.Errorf("slows (-want +got):\n%s", diff)
			}
		})
	}
}

// An operation may have its own quota group, whose name makes it scarce or not.
func TestAQuotaGroupOfItsOwn(t *testing.T) {
	u := serve(t, status(http.StatusInternalServerError, ""))
	counter := &countingQuota{}
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) {
		cfg.Quota, cfg.Retries = counter, 2
		cfg.QuotaGroups = map[string]string{"readThing": "readThing-minute"}
	})
	if err := get(t.Context(), c); rest.KindOf(err) != rest.Unavailable {
		t.Fatalf("error = %v", err)
	}
	if diff := cmp.Diff([]string{"readThing-minute", "readThing-minute"}, counter.takes); diff != "" {
		t.Errorf("takes (-want +got):\n%s", diff)
	}
	if got := c.Spec(read.Spec).Quota; got != "readThing-minute" {
		t.Errorf("quota of the operation = %q", got)
	}
	if _, err := rest.Call(t.Context(), c, scarce, rest.Request{}); rest.KindOf(err) != rest.Unavailable {
		t.Fatalf("error = %v", err)
	}
	if diff := cmp.Diff([]string{"esm-minute", "esm-minute"}, counter.takes[2:]); diff != "" {
		t.Errorf("takes of another operation (-want +got):\n%s", diff)
	}
}

// F-03, F-05, F-07: a call without a connection costs no token; it costs one as soon as something may have been sent.
func TestF03F05F07NothingSentCostsNoToken(t *testing.T) {
	refused := httptest.NewServer(nil)
	refused.Close()
	stalls, err := net.Listen("tcp", "127.0.0.1:0") // it never answers a handshake
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stalls.Close() })
	resets := serveRaw(t, func(conn *net.TCPConn, _, _ int) bool {
		_ = conn.SetLinger(0)
		return false
	})
	untrusted := httptest.NewUnstartedServer(answer(`{}`))
	untrusted.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	tests := []struct {
		name, url   string
		taken, kept int
		dial        time.Duration
	}{
		{"refused", refused.URL, 2, 0, time.Minute},
		{"black hole", "http://" + blackHole(t), 2, 0, 50 * time.Millisecond},
		{"address not allowed", "http://169.254.169.254", 1, 0, time.Minute},
		{"certificate", untrusted.URL, 1, 0, time.Minute},
		{"handshake that stalls", "https://" + stalls.Addr().String(), 2, 0, 50 * time.Millisecond},
		{"reset", resets.url, 2, 2, time.Minute},
		{"500", serve(t, status(http.StatusInternalServerError, "")).URL, 2, 2, time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			counter := &countingQuota{}
			c := connect(t, test.url, func(cfg *rest.ClientConfig) {
				cfg.Quota, cfg.DialTimeout, cfg.Timeout = counter, test.dial, time.Minute
			})
			_, err := rest.Call(t.Context(), c, scarce, rest.Request{})
			if err == nil {
				t.Fatal("no error")
			}
			if got := counter.taken(); got != test.taken || got-counter.given != test.kept {
				t.Errorf("%d tokens taken, %d given back, want %d and %d kept: %v", got, counter.given, test.taken, test.kept, err)
			}
		})
	}
}
