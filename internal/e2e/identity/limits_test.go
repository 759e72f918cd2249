package identity

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestRateOfACaller(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_CALLERS_RATE=1", "OPSGRAPH_CALLERS_BURST=3")
	for range 3 {
		kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	}
	got := r.Ask(t, kit.EveryHost, "", n.A.Header())
	kit.WantRefused(t, got, http.StatusTooManyRequests, "RATE_LIMITED")
	if got.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", got.Header.Get("Retry-After"))
	}
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.B.Header()), n.B, n.A) // another caller is not concerned
	n.Clock.Advance(time.Second)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
}

// TestAddressOfACaller keeps callers of mode none apart by their address, through a proxy that is trusted and through
// one that is not.
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
			w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1})
			environ := []string{"OPSGRAPH_CALLERS_RATE=0.01", "OPSGRAPH_CALLERS_BURST=1"}
			if test.proxies != "" {
				environ = append(environ, "OPSGRAPH_TRUSTED_PROXIES="+test.proxies)
			}
			r := w.StartGateway(t, "", environ...)
			if got := r.Ask(t, `{__typename}`, "",
				http.Header{"X-Forwarded-For": {"198.51.100.1"}}); got.Status != http.StatusOK {
				t.Fatalf("first: %d", got.Status)
			}
			if got := r.Ask(t, `{__typename}`, "", http.Header{"X-Forwarded-For": {test.second}}); got.Status != test.status {
				t.Errorf("second: %d, want %d", got.Status, test.status)
			}
		})
	}
}

// TestOperationsAtOnce (F-69) has an upstream that does not answer: one caller fills its places, then all callers those
// of the gateway.
func TestOperationsAtOnce(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_CALLERS_OPERATIONS=2", "OPSGRAPH_CALLERS_ALL_OPERATIONS=3")
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.B.Header()), n.B, n.A)
	n.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listDeviceAssets", "kind": "hang"}})
	ctx, leave := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer leave()
	hang := func(who *kit.Tenant) {
		waiting.Go(func() {
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Server.URL+"/graphql",
				strings.NewReader(kit.RequestBody(t, `{devices(first: 1) {totalCount}}`, "")))
			if err != nil {
				return
			}
			request.Header = kit.With(who.Header(), "Content-Type", "application/json")
			if response, err := r.Client.RoundTrip(request); err == nil {
				response.Body.Close()
			}
		})
	}
	testkit.Eventually(t, "a third operation of one caller is let in", func() bool {
		hang(n.A) // again and again: the upstream's time-out ends it
		hang(n.A)
		got := r.Ask(t, `{__typename}`, "", n.A.Header())
		return got.Status == http.StatusTooManyRequests && got.Code() == "RATE_LIMITED" && got.Header.Get("Retry-After") != ""
	})
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.B.Header()), n.B, n.A)
	testkit.Eventually(t, "a fourth operation is let in", func() bool {
		hang(n.A)
		hang(n.B)
		got := r.Ask(t, `{__typename}`, "", n.B.Header())
		return got.Status == http.StatusServiceUnavailable && got.Code() == "OVERLOADED" &&
			got.Header.Get("Retry-After") != ""
	})
	n.Steer(t, http.MethodDelete, "faults", nil)
}
