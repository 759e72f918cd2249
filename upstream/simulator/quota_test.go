package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

func compare(want, got any) string { return cmp.Diff(want, got) }

// limited starts a simulator with quotas and a clock that the test moves.
func limited(t *testing.T) (u *upstream, advance func(time.Duration)) {
	t.Helper()
	var ahead atomic.Int64
	u = start(t, func(c *simulator.Config) {
		c.Quota = simulator.QuotaDocumented
		c.Hosts = 5
		c.Now = func() time.Time { return noon.Add(time.Duration(ahead.Load())) }
	})
	u.token(projectScope)
	return u, func(d time.Duration) { ahead.Add(int64(d)) }
}

func (u *upstream) slow(operation string) reply {
	u.t.Helper()
	paths := map[string]string{"listDeviceAssets": "/v1/DeviceAsset/info", "listCloudAuditLogs": "/v1/cloudAuditlog"}
	return u.get(data+paths[operation], paged(lastDays(1), 1, 0))
}

func TestQuotaIsAnExactSlidingWindow(t *testing.T) {
	u, advance := limited(t)
	want := func(operation string, status int, retryAfter string) {
		t.Helper()
		r := u.slow(operation)
		if r.status != status || r.header.Get("Retry-After") != retryAfter {
			t.Fatalf("status %d, Retry-After %q, want %d, %q", r.status, r.header.Get("Retry-After"), status, retryAfter)
		}
	}
	for range 30 { // at second 0
		want("listDeviceAssets", http.StatusOK, "")
	}
	advance(59_900 * time.Millisecond)
	for range 30 { // at second 59.9, another operation of the same quota
		want("listCloudAuditLogs", http.StatusOK, "")
	}
	want("listDeviceAssets", http.StatusTooManyRequests, "1")
	advance(99 * time.Millisecond)
	want("listDeviceAssets", http.StatusTooManyRequests, "1")
	advance(time.Millisecond) // second 60: the first thirty have left
	for range 30 {
		want("listDeviceAssets", http.StatusOK, "")
	}
	want("listDeviceAssets", http.StatusTooManyRequests, "60") // the others leave at 119.9
	advance(59_899 * time.Millisecond)
	want("listDeviceAssets", http.StatusTooManyRequests, "1")
	advance(time.Millisecond)
	want("listDeviceAssets", http.StatusOK, "")
}

func TestQuotaOfFastOperationsIsTheirOwn(t *testing.T) {
	u, advance := limited(t)
	query := paged(lastDays(1), 0, 0)
	header := u.credentials()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, data+"/v1/host/detail?"+query.Encode(), http.NoBody)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	refused := 0
	for range 4003 { // too many for the network
		w := httptest.NewRecorder()
		u.ServeHTTP(w, req)
		if w.Code == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 3 {
		t.Errorf("%d of 4003 calls refused, want 3", refused)
	}
	if r := u.get(data+"/v1/network/capacity/elbv3", query); r.status != http.StatusOK {
		t.Errorf("another operation: %d", r.status)
	}
	advance(time.Second)
	if r := u.get(data+"/v1/host/detail", query); r.status != http.StatusOK {
		t.Errorf("a second later: %d", r.status)
	}
}

func TestQuotaUnderConcurrency(t *testing.T) {
	u, _ := limited(t)
	header := u.credentials()
	path := data + "/v1/DeviceAsset/info?" + paged(url.Values{}, 1, 0).Encode()
	var admitted, refused atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				r, err := u.try("GET", path, header, "")
				switch {
				case err != nil:
					t.Error(err)
				case r.status == http.StatusOK:
					admitted.Add(1)
				case r.status == http.StatusTooManyRequests:
					refused.Add(1)
				}
			}
		})
	}
	group.Wait()
	if admitted.Load() != 60 || refused.Load() != 100 {
		t.Errorf("%d admitted, %d refused, want 60, 100", admitted.Load(), refused.Load())
	}
	counts := `{"60-a-minute":{"calls":160,"refused":100,"maxIn60s":160},` +
		`"createToken":{"calls":1,"refused":0,"maxIn60s":1},` +
		`"listDeviceAssets":{"calls":160,"refused":100,"maxIn60s":160}}`
	var want, got map[string]map[string]int
	if err := json.Unmarshal([]byte(counts), &want); err != nil {
		t.Fatal(err)
	}
	decode(t, u.control("GET", "calls?detail=1", ""), &got)
	if diff := compare(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQuotaForgetsTheFutureOfAClockSetBack(t *testing.T) {
	u, _ := limited(t)
	for range 60 {
		u.slow("listDeviceAssets")
	}
	u.control("PUT", "clock", `{"now":"2026-11-21T11:00:00Z"}`)
	if r := u.slow("listDeviceAssets"); r.status != http.StatusOK {
		t.Errorf("an hour earlier: %d", r.status)
	}
}

func TestCallsCountWhatPassedCredentials(t *testing.T) {
	u, _ := limited(t)
	u.send("GET", hostsPath, nil, "")                         // 401: not counted
	u.get(data+"/v1/host/detail", nil)                        // 400: counted
	u.get(data+"/v1/host/detail", paged(lastDays(1), 1, 0))   // 200: counted
	u.get(data+"/v1/host/detail/x", paged(lastDays(1), 1, 0)) // 404: no operation
	for range 61 {
		u.slow("listDeviceAssets") // the last one 429: counted
	}
	want := map[string]int{"createToken": 1, "listHostDetails": 2, "listDeviceAssets": 61}
	if diff := compare(want, u.Calls()); diff != "" {
		t.Error(diff)
	}
	var counted map[string]int
	decode(t, u.control("GET", "calls", ""), &counted)
	if diff := compare(want, counted); diff != "" {
		t.Error(diff)
	}
	u.control("DELETE", "calls", "")
	if diff := compare(map[string]int{}, u.Calls()); diff != "" {
		t.Error(diff)
	}
}

func TestMostArrivalsInAnyMinute(t *testing.T) {
	u, advance := limited(t)
	for i := range 12 { // at seconds 0, 10, 20, …: six or seven in any minute
		u.slow("listDeviceAssets")
		if i == 5 {
			u.slow("listDeviceAssets")
		}
		advance(10 * time.Second)
	}
	var counted map[string]struct{ Calls, Refused, MaxIn60s int }
	decode(t, u.control("GET", "calls?detail=1", ""), &counted)
	if got := fmt.Sprint(counted["listDeviceAssets"]); got != "{13 0 7}" {
		t.Errorf("calls, refused, most in a minute: %s, want {13 0 7}", got)
	}
}
