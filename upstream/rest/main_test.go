package rest_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// thing is the body of the endpoints in these tests.
type thing struct {
	Name string  `json:"name"`
	Size float64 `json:"size"`
}

// read and scarce are operations that only read, command is one that does not.
var (
	read = rest.Endpoint[thing]{Spec: rest.Spec{
		System: "esm", Operation: "readThing", Method: "GET", Path: "/thing",
		Reads: true,
	}}
	scarce = rest.Endpoint[thing]{Spec: rest.Spec{
		System: "esm", Operation: "scarceThing", Method: "GET", Path: "/thing",
		Reads: true, Quota: "esm-minute",
	}}
	command = rest.Endpoint[thing]{Spec: rest.Spec{System: "esm", Operation: "makeThing", Method: "GET", Path: "/thing"}}
)

// upstream is a real server that counts its requests.
type upstream struct {
	*httptest.Server
	requests atomic.Int64
}

func serve(t *testing.T, handler http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.requests.Add(1)
		handler(w, r)
	}))
	t.Cleanup(u.Close)
	return u
}

// wants fails the test unless the server was asked n times.
func (u *upstream) wants(t *testing.T, n int64) {
	t.Helper()
	if got := u.requests.Load(); got != n {
		t.Errorf("requests = %d, want %d", got, n)
	}
}

// connect returns a client of url. Its retries do not wait, unless mend says otherwise.
func connect(t *testing.T, url string, mend ...func(*rest.ClientConfig)) *rest.Client {
	t.Helper()
	cfg := rest.ClientConfig{System: "esm", BaseURL: url, Rand: func() float64 { return 0 }}
	for _, change := range mend {
		change(&cfg)
	}
	c, err := rest.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func noRetries(cfg *rest.ClientConfig) { cfg.Retries, cfg.ScarceRetries = -1, -1 }

func answer(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

func status(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

// failure returns the *rest.Error that err must be.
func failure(t *testing.T, err error) *rest.Error {
	t.Helper()
	found, ok := errors.AsType[*rest.Error](err)
	if !ok {
		t.Fatalf("error = %v (%T), want a *rest.Error", err, err)
	}
	return found
}

func get(ctx context.Context, c *rest.Client) error {
	_, err := rest.Call(ctx, c, read, rest.Request{})
	return err
}

// newClock is a clock that only the test moves.
func newClock() *testkit.Clock {
	return testkit.NewClock(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
}
