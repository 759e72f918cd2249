package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// faulty starts a small simulator and gives it faults.
func faulty(t *testing.T, faults string) *upstream {
	t.Helper()
	u := start(t, func(c *simulator.Config) { c.Hosts, c.Regions = 20, 2 })
	u.credentials()
	u.control("PUT", "faults", faults)
	return u
}

func (u *upstream) hosts() reply {
	return u.get(data+"/v1/host/detail", paged(lastDays(1), 100, 0))
}

func TestFaultStatus(t *testing.T) {
	u := faulty(t,
		`[{"operation":"listHostDetails","kind":"status","status":429,"headers":{"Retry-After":"-1"},"body":"<html>","times":2}]`)
	for range 2 {
		r := u.hosts()
		if r.status != 429 || r.header.Get("Retry-After") != "-1" || string(r.body) != "<html>" {
			t.Errorf("%d %v %s", r.status, r.header, r.body)
		}
	}
	if r := u.hosts(); r.status != http.StatusOK {
		t.Errorf("after two times: %d", r.status)
	}
	if left := u.control("GET", "faults", ""); strings.TrimSpace(string(left)) != "[]" {
		t.Errorf("faults left: %s", left)
	}
	u.control("PUT", "faults", `[{"kind":"status"}]`)
	if r := u.hosts(); r.status != 503 || !json.Valid(r.body) {
		t.Errorf("without more: %d %s", r.status, r.body)
	}
	if r := u.send("POST", "/v3/auth/tokens", nil, tokenRequest("demo", domainScope)); r.status != http.StatusCreated {
		t.Errorf("a fault of every data operation struck createToken: %d", r.status)
	}
	u.control("PUT", "faults",
		`[{"kind":"status","status":204,"times":1},{"kind":"status","status":302,"headers":{"Location":"http://169.254.169.254/"}}]`)
	if r := u.hosts(); r.status != 204 || len(r.body) != 0 {
		t.Errorf("no content: %d %s", r.status, r.body)
	}
	if r := u.hosts(); r.status != 302 || r.header.Get("Location") != "http://169.254.169.254/" {
		t.Errorf("redirect: %d %v", r.status, r.header)
	}
	u.control("DELETE", "faults", "")
	if r := u.hosts(); r.status != http.StatusOK {
		t.Errorf("after deletion: %d", r.status)
	}
}

func TestFaultOfCallsWithoutAParameter(t *testing.T) {
	u := faulty(t, `[{"operation":"listHostPerformanceData","kind":"status","status":400,"without":"sn"}]`)
	path, query := data+"/v1/host/performancedata", paged(lastDays(1), 100, 0)
	if r := u.get(path, query); r.status != http.StatusBadRequest {
		t.Errorf("without it: %d", r.status)
	}
	query.Set("sn", "any")
	if r := u.get(path, query); r.status != http.StatusOK {
		t.Errorf("with it: %d", r.status)
	}
	if r := u.hosts(); r.status != http.StatusOK {
		t.Errorf("another operation: %d", r.status)
	}
}

func TestFaultLatencyAddsUp(t *testing.T) {
	u := faulty(t, `[{"kind":"latency","latencyMs":60},{"kind":"latency","latencyMs":60},{"kind":"status","status":500}]`)
	began := time.Now()
	r := u.hosts()
	if took := time.Since(began); took < 120*time.Millisecond || r.status != 500 {
		t.Errorf("%d after %v, want 500 after 120ms at least", r.status, took)
	}
}

func TestFaultReset(t *testing.T) {
	u := faulty(t, `[{"kind":"reset"}]`)
	_, err := u.try("GET", hostsPath, u.credentials(), "")
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("error %v, want a connection reset", err)
	}
}

func TestFaultHang(t *testing.T) {
	u := faulty(t, `[{"kind":"hang"}]`)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.url+hostsPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range u.credentials() {
		req.Header.Set(name, value)
	}
	resp, err := u.transport.RoundTrip(req)
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want none but the deadline's", err)
	}
}

func TestFaultTruncate(t *testing.T) {
	u := faulty(t, "[]")
	whole := u.get(data+"/v1/host/detail", paged(lastDays(1), 1, 0))
	u.control("PUT", "faults", `[{"kind":"truncate"}]`)
	half := u.get(data+"/v1/host/detail", paged(lastDays(1), 1, 0))
	if len(half.body) != len(whole.body)/2 || half.header.Get("Content-Length") != strconv.Itoa(len(half.body)) ||
		json.Valid(half.body) {
		t.Errorf("%d of %d bytes, Content-Length %s", len(half.body), len(whole.body), half.header.Get("Content-Length"))
	}
}

func TestFaultMalformedAndEmpty(t *testing.T) {
	u := faulty(t, `[{"kind":"malformed","times":1},{"kind":"empty"}]`)
	if r := u.hosts(); r.status != http.StatusOK || json.Valid(r.body) {
		t.Errorf("malformed: %d %s", r.status, r.body)
	}
	if r := u.hosts(); r.status != http.StatusOK || len(r.body) != 0 {
		t.Errorf("empty: %d %s", r.status, r.body)
	}
}

func TestFaultDrip(t *testing.T) {
	u := faulty(t, `[{"kind":"drip","latencyMs":1}]`)
	began := time.Now()
	r := u.get(data+"/v1/host/detail", paged(lastDays(1), 0, 0))
	if took := time.Since(began); string(r.body) != `{"total":20,"list":[]}` || took < 20*time.Millisecond {
		t.Errorf("%s after %v, want it after a millisecond for each byte", r.body, took)
	}
}

// scalars counts the row's scalars other than regions.
func scalars(r row) int {
	n := 0
	for key, value := range r {
		switch value.(type) {
		case map[string]any, []any:
		default:
			if !slices.Contains([]string{"REGION_ID", "region", "region_id", "LogicalRegionId"}, key) {
				n++
			}
		}
	}
	return n
}

func TestFaultWrongType(t *testing.T) {
	u := faulty(t, `[{"kind":"wrongtype"}]`)
	for _, r := range u.hosts().rows(t) {
		if scalars(r) != 0 || r.text("REGION_ID") == "" {
			t.Fatalf("row %v", r)
		}
	}
	r := u.send("POST", "/meter/v1/demo-domain/query-jobs", u.credentials(), "{}")
	if !strings.Contains(string(r.body), `{"job_id":{"value":`) {
		t.Errorf("an answer without rows: %s", r.body)
	}
}

func TestFaultOfOneRegion(t *testing.T) {
	u := faulty(t, "[]")
	bad := u.Regions()[1].Code
	for _, kind := range []string{"wrongtype", "malformed"} {
		u.control("PUT", "faults", fmt.Sprintf(`[{"kind":%q,"region":%q}]`, kind, bad))
		for _, r := range u.hosts().rows(t) {
			if spoilt := scalars(r) == 0; spoilt != (r.text("REGION_ID") == bad) {
				t.Fatalf("%s: region %s, spoilt %v", kind, r.text("REGION_ID"), spoilt)
			}
		}
	}
	u.control("PUT", "faults",
		fmt.Sprintf(`[{"kind":"empty","region":%q},{"kind":"wrongtype","region":%q}]`, bad, u.Regions()[0].Code))
	rows := u.hosts().rows(t)
	for _, r := range rows {
		if r.text("REGION_ID") == bad || scalars(r) != 0 {
			t.Fatalf("row %v", r)
		}
	}
	alarms := u.get(data+"/v1/DeviceAlarm/info", paged(lastDays(30), 1000, 0)).rows(t)
	if len(rows) == 0 || len(alarms) == 0 {
		t.Fatalf("%d hosts, %d alarms left", len(rows), len(alarms))
	}
	for _, r := range alarms {
		if r.text("LogicalRegionId") == bad {
			t.Fatalf("alarm %v of a region that is left out", r)
		}
	}
}

func TestFaultRefusesWhatCannotStrike(t *testing.T) {
	u := faulty(t, "[]")
	for _, body := range []string{
		`[{"kind":"explode"}]`, `[{"kind":"status","operation":"listHosts"}]`, `[{"kind":"latency"}]`,
		`[{"kind":"drip","latencyMs":-1}]`,
		`[{"kind":"status","status":99}]`, `[{"kind":"hang","region":"cn-north-7"}]`, `[{"kind":"empty","region":"mars"}]`,
		`[{"kind":"empty","times":-1}]`, `[{"kind":"empty","colour":"red"}]`, `[null]`, `{}`, `[] []`, ``,
	} {
		r := u.send("PUT", "/_simulator/faults", nil, body)
		var answered struct{ Error string }
		if json.Unmarshal(r.body, &answered) != nil || r.status != http.StatusBadRequest || answered.Error == "" {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
}

func TestDripEndsWithTheClient(t *testing.T) {
	u := faulty(t, `[{"kind":"drip","latencyMs":60000}]`)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.url+hostsPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range u.credentials() {
		req.Header.Set(name, value)
	}
	resp, err := u.transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil || len(body) != 1 {
		t.Errorf("%d bytes, error %v; want the first byte only", len(body), err)
	}
}
