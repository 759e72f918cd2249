package kept

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/documents"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

func TestKept_never(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay, "OPSGRAPH_GAUSSDB_READ_REPORTS=false")
	w.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "getScreenData", "kind": "status", "status": 400}})
	never := map[string]string{
		"a present state":       `{ upstream { demo } hosts(first: 1) { totalCount } }`,
		"a job that remembers":  `{ hosts(first: 1) { totalCount } usageExportJob(jobId: "j", kind: USERS, projectId: "p") { jobId submittedAt } }`,
		"an error":              `{ hosts(first: 1) { totalCount } sharedScreen(shareId: "none") { __typename } }`,
		"refused":               `{ nothing }`,
		"a mutation":            `mutation { createMeterJob(input: {from: "2026-11-10", to: "2026-11-12"}) { meterJob { jobId } } }`,
		"a range that is empty": `{ alarms(first: 1, filter: {range: {from: "2030-01-01T00:00:00Z"}}) { totalCount } }`,
	}
	for name, document := range never {
		for range 3 {
			r.Ask(t, document, "", nil)
		}
		if got := counts(t, r); got["hit_text"] > 0 || got["hit_query"] > 0 {
			t.Fatalf("%s: kept: %v", name, got)
		}
	}
}

// A range that moves with the clock means another time in the next minute.
func TestKept_rangesThatMove(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, "OPSGRAPH_AGES_ALARMS_FRESH=9m", "OPSGRAPH_AGES_ALARMS_STALE=10m")
	w.Clock.Advance(90 * time.Second)
	fixed := fmt.Sprintf(`{ alarms(first: 1, filter: {range: {from: %q, to: %q}}) { totalCount } }`,
		w.Clock.Now().Add(-time.Hour).Format(time.RFC3339), w.Clock.Now().Add(-time.Minute).Format(time.RFC3339))
	const moving = `{ alarms(first: 1, filter: {range: {last: "PT1H"}}) { totalCount } }`
	ask := func() {
		r.Ask(t, fixed, "", nil)
		r.Ask(t, moving, "", nil)
	}
	ask()
	w.Clock.Advance(29 * time.Second)
	ask()
	wantCounts(t, r, map[string]int{"miss": 2, "hit_text": 2})
	w.Clock.Advance(time.Second)
	ask()
	wantCounts(t, r, map[string]int{"miss": 3, "hit_text": 3, "dropped_age": 1})
}

// What only tells of the schema is kept though no client may keep it.
func TestKept_schema(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w)
	for range 2 {
		for _, document := range []string{`{ __typename }`, `{ __type(name: "Host") { name } ...F } fragment F on Query { a: __typename }`} {
			got := r.Ask(t, document, "", nil)
			if got.Header.Get("Cache-Control") != "private, no-store" || got.Header.Get("Etag") != "" ||
				got.Header.Get("Age") != "" || got.Status != 200 {
				t.Errorf("%d %v", got.Status, got.Header)
			}
		}
		w.Clock.Advance(24 * time.Hour)
	}
	wantCounts(t, r, map[string]int{"miss": 2, "hit_text": 2})
}

func TestKept_onlyWhatIsLetInToday(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	const document = `{ hosts(first: 2) { totalCount } }`
	path := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(path, []byte(`{"f00dfeedf00dfeedf00dfeedf00dfeed":"`+document+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	post := func(r *kit.Replica, body string) *kit.Reply {
		return kit.ReadReply(t, r.Post(t, body, nil)) //nolint:bodyclose // ReadReply closes it
	}
	only := w.StartGateway(t, "", aDay, "OPSGRAPH_PERSISTED_MANIFEST_FILE="+path, "OPSGRAPH_PERSISTED_ONLY_TRUSTED=true")
	const byID = `{"documentId":"f00dfeedf00dfeedf00dfeedf00dfeed"}`
	for range 3 { // the first one learns of regions
		post(only, byID)
	}
	wantCounts(t, only, map[string]int{"miss": 2, "hit_text": 1})
	if got := post(only, `{"query":"{ hosts(first: 2) { totalCount }}"}`); got.Code() != "PERSISTED_QUERY_REQUIRED" {
		t.Errorf("a document of no manifest: %d %s", got.Status, got.Raw)
	}
	// One that a client has registered is looked up anew each time: it may be forgotten.
	open := start(t, w, aDay)
	hash := documents.Hash(document)
	named := `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`
	if got := post(open, named+`}`); got.Code() != "PERSISTED_QUERY_NOT_FOUND" {
		t.Errorf("not registered: %d %s", got.Status, got.Raw)
	}
	for range 2 {
		post(open, named+`,"query":"`+document+`"}`)
		post(open, named+`}`)
	}
	wantCounts(t, open, map[string]int{"miss": 1, "hit_query": 3})
}
