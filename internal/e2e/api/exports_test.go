package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// exported starts an export of the users' usage, and returns its path after the time that it takes.
func exported(t *testing.T, w *kit.World, r *kit.Replica) (path string) {
	t.Helper()
	var data struct {
		ExportUserUsage struct{ UsageExportJob struct{ ID string } }
	}
	got := r.Ask(t, `mutation { exportUserUsage(input: {from: "2026-11-20T08:00:00Z", to: "2026-11-21T09:00:00Z"}) {
		usageExportJob { id } } }`, "", nil)
	if err := json.Unmarshal(got.Body.Data, &data); err != nil || data.ExportUserUsage.UsageExportJob.ID == "" {
		t.Fatalf("%v: %.500s", err, got.Raw)
	}
	w.Clock.Advance(time.Minute)
	return "/exports/" + data.ExportUserUsage.UsageExportJob.ID + "/file"
}

func file(t *testing.T, r *kit.Replica, method, path string, header http.Header) *kit.Reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, r.Server.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(request.Header, header)
	response, err := r.Client.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		t.Fatal(err)
	}
	return kit.ReadReply(t, response)
}

const readExports = "workspace: {read_exports: true}\n"

// TestExportFile reads the file of an export: as the upstream sends it, to be saved, and nothing of it is kept.
func TestExportFile(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	r := w.StartGateway(t, readExports)
	path := exported(t, w, r)
	var first string
	for i := range 2 {
		got := file(t, r, http.MethodGet, path, nil)
		if got.Status != http.StatusOK || got.Header.Get("Content-Type") != "text/csv" ||
			got.Header.Get("X-Content-Type-Options") != "nosniff" || got.Header.Get("Cache-Control") != "no-store" ||
			got.Header.Get("Content-Length") != fmt.Sprint(len(got.Raw)) {
			t.Fatalf("%d %v", got.Status, got.Header)
		}
		if name := got.Header.Get("Content-Disposition"); !strings.HasPrefix(name, "attachment; filename=user_usage_") {
			t.Errorf("Content-Disposition %q", name)
		}
		rows, err := csv.NewReader(strings.NewReader(got.Raw)).ReadAll()
		if err != nil || len(rows) < 20 || rows[1][2] != "2026-11-20T08:00:00Z" {
			t.Errorf("%v: %.200s", err, got.Raw)
		}
		if first == "" {
			first = got.Raw
		}
		if got.Raw != first || w.Sim.Calls()["downloadExportFile"] != i+1 {
			t.Errorf("request %d: %d downloads", i+1, w.Sim.Calls()["downloadExportFile"])
		}
	}
}

// TestExportFileRefusals goes through what has no file, and through requests that may not have it.
func TestExportFileRefusals(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	r := w.StartGateway(t, readExports)
	path := exported(t, w, r)
	running := exported(t, w, r)
	w.Clock.Advance(-time.Minute)
	foreign := http.Header{"Origin": {"https://evil.test"}, "Sec-Fetch-Site": {"cross-site"}}
	strange := strings.Replace(path, "/file", "A/file", 1)
	host := r.Ask(t, `{ hosts(first: 1) { nodes { id } } }`, "", nil)
	_, hostID, _ := strings.Cut(host.Raw, `"id":"`)
	hostID, _, _ = strings.Cut(hostID, `"`)
	for name, test := range map[string]struct {
		method, path string
		header       http.Header
		status       int
		code         string
	}{
		"running":           {"GET", running, nil, 404, "NOT_FOUND"},
		"no id":             {"GET", "/exports/nothing/file", nil, 404, "NOT_FOUND"},
		"strange id":        {"GET", strange, nil, 404, "NOT_FOUND"},
		"id of a host":      {"GET", "/exports/" + hostID + "/file", nil, 404, "NOT_FOUND"},
		"POST":              {"POST", path, http.Header{"Content-Type": {"application/json"}}, 405, "METHOD_NOT_ALLOWED"},
		"HEAD":              {"HEAD", path, nil, 405, ""},
		"page of elsewhere": {"GET", path, foreign, 400, "CSRF_BLOCKED"},
		"long address":      {"GET", path + "?" + strings.Repeat("x", 9000), nil, 414, "URI_TOO_LONG"},
	} {
		got := file(t, r, test.method, test.path, test.header)
		if got.Status != test.status || got.Code() != test.code {
			t.Errorf("%s: %d %s, want %d %s: %.300s", name, got.Status, got.Code(), test.status, test.code, got.Raw)
		}
		if name == "running" && got.Body.Errors[0].Extensions["retryable"] != true {
			t.Errorf("%s: %v %.300s", name, got.Header, got.Raw)
		}
	}
	if n := w.Sim.Calls()["downloadExportFile"]; n != 0 {
		t.Errorf("%d files read", n)
	}
	off := w.StartGateway(t, "")
	if got := file(t, off, "GET", path, nil); got.Status != 501 || got.Code() != "UPSTREAM_NOT_CONFIGURED" {
		t.Errorf("switched off: %d %.300s", got.Status, got.Raw)
	}
}

// TestExportFileFromABrokenUpstream: a redirect is not followed, and a file above the limit is refused before its head.
func TestExportFileFromABrokenUpstream(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	r, small := w.StartGateway(t, readExports), w.StartGateway(t, readExports, "OPSGRAPH_LIMITS_EXPORT_BYTES=100")
	path := exported(t, w, r)
	for name, test := range map[string]struct {
		r      *kit.Replica
		fault  map[string]any
		status int
		code   string
	}{
		"redirect": {r, map[string]any{
			"kind": "status", "status": 302, "headers": map[string]string{"Location": w.Server.URL + "/elsewhere"},
		}, 502, "UPSTREAM_BAD_RESPONSE"},
		"error as 200": {r, map[string]any{
			"kind": "status", "status": 200, "headers": map[string]string{"Content-Type": "application/json"},
			"body": `{"error_code":"WKS.00010005","error_msg":"gone"}`,
		}, 502, "UPSTREAM_REJECTED"},
		"json as 200": {r, map[string]any{
			"kind": "status", "status": 200, "headers": map[string]string{"Content-Type": "application/json"}, "body": `{}`,
		}, 502, "UPSTREAM_BAD_RESPONSE"},
		"down":  {r, map[string]any{"kind": "status", "status": 503}, 503, "UPSTREAM_UNAVAILABLE"},
		"large": {small, nil, 502, "UPSTREAM_TOO_LARGE"},
		"a page": {r, map[string]any{
			"kind": "status", "status": 200, "headers": map[string]string{"Content-Type": "text/html"},
			"body": "<script>alert(1)</script>",
		}, 200, ""},
	} {
		faults := []map[string]any{}
		if test.fault != nil {
			test.fault["operation"] = "downloadExportFile"
			faults = append(faults, test.fault)
		}
		w.Steer(t, http.MethodPut, "faults", faults)
		got := file(t, test.r, "GET", path, nil)
		if got.Status != test.status || got.Code() != test.code {
			t.Errorf("%s: %d %s, want %d %s: %.300s", name, got.Status, got.Code(), test.status, test.code, got.Raw)
		}
		if name == "a page" && got.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("a page is answered as one: %v", got.Header)
		}
	}
}

// TestExportFilesAtOnce: files beyond the limit are refused and told when to come back; the others go on.
func TestExportFilesAtOnce(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	r := w.StartGateway(t, readExports, "OPSGRAPH_LIMITS_EXPORTS=1")
	path := exported(t, w, r)
	file(t, r, "GET", path, nil) // its state is known from here on
	w.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "downloadExportFile", "kind": "drip", "latencyMs": 1}})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.Server.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := r.Client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Body.Close()
	if got := file(t, r, "GET", path, nil); got.Status != 503 || got.Code() != "OVERLOADED" ||
		got.Header.Get("Retry-After") == "" {
		t.Errorf("%d %.300s", got.Status, got.Raw)
	}
	w.Steer(t, http.MethodPut, "faults", []map[string]any{})
	if _, err := io.Copy(io.Discard, slow.Body); err != nil {
		t.Errorf("the file under way: %v", err)
	}
	if got := file(t, r, "GET", path, nil); got.Status != 200 {
		t.Errorf("after it: %d %.300s", got.Status, got.Raw)
	}
}
