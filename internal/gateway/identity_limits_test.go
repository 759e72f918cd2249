package gateway_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestRateOfACaller(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t, "OPSGRAPH_CALLERS_RATE=1", "OPSGRAPH_CALLERS_BURST=3")
	for range 3 {
		wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	}
	got := r.ask(t, everyHost, "", n.a.header())
	wantRefused(t, got, http.StatusTooManyRequests, "RATE_LIMITED")
	if got.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", got.header.Get("Retry-After"))
	}
	wantOwn(t, r.ask(t, everyHost, "", n.b.header()), n.b, n.a) // another caller is not concerned
	n.clock.Advance(time.Second)
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
}

// TestAddressOfACaller tells callers of mode none apart by their address, behind a proxy that is trusted and behind one that is not.
func TestAddressOfACaller(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		proxies string
		second  string // X-Forwarded-For of the second request; the first has 198.51.100.1
		status  int
	}{
		"no proxy is trusted":            {"", "198.51.100.2", 429},
		"another address":                {"127.0.0.0/8", "198.51.100.2", 200},
		"the same address":               {"127.0.0.1", "198.51.100.1", 429},
		"what the caller itself added":   {"127.0.0.1", "203.0.113.9, 198.51.100.1", 429},
		"a trusted proxy before another": {"127.0.0.1,198.51.100.1", "203.0.113.9, 198.51.100.1", 200},
		"another port of no address":     {"127.0.0.1", "nonsense", 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, worldSettings{Hosts: 1})
			environ := []string{"OPSGRAPH_CALLERS_RATE=0.01", "OPSGRAPH_CALLERS_BURST=1"}
			if test.proxies != "" {
				environ = append(environ, "OPSGRAPH_TRUSTED_PROXIES="+test.proxies)
			}
			r := w.startGateway(t, "", environ...)
			if got := r.ask(t, `{__typename}`, "", http.Header{"X-Forwarded-For": {"198.51.100.1"}}); got.status != http.StatusOK {
				t.Fatalf("first: %d", got.status)
			}
			if got := r.ask(t, `{__typename}`, "", http.Header{"X-Forwarded-For": {test.second}}); got.status != test.status {
				t.Errorf("second: %d, want %d", got.status, test.status)
			}
		})
	}
}

// TestOperationsAtOnce (F-69) has an upstream that does not answer: one caller fills its places, then all callers those of the gateway.
func TestOperationsAtOnce(t *testing.T) {
	t.Parallel()
	n := newTenants(t, worldSettings{})
	r := n.passthrough(t, "OPSGRAPH_CALLERS_OPERATIONS=2", "OPSGRAPH_CALLERS_ALL_OPERATIONS=3")
	wantOwn(t, r.ask(t, everyHost, "", n.a.header()), n.a, n.b)
	wantOwn(t, r.ask(t, everyHost, "", n.b.header()), n.b, n.a)
	n.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listDeviceAssets", "kind": "hang"}})
	ctx, leave := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer leave()
	hang := func(who *tenant) {
		waiting.Go(func() {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.server.URL+"/graphql",
				strings.NewReader(requestBody(t, `{devices(first: 1) {totalCount}}`, "")))
			if err != nil {
				return
			}
			request.Header = with(who.header(), "Content-Type", "application/json")
			if response, err := r.client.RoundTrip(request); err == nil {
				response.Body.Close()
			}
		})
	}
	testkit.Eventually(t, "a third operation of one caller is let in", func() bool {
		hang(n.a) // again and again: the upstream's time-out ends it
		hang(n.a)
		got := r.ask(t, `{__typename}`, "", n.a.header())
		return got.status == http.StatusTooManyRequests && got.code() == "RATE_LIMITED" && got.header.Get("Retry-After") != ""
	})
	wantOwn(t, r.ask(t, everyHost, "", n.b.header()), n.b, n.a)
	testkit.Eventually(t, "a fourth operation is let in", func() bool {
		hang(n.a)
		hang(n.b)
		got := r.ask(t, `{__typename}`, "", n.b.header())
		return got.status == http.StatusServiceUnavailable && got.code() == "OVERLOADED" && got.header.Get("Retry-After") != ""
	})
	n.steer(t, http.MethodDelete, "faults", nil)
}
