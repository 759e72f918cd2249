package simulator_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// TestConcurrentUse reads, changes and steers at once, for the race detector, and checks the statuses.
func TestConcurrentUse(t *testing.T) {
	u := start(t, func(c *simulator.Config) { c.Hosts, c.Quota = 10, simulator.QuotaDocumented })
	header := u.credentials()
	calls := []struct{ method, path, body string }{
		{"GET", data + "/v1/DeviceAlarm/info?" + paged(lastDays(30), 100, 0).Encode(), ""},
		{"GET", data + "/v1/CloudService/capacity?" + paged(lastDays(2), 100, 0).Encode(), ""},
		{"GET", hostsPath, ""},
		{"POST", "/v3/auth/tokens", tokenRequest("demo", projectScope)},
		{"POST", jobs, "{}"},
		{"POST", "/_simulator/changes", `{"raiseAlarm":{"source":"DEVICE","region":"cn-north-7","severity":1,"name":"x"}}`},
		{
			"POST", "/_simulator/changes",
			`{"setCapacity":{"service":"EIP","region":"cn-north-7","allocated":1,"available":1}}`,
		},
		{"PUT", "/_simulator/faults", `[{"kind":"wrongtype","region":"cn-north-7","times":3}]`},
		{"PUT", "/_simulator/clock", `{"advanceSeconds":1}`},
		{"GET", "/_simulator/calls?detail=1", ""},
		{"DELETE", "/_simulator/calls", ""},
	}
	var group sync.WaitGroup
	for _, call := range calls {
		group.Go(func() {
			for range 15 {
				r, err := u.try(call.method, call.path, header, call.body)
				if err != nil || r.status >= 300 && r.status != http.StatusTooManyRequests {
					t.Errorf("%s %.60s: %d %s %v", call.method, call.path, r.status, r.body, err)
					return
				}
			}
		})
	}
	group.Wait()
}
