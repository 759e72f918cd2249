package peers

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/bench/stand"
)

// TestRecords reads records from a gateway that is a table, and asks for them as peers do.
func TestRecords(t *testing.T) {
	answers := map[string]string{
		allRegions: `{"regions":[{"code":"a","name":"A","alarmSummary":null},{"code":"b","name":null,"alarmSummary":null}]}`,
		allHosts: `{"hosts":{"edges":[
			{"cursor":"c1","node":{"hostId":"h1","regionCode":"a","virtualMachines":{"nodes":[{"name":"v"}]},
				"alarms":{"nodes":[{"csn":"1"},{"csn":"2"}]}}},
			{"cursor":"c2","node":{"hostId":"h2","regionCode":"b","virtualMachines":{"nodes":[]},"alarms":{"nodes":[]}}}]}}`,
		allServices: `{"cloudServices":[
			{"type":"ECS_VM","region":{"code":"a"},"capacity":null,"alarms":{"nodes":[{"csn":"1"}]}},
			{"type":"EVS","region":{"code":"a"},"capacity":[],"alarms":{"nodes":[]}}]}`,
		allAlarms: `{"alarms":{"totalCount":9,"nodes":[{"csn":"1","regionCode":"a"},{"csn":"2","regionCode":null}]}}`,
	}
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request struct{ Query string }
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil || answers[request.Query] == "" {
			t.Errorf("%v, %q", err, request.Query)
		}
		_, _ = io.WriteString(w, `{"data":`+answers[request.Query]+`}`)
	}))
	defer gateway.Close()
	file := filepath.Join(t.TempDir(), "records.json")
	if err := Collect(gateway.URL, file); err != nil {
		t.Fatal(err)
	}
	records, err := stand.OpenRecords(file)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/regions":                `[{"alarmSummary":null,"code":"a","name":"A"},{"alarmSummary":null,"code":"b","name":null}]`,
		"/region?code=b":          `{"alarmSummary":null,"code":"b","name":null}`,
		"/region?code=":           `null`,
		"/hosts?first=1":          `{"totalCount":2,"nodes":[{"cursor":"c1","hostId":"h1","regionCode":"a"}]}`,
		"/hosts?first=5&after=c1": `{"totalCount":2,"nodes":[{"cursor":"c2","hostId":"h2","regionCode":"b"}]}`,
		"/regions/b/hosts":        `{"totalCount":1,"nodes":[{"cursor":"c2","hostId":"h2","regionCode":"b"}]}`,
		"/regions/a/services?types=EVS&types=RDS":    `[{"capacity":[],"id":"service-1","regionCode":"a","type":"EVS"}]`,
		"/services/service-0/alarms?first=5":         `{"totalCount":1,"nodes":[{"csn":"1"}]}`,
		"/hosts/h1/alarms?first=1":                   `{"totalCount":2,"nodes":[{"csn":"1"}]}`,
		"/hosts/h1/virtualMachines?first=10":         `{"totalCount":1,"nodes":[{"name":"v"}]}`,
		"/alarms?first=1":                            `{"totalCount":9,"nodes":[{"csn":"1","regionCode":"a"}]}`,
		"/regions/a/services?types=MODEL_ARTS_MAOS&": `[]`,
	} {
		recorder := httptest.NewRecorder()
		records.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		if got := strings.TrimSpace(recorder.Body.String()); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", path, got, want)
		}
	}
	whole := httptest.NewRecorder()
	records.ServeHTTP(whole, httptest.NewRequest(http.MethodGet, "/records", http.NoBody))
	if text, err := os.ReadFile(file); err != nil || whole.Body.String() != string(text) {
		t.Errorf("the whole differs from its file, %v", err)
	}
}

// TestPeers makes sure that the peers' files are there, and that no host of a registry stands in them.
func TestPeers(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range peers() {
		if seen[p.name] || seen[p.title] {
			t.Errorf("two peers are called %q or %q", p.name, p.title)
		}
		seen[p.name], seen[p.title] = true, true
		if p.script == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join("node", p.script)); err != nil {
			t.Error(err)
		}
	}
	lock, err := os.ReadFile("node/package-lock.json")
	if err != nil || strings.Contains(string(lock), `"resolved"`) {
		t.Errorf("the lock file names hosts, %v", err)
	}
	config, err := os.ReadFile("tailcall/config.graphql")
	if strings.Count(string(config), cacheDirective) != strings.Count(string(config), "@http(") {
		t.Error("not every call of Tailcall is kept")
	}
	if err != nil || !strings.Contains(string(config), "RECORDS/") || !strings.Contains(string(config), "port: PORT") {
		t.Errorf("Tailcall's configuration has no places for addresses, %v", err)
	}
}
