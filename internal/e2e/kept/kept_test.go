// Package kept proves over HTTP when the gateway gives an answer again, to whom, and when it does not.
package kept

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

const (
	someHosts = `query Some($first: Int) { hosts(first: $first) { nodes { hostId name serialNumber kernel region { code } } totalCount } }`
	aDay      = "OPSGRAPH_AGES_HOSTS_FRESH=9m" // longer than any test
)

// start runs a gateway that has read hosts, and with them which regions there are: a query that learns of regions is
// not kept itself.
func start(t *testing.T, w *kit.World, environ ...string) *kit.Replica {
	t.Helper()
	r := w.StartGateway(t, "", environ...)
	r.Ask(t, `{ hosts(first: 1) { totalCount } alarms(first: 1) { totalCount } }`, "", http.Header{"X-Opsgraph-Explain": {"1"}})
	return r
}

// counts are the events of a replica's kept answers since it began, those that happened.
func counts(t *testing.T, r *kit.Replica) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for _, event := range []string{
		"hit_text", "hit_query", "miss", "shared",
		"dropped_age", "dropped_news", "dropped_room", "dropped_memory", "dropped_change",
	} {
		if n := r.Metric(t, fmt.Sprintf("opsgraph_kept_answers_total{event=%q}", event)); n > 0 {
			seen[event] = int(n)
		}
	}
	return seen
}

func wantCounts(t *testing.T, r *kit.Replica, want map[string]int) {
	t.Helper()
	if got := counts(t, r); !maps.Equal(got, want) {
		t.Errorf("kept answers: %v, want %v", got, want)
	}
}

// head is an answer without its body.
type head struct {
	StatusCode int
	Header     http.Header
}

// send sends a request whose body, if any, is JSON, and returns head and body as they came.
func send(t *testing.T, r *kit.Replica, method, target, body string, header http.Header) (head, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, r.Server.URL+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
	} else {
		request.Header.Set("GraphQL-Require-Preflight", "1")
	}
	maps.Copy(request.Header, header)
	response, err := r.Client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return head{response.StatusCode, response.Header}, raw
}

func TestKept_isFoundByTextAndByQuery(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay)
	body := kit.RequestBody(t, someHosts, `{"first":5}`)
	first, bytes := send(t, r, http.MethodPost, "/graphql", body, nil)
	wantCounts(t, r, map[string]int{"miss": 1})
	calls := len(w.Arrived())
	get := "/graphql?" + url.Values{"query": {someHosts}, "variables": {`{"first":5}`}}.Encode()
	for _, way := range []struct{ method, target, body string }{
		{http.MethodPost, "/graphql", body},
		{http.MethodPost, "/graphql", "  " + body},
		{http.MethodPost, "/graphql", "  " + body},
		{http.MethodGet, get, ""},
		{http.MethodGet, get, ""},
	} {
		again, same := send(t, r, way.method, way.target, way.body, nil)
		if string(same) != string(bytes) || again.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %d, another answer", way.method, way.body, again.StatusCode)
		}
		for _, name := range []string{"Content-Type", "Cache-Control", "Etag", "X-Content-Type-Options"} {
			if again.Header.Get(name) != first.Header.Get(name) {
				t.Errorf("%s: %q, was %q", name, again.Header.Get(name), first.Header.Get(name))
			}
		}
		if got, want := again.Header["Vary"], first.Header["Vary"]; !slices.Equal(got, want) {
			t.Errorf("Vary %q, was %q", got, want)
		}
	}
	wantCounts(t, r, map[string]int{"miss": 1, "hit_text": 3, "hit_query": 2})
	if len(w.Arrived()) != calls {
		t.Error("kept answers cost calls")
	}
	const all = `opsgraph_graphql_operations_total{code="",outcome="ok",type="query"}`
	if got := r.Metric(t, all); got != 7 { // with that of start
		t.Errorf("%v operations counted, want 7", got)
	}
	// Another value of a variable is another query.
	send(t, r, http.MethodPost, "/graphql", kit.RequestBody(t, someHosts, `{"first":6}`), nil)
	wantCounts(t, r, map[string]int{"miss": 2, "hit_text": 3, "hit_query": 2})
}

func TestKept_whatBelongsToARequestIsMadeAnew(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay, "OPSGRAPH_ALLOWED_ORIGINS=https://one.example,https://two.example")
	body := kit.RequestBody(t, someHosts, `{"first":5}`)
	ask := func(origin, id string) http.Header {
		response, _ := send(t, r, http.MethodPost, "/graphql", body, http.Header{
			"Origin": {origin}, "X-Request-Id": {id},
		})
		return response.Header
	}
	ask("https://one.example", "first")
	w.Clock.Advance(20 * time.Second)
	got := ask("https://two.example", "second")
	wantCounts(t, r, map[string]int{"miss": 1, "hit_text": 1})
	if got.Get("X-Request-Id") != "second" || got.Get("Access-Control-Allow-Origin") != "https://two.example" ||
		got.Get("Age") != "20" {
		t.Errorf("id %q, origin %q, Age %q", got.Get("X-Request-Id"), got.Get("Access-Control-Allow-Origin"), got.Get("Age"))
	}
	if got := ask("", "third"); got.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("an origin for none: %q", got.Get("Access-Control-Allow-Origin"))
	}
}

func unpacked(t *testing.T, encoding string, packed []byte) string {
	t.Helper()
	var from io.Reader = bytes.NewReader(packed)
	switch encoding {
	case "gzip":
		reader, err := gzip.NewReader(from)
		if err != nil {
			t.Fatal(err)
		}
		from = reader
	case "zstd":
		reader, err := zstd.NewReader(from)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		from = reader
	}
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestKept_inEveryEncoding(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay)
	body := kit.RequestBody(t, someHosts, `{"first":40}`)
	for _, test := range []struct{ accepts, encoding string }{
		{"", ""}, {"gzip", "gzip"}, {"zstd", "zstd"}, {"gzip, deflate, br, zstd", "gzip"}, {"identity", ""}, {"br", ""},
	} {
		header := http.Header{}
		if test.accepts != "" {
			header.Set("Accept-Encoding", test.accepts)
		}
		anew := w.StartGateway(t, "", aDay, "OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES=0")
		made, madeBody := send(t, anew, http.MethodPost, "/graphql", body, header)
		var text string
		for n := range 2 {
			got, packed := send(t, r, http.MethodPost, "/graphql", body, header)
			if got.Header.Get("Content-Encoding") != test.encoding || made.Header.Get("Content-Encoding") != test.encoding {
				t.Errorf("%q: encoding %q", test.accepts, got.Header.Get("Content-Encoding"))
			}
			if text = unpacked(t, test.encoding, packed); !strings.HasPrefix(text, `{"data":{"hosts"`) {
				t.Errorf("%q: %.100s", test.accepts, text)
			}
			tag := got.Header.Get("Etag")
			if suffix := strings.TrimSuffix(tag[strings.LastIndex(tag, ".")+1:], `"`); test.encoding != "" &&
				suffix != "-"+test.encoding || test.encoding == "" && strings.Contains(tag, ".") {
				t.Errorf("%q: tag %s", test.accepts, tag)
			}
			if n == 1 && got.Header.Get("Content-Length") != strconv.Itoa(len(packed)) {
				t.Errorf("%q: Content-Length %q of %d bytes", test.accepts, got.Header.Get("Content-Length"), len(packed))
			}
			if got, want := got.Header["Vary"], made.Header["Vary"]; !slices.Equal(got, want) {
				t.Errorf("%q: Vary %q, of an answer that is not kept %q", test.accepts, got, want)
			}
			held, empty := send(t, r, http.MethodPost, "/graphql", body, kit.With(header, "If-None-Match", tag))
			if held.StatusCode != http.StatusNotModified || len(empty) > 0 || held.Header.Get("Content-Encoding") != "" ||
				held.Header.Get("Content-Type") != "" || held.Header.Get("Etag") == "" || held.Header.Get("Age") != "0" {
				t.Errorf("%q: %d with its tag, %v", test.accepts, held.StatusCode, held.Header)
			}
		}
		other := unpacked(t, test.encoding, madeBody)
		if data(text) != data(other) {
			t.Errorf("%q: kept and made anew differ", test.accepts)
		}
	}
	wantCounts(t, r, map[string]int{"miss": 1, "hit_text": 23})
}

// data is an answer without its extensions, which say when its data were read.
func data(answer string) string {
	before, _, _ := strings.Cut(answer, `,"extensions"`)
	return before
}

func TestKept_mediaTypesAreApart(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay)
	body := kit.RequestBody(t, someHosts, `{"first":5}`)
	for range 2 {
		for _, accepts := range []string{"application/json", "application/graphql-response+json"} {
			got, _ := send(t, r, http.MethodPost, "/graphql", body, http.Header{"Accept": {accepts}})
			if want := accepts + "; charset=utf-8"; got.Header.Get("Content-Type") != want {
				t.Errorf("Content-Type %q, want %q", got.Header.Get("Content-Type"), want)
			}
		}
	}
	wantCounts(t, r, map[string]int{"miss": 2, "hit_text": 2})
}

func TestKept_untilTheFirstDataTurnStale(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w) // hosts are fresh for 60 s at most
	ask := func() *kit.Reply { return r.Ask(t, someHosts, `{"first":5}`, nil) }
	ask()
	w.Clock.Advance(40 * time.Second)
	ask()
	wantCounts(t, r, map[string]int{"miss": 1, "hit_text": 1})
	w.Clock.Advance(21 * time.Second)
	stale := ask()
	if stale.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("stale data: %q", stale.Header.Get("Cache-Control"))
	}
	wantCounts(t, r, map[string]int{"miss": 2, "hit_text": 1, "dropped_age": 1})
	testkit.Eventually(t, "no refresh came", func() bool { return ask().Header.Get("Age") == "0" })
}

// A query must not show what is older than another has shown.
func TestKept_endsWithANewerReading(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay)
	ask := func() *kit.Reply { return r.Ask(t, someHosts, `{"first":5}`, nil) }
	ask()
	w.Clock.Advance(30 * time.Second)
	if got := ask(); got.Header.Get("Age") != "30" {
		t.Fatalf("Age %q", got.Header.Get("Age"))
	}
	other := r.Ask(t, `{ hosts(first: 1) { totalCount } }`, "", http.Header{"X-Opsgraph-Max-Age": {"5"}})
	if other.Header.Get("Age") != "0" {
		t.Fatalf("another query forces no reading: Age %q", other.Header.Get("Age"))
	}
	if got := ask(); got.Header.Get("Age") != "0" {
		t.Errorf("time runs backwards: Age %q", got.Header.Get("Age"))
	}
	wantCounts(t, r, map[string]int{"miss": 3, "hit_text": 1, "dropped_news": 1})
}

func TestKept_acceptedAge(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay)
	ask := func(seconds string) *kit.Reply {
		return r.Ask(t, someHosts, `{"first":5}`, http.Header{"X-Opsgraph-Max-Age": {seconds}})
	}
	ask("60")
	w.Clock.Advance(30 * time.Second)
	ask("60")
	wantCounts(t, r, map[string]int{"miss": 1, "hit_text": 1})
	if got := ask("20"); got.Header.Get("Age") != "0" {
		t.Errorf("20 s are accepted, Age is %q", got.Header.Get("Age"))
	}
	wantCounts(t, r, map[string]int{"miss": 2, "hit_text": 1})
}

func TestKept_notForWhoWantsNone(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay)
	for _, header := range []http.Header{
		nil,
		{"Cache-Control": {"No-Cache"}},
		{"Cache-Control": {"max-age=0", "no-store"}},
		{"X-Opsgraph-Explain": {"1"}},
		{"X-Opsgraph-Explain": {"plan"}},
	} {
		got := r.Ask(t, someHosts, `{"first":5}`, header)
		if explained := got.Body.Extensions["explain"] != nil; explained != (header.Get("X-Opsgraph-Explain") != "") {
			t.Errorf("%v: %.300s", header, got.Raw)
		}
	}
	wantCounts(t, r, map[string]int{"miss": 1})
}
