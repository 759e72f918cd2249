package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/documents"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/guard"
)

// apqBody is a request that names its document by hash; a document that is empty is left out.
func apqBody(t *testing.T, hash, document string) string {
	t.Helper()
	body := map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{
		"version":    1,
		"sha256Hash": hash,
	}}}
	if document != "" {
		body["query"] = document
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// post posts a body and reads the answer.
func post(t *testing.T, r *kit.Replica, body, accept string) *kit.Reply {
	t.Helper()
	header := http.Header{}
	if accept != "" {
		header.Set("Accept", accept)
	}
	return kit.ReadReply(t, r.Post(t, body, header)) //nolint:bodyclose // readReply closes it
}

const persistedDocument = `query Codes { regions { code } }`

// TestPersisted_automatic plays the protocol of automatic persisted queries over two replicas that share a Redis, and
// on one that has none: unknown, registered, known, by POST and by GET.
func TestPersisted_automatic(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	shared := []string{"OPSGRAPH_REDIS_URL=" + redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s"}
	first, second, alone := w.StartGateway(t, "", shared...), w.StartGateway(t, "", shared...), w.StartGateway(t, "")
	hash := documents.Hash(persistedDocument)

	t.Run("H-139 unknown", func(t *testing.T) {
		for accept, status := range map[string]int{"application/graphql-response+json": 400, "application/json": 200} {
			got := post(t, first, apqBody(t, hash, ""), accept)
			if got.Status != status || got.Code() != "PERSISTED_QUERY_NOT_FOUND" ||
				got.Body.Errors[0].Message != "PersistedQueryNotFound" {
				t.Errorf("%s: got %d %s", accept, got.Status, got.Raw)
			}
			if got.Body.Data != nil || strings.Contains(got.Raw, `"data"`) {
				t.Errorf("%s: has data: %s", accept, got.Raw)
			}
		}
	})
	want := post(t, first, apqBody(t, hash, persistedDocument), "")
	if want.Status != 200 || len(want.Body.Errors) > 0 {
		t.Fatalf("register: %d %s", want.Status, want.Raw)
	}
	query := url.Values{"extensions": {`{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}`}}.Encode()
	for name, r := range map[string]*kit.Replica{"same replica": first, "another replica": second} {
		if got := post(t, r, apqBody(t, hash, ""), ""); string(got.Body.Data) != string(want.Body.Data) {
			t.Errorf("%s: got %d %s", name, got.Status, got.Raw)
		}
		if got := get(t, r, query); string(got.Body.Data) != string(want.Body.Data) {
			t.Errorf("%s by GET: got %d %s", name, got.Status, got.Raw)
		}
	}
	if got := post(t, alone, apqBody(t, hash, ""), ""); got.Code() != "PERSISTED_QUERY_NOT_FOUND" {
		t.Errorf("a replica of its own: got %d %s", got.Status, got.Raw)
	}
	redis.Kill()
	if got := post(t, second, apqBody(t, hash, ""), ""); string(got.Body.Data) != string(want.Body.Data) {
		t.Errorf("without Redis: got %d %s", got.Status, got.Raw)
	}
	other := `{ regions { name } }`
	if got := post(t, second, apqBody(t, documents.Hash(other), other), ""); got.Status != 200 ||
		len(got.Body.Errors) > 0 {
		t.Errorf("registered without Redis: got %d %s", got.Status, got.Raw)
	}
}

// get sends a query string by GET.
func get(t *testing.T, r *kit.Replica, query string) *kit.Reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.Server.URL+"/graphql?"+query, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/graphql-response+json")
	response, err := r.Client.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		t.Fatal(err)
	}
	return kit.ReadReply(t, response)
}

// TestPersisted_hostile sends the faulty and the hostile requests that name documents.
func TestPersisted_hostile(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	r := w.StartGateway(t, "")
	victim := documents.Hash(persistedDocument)
	if got := post(t, r, apqBody(t, victim, persistedDocument), ""); got.Status != 200 {
		t.Fatalf("register: %d %s", got.Status, got.Raw)
	}
	t.Run("H-140 the hash of another document", func(t *testing.T) {
		got := post(t, r, apqBody(t, victim, `{ regions { name } }`), "")
		if got.Status != 400 || got.Code() != "PERSISTED_QUERY_HASH_MISMATCH" {
			t.Errorf("got %d %s", got.Status, got.Raw)
		}
		if got := post(t, r, apqBody(t, victim, ""), ""); !strings.Contains(string(got.Body.Data), `"code"`) {
			t.Errorf("the hash means something else now: %s", got.Raw)
		}
	})
	for name, extension := range map[string]string{
		"upper case":      `{"version":1,"sha256Hash":"` + strings.ToUpper(victim) + `"}`,
		"63 digits":       `{"version":1,"sha256Hash":"` + victim[1:] + `"}`,
		"a path":          `{"version":1,"sha256Hash":"../` + victim[3:] + `"}`,
		"a colon":         `{"version":1,"sha256Hash":":` + victim[1:] + `"}`,
		"version 2":       `{"version":2,"sha256Hash":"` + victim + `"}`,
		"version as text": `{"version":"1","sha256Hash":"` + victim + `"}`,
		"no hash":         `{"version":1}`, "a string": `"x"`,
		"long": `{"version":1,"sha256Hash":"` + strings.Repeat("a", 100_000) + `"}`,
	} {
		t.Run("H-141 "+name, func(t *testing.T) {
			got := post(t, r, `{"extensions":{"persistedQuery":`+extension+`}}`, "")
			if got.Status != 400 || got.Code() != "BAD_REQUEST" || len(got.Raw) > 1000 {
				t.Errorf("got %d %.500s", got.Status, got.Raw)
			}
		})
	}
	t.Run("H-142 only what would be answered is kept", func(t *testing.T) {
		for _, document := range []string{
			`{ nothing }`, `{`, `{ hosts(first: 0) { totalCount } }`,
			`{ ` + strings.Repeat("a: regions { code } ", 60) + `}`,
		} {
			if got := post(t, r, apqBody(t, documents.Hash(document), document), ""); len(got.Body.Errors) == 0 {
				t.Errorf("%.40s is answered: %s", document, got.Raw)
			}
			if got := post(t, r, apqBody(t, documents.Hash(document), ""), ""); got.Code() != "PERSISTED_QUERY_NOT_FOUND" {
				t.Errorf("%.40s is kept: %s", document, got.Raw)
			}
		}
	})
	t.Run("a mutation by GET", func(t *testing.T) {
		const mutation = `mutation { createMeterJob(input: {regionId: "cn-north-7", from: "2026-11-19", to: "2026-11-20"}) { userErrors { message } } }`
		if got := post(t, r, apqBody(t, documents.Hash(mutation), mutation), ""); got.Status != 200 {
			t.Fatalf("register: %d %s", got.Status, got.Raw)
		}
		before := w.Sim.Calls()["createMeterJob"]
		got := get(t, r, url.Values{"extensions": {`{"persistedQuery":{"version":1,"sha256Hash":"` +
			documents.Hash(mutation) + `"}}`}}.Encode())
		if got.Status != 405 || w.Sim.Calls()["createMeterJob"] != before {
			t.Errorf("got %d %s", got.Status, got.Raw)
		}
	})
	t.Run("named twice", func(t *testing.T) {
		got := post(t, r, strings.TrimSuffix(apqBody(t, victim, ""), "}")+`,"documentId":"x"}`, "")
		if got.Status != 400 || got.Code() != "BAD_REQUEST" {
			t.Errorf("got %d %s", got.Status, got.Raw)
		}
	})
	t.Run("switched off", func(t *testing.T) {
		off := w.StartGateway(t, "", "OPSGRAPH_PERSISTED_AUTOMATIC=false")
		for _, document := range []string{"", persistedDocument} {
			got := post(t, off, apqBody(t, victim, document), "")
			if got.Status != 400 || got.Code() != "PERSISTED_QUERY_NOT_SUPPORTED" ||
				got.Body.Errors[0].Message != "PersistedQueryNotSupported" {
				t.Errorf("%q: got %d %s", document, got.Status, got.Raw)
			}
		}
	})
}

// TestPersisted_trusted serves documents of manifests in both formats, with and without others beside them.
func TestPersisted_trusted(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	hash := documents.Hash(persistedDocument)
	manifests := map[string]struct{ text, id string }{
		"apollo": {`{"format":"apollo-persisted-query-manifest","version":1,"operations":[
			{"id":"` + hash + `","name":"Codes","type":"query","body":"` + persistedDocument + `"}]}`, hash},
		"relay": {`{"f00dfeedf00dfeedf00dfeedf00dfeed":"` + persistedDocument + `"}`, "f00dfeedf00dfeedf00dfeedf00dfeed"},
	}
	for name, manifest := range manifests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "manifest.json")
			if err := os.WriteFile(path, []byte(manifest.text), 0o600); err != nil {
				t.Fatal(err)
			}
			setting := "OPSGRAPH_PERSISTED_MANIFEST_FILE=" + path
			open := w.StartGateway(t, "", setting)
			only := w.StartGateway(t, "", setting, "OPSGRAPH_PERSISTED_ONLY_TRUSTED=true")
			wantCodes := func(r *kit.Replica, body string) {
				t.Helper()
				if got := post(t, r, body, ""); got.Status != 200 || !strings.Contains(string(got.Body.Data), `"code"`) {
					t.Errorf("%s: got %d %s", body, got.Status, got.Raw)
				}
			}
			byID := `{"documentId":"` + manifest.id + `"}`
			for _, r := range []*kit.Replica{open, only} {
				wantCodes(r, byID)
				wantCodes(r, `{"query":"`+persistedDocument+`"}`)
				wantCodes(r, `{"query":"`+persistedDocument+`","documentId":"`+manifest.id+`"}`)
			}
			if documents.IsHash(manifest.id) {
				wantCodes(only, apqBody(t, manifest.id, ""))
				wantCodes(only, `{"documentId":"sha256:`+manifest.id+`"}`)
			}
			if got := get(t, only, url.Values{"documentId": {manifest.id}}.Encode()); got.Status != 200 {
				t.Errorf("GET: got %d %s", got.Status, got.Raw)
			}
			other := `{ regions { name } }`
			wantRefused := func(body, code string) {
				t.Helper()
				if got := post(t, only, body, ""); got.Status != 400 || got.Code() != code {
					t.Errorf("%s: got %d %s, want %s", body, got.Status, got.Raw, code)
				}
			}
			wantRefused(`{"query":"`+other+`"}`, "PERSISTED_QUERY_REQUIRED")
			wantRefused(apqBody(t, documents.Hash(other), other), "PERSISTED_QUERY_REQUIRED")
			wantRefused(apqBody(t, documents.Hash(other), ""), "PERSISTED_QUERY_NOT_FOUND")
			wantRefused(`{"documentId":"nobody"}`, "PERSISTED_QUERY_NOT_FOUND")
			wantRefused(`{"documentId":"../x"}`, "BAD_REQUEST")
			wantRefused(`{"documentId":"`+manifest.id+`","query":"`+other+`"}`, "PERSISTED_QUERY_HASH_MISMATCH")
			if got := post(t, open, `{"query":"`+other+`"}`, ""); got.Status != 200 {
				t.Errorf("beside the manifest: got %d %s", got.Status, got.Raw)
			}
		})
	}
}

// TestManifest_faults: a manifest that cannot be trusted ends the start with a message that names what is wrong.
func TestManifest_faults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"no JSON":           {`{`, "no JSON object"},
		"a list":            {`["{ regions { code } }"]`, "no JSON object"},
		"other format":      {`{"format":"x","version":1,"operations":[]}`, `format "x"`},
		"other version":     {`{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}`, "version 2"},
		"numbers":           {`{"a":1}`, "neither"},
		"an id with blanks": {`{"a b":"{ regions { code } }"}`, "is not 1 to 128"},
		"a wrong hash":      {`{"` + documents.Hash("x") + `":"{ regions { code } }"}`, "is not that of its document"},
		"twice": {`{"format":"apollo-persisted-query-manifest","version":1,"operations":[
			{"id":"a","body":"{ regions { code } }"},{"id":"a","body":"{ regions { name } }"}]}`, "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := guard.ParseManifest([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(path, []byte(`{"old":"{ regions { noSuchField } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1, Clock: time.Now()})
	cfg, err := config.Load("", append(w.Environment(), "OPSGRAPH_PERSISTED_MANIFEST_FILE="+path))
	if err != nil {
		t.Fatal(err)
	}
	g, err := gateway.New(t.Context(), cfg, gateway.Dependencies{Logger: slog.New(slog.DiscardHandler)})
	if err == nil {
		t.Fatal("a manifest of another schema is taken", g.Close())
	}
	if !strings.Contains(err.Error(), "trusted document old") || !strings.Contains(err.Error(), "noSuchField") {
		t.Errorf("error %v", err)
	}
}
