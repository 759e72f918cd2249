package gateway_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// fetch sends a document by GET.
func (r *replica) fetch(t *testing.T, document string, header http.Header) *reply {
	t.Helper()
	target := r.server.URL + "/graphql?" + url.Values{"query": {document}}.Encode()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/graphql-response+json")
	request.Header.Set("X-Requested-With", "test")
	maps.Copy(request.Header, header)
	response, err := r.client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	return readReply(t, response)
}

// maxAge is how long an answer that may be kept by its client only stays fresh: its max-age less its Age.
func maxAge(t *testing.T, got *reply) int {
	t.Helper()
	var seconds int
	if _, err := fmt.Sscanf(got.header.Get("Cache-Control"), "private, max-age=%d", &seconds); err != nil {
		t.Fatalf("Cache-Control %q: %.300s", got.header.Get("Cache-Control"), got.raw)
	}
	age, err := strconv.Atoi(got.header.Get("Age"))
	if err != nil {
		t.Fatalf("Age %q: %v", got.header.Get("Age"), err)
	}
	return seconds - age
}

func TestKeeping_untilTheFirstDataTurnStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	const both = `{ hosts(first: 1) { totalCount } alarms(first: 1) { totalCount } }`
	first := r.ask(t, explainedHosts, "", nil)
	// Hosts are fresh for 60 s, of which a tenth at most is taken off at random.
	whole := maxAge(t, first)
	if whole < 53 || whole > 60 || first.header.Get("Age") != "0" {
		t.Errorf("max-age %d, Age %q", whole, first.header.Get("Age"))
	}
	w.clock.Advance(20 * time.Second)
	later := r.ask(t, explainedHosts, "", nil)
	if got := maxAge(t, later); got != whole-20 || later.header.Get("Age") != "20" {
		t.Errorf("after 20 s max-age %d, was %d; Age %q", got, whole, later.header.Get("Age"))
	}
	// Alarms are fresh for 30 s and fetched now; hosts for 40 s at most from now.
	if got := maxAge(t, r.ask(t, both, "", nil)); got < 26 || got > 30 {
		t.Errorf("max-age of both %d", got)
	}
	w.clock.Advance(26 * time.Second)
	if got, hosts := maxAge(t, r.ask(t, both, "", nil)), maxAge(t, r.ask(t, explainedHosts, "", nil)); got > 4 || hosts != whole-46 {
		t.Errorf("max-age of both %d, of hosts %d", got, hosts)
	}
}

func TestKeeping_never(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	maxAge(t, r.ask(t, explainedHosts, "", nil))
	w.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "getScreenData", "kind": "status", "status": 400}})
	tests := map[string]struct {
		document string
		header   http.Header
	}{
		"explained":                {explainedHosts, explainHeader("1")},
		"with the field upstream":  {`{ hosts(first: 1) { totalCount } upstream { demo } }`, nil},
		"upstream by another name": {`{ hosts(first: 1) { totalCount } ... on Query { ...F } } fragment F on Query { a: upstream { demo } }`, nil},
		"mutation":                 {`mutation { createMeterJob(input: {from: "2026-11-10", to: "2026-11-12"}) { meterJob { jobId } } }`, nil},
		"no data of an age":        {`{ __typename }`, nil},
		"an error beside data":     {`{ hosts(first: 1) { totalCount } sharedScreen(shareId: "none") { __typename } }`, nil},
		"refused":                  {`{ nothing }`, nil},
	}
	for name, test := range tests {
		got := r.ask(t, test.document, "", test.header)
		if got.header.Get("Cache-Control") != "private, no-store" || got.header.Get("ETag") != "" {
			t.Errorf("%s: Cache-Control %q, ETag %q: %.300s", name, got.header.Get("Cache-Control"), got.header.Get("ETag"), got.raw)
		}
		test.header = test.header.Clone()
		if test.header == nil {
			test.header = http.Header{}
		}
		test.header.Set("If-None-Match", "*")
		if again := r.ask(t, test.document, "", test.header); again.status != got.status {
			t.Errorf("%s: %d with If-None-Match, %d without", name, again.status, got.status)
		}
	}
	skipped := r.ask(t, `{ hosts(first: 1) { totalCount } upstream @skip(if: true) { demo } }`, "", nil)
	maxAge(t, skipped)
}

func TestKeeping_notWhatIsStaleOrWarnedOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	tag := r.ask(t, explainedHosts, "", nil).header.Get("ETag")
	w.steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 400}})
	for _, test := range []struct {
		name    string
		length  time.Duration
		warning bool
	}{{"stale", 2 * time.Minute, false}, {"expired", 20 * time.Minute, true}} {
		w.clock.Advance(test.length)
		got := r.ask(t, explainedHosts, "", http.Header{"If-None-Match": {tag}})
		if got.status != http.StatusOK || got.header.Get("Cache-Control") != "private, no-store" || got.header.Get("ETag") != "" {
			t.Errorf("%s: %d, Cache-Control %q: %.300s", test.name, got.status, got.header.Get("Cache-Control"), got.raw)
		}
		if warned := got.body.Extensions["warnings"] != nil; warned != test.warning {
			t.Errorf("%s: a warning is %v: %.300s", test.name, warned, got.raw)
		}
	}
}

func TestKeeping_notModified(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{})
	r := w.startGateway(t, "")
	first := r.ask(t, explainedHosts, "", nil)
	tag := first.header.Get("ETag")
	if len(tag) != 45 || tag[0] != '"' || tag[44] != '"' {
		t.Fatalf("ETag %q", tag)
	}
	w.clock.Advance(5 * time.Second)
	for name, test := range map[string]struct {
		list []string
		held bool
	}{
		"the tag":            {[]string{tag}, true},
		"weakened":           {[]string{"W/" + tag}, true},
		"among others":       {[]string{`"a", W/"b,c" , ` + tag}, true},
		"in a second header": {[]string{`"a"`, tag}, true},
		"any":                {[]string{"*"}, true},
		"another":            {[]string{`"a"`}, false},
		"inside another":     {[]string{`"a` + strings.Trim(tag, `"`) + `"`}, false},
		"without quotes":     {[]string{strings.Trim(tag, `"`)}, false},
		"not closed":         {[]string{`"a", "` + strings.Trim(tag, `"`)}, false},
		"empty":              {[]string{""}, false},
		"malformed before":   {[]string{`x, ` + tag}, false},
	} {
		header := http.Header{"If-None-Match": test.list}
		for method, got := range map[string]*reply{
			"GET": r.fetch(t, explainedHosts, header), "POST": r.ask(t, explainedHosts, "", header),
		} {
			want := http.StatusOK
			if test.held {
				want = http.StatusNotModified
			}
			if got.status != want || (got.raw == "") != test.held || got.header.Get("ETag") != tag {
				t.Errorf("%s by %s: %d, ETag %q: %.300s", name, method, got.status, got.header.Get("ETag"), got.raw)
			}
			if maxAge(t, got) < 40 || got.header.Get("Age") != "5" || got.header.Get("Vary") == "" || got.header.Get("X-Request-Id") == "" {
				t.Errorf("%s by %s: header %v", name, method, got.header)
			}
		}
	}
	other := r.ask(t, explainedHosts, "", http.Header{"Accept": {"application/json"}, "If-None-Match": {tag}})
	if other.status != http.StatusOK || other.header.Get("ETag") == tag {
		t.Errorf("another media type: %d, ETag %q", other.status, other.header.Get("ETag"))
	}
	w.clock.Advance(2 * time.Minute)
	testkit.Eventually(t, "no new data", func() bool { return r.ask(t, explainedHosts, "", nil).header.Get("ETag") != "" })
	changed := r.ask(t, explainedHosts, "", http.Header{"If-None-Match": {tag}})
	if changed.status != http.StatusOK || changed.header.Get("ETag") == tag {
		t.Errorf("after a refresh: %d, ETag %q", changed.status, changed.header.Get("ETag"))
	}
}

// TestHostile_otherTenantsETag_H172 has answers of equal bytes for two tenants, and a caller who is not admitted.
func TestHostile_otherTenantsETag_H172(t *testing.T) {
	t.Parallel()
	type tenantKey struct{}
	s := newSite(t, func(options *siteOptions) {
		options.transport.Admit = func(r *http.Request) (context.Context, *gqlerror.Error) {
			tenant := r.Header.Get("X-HCSO-Domain-Id")
			if tenant == "" {
				return nil, &gqlerror.Error{Message: "Who are you?", Extensions: map[string]any{"code": "UNAUTHENTICATED"}}
			}
			return context.WithValue(r.Context(), tenantKey{}, tenant), nil
		}
		options.transport.Keep = func(ctx context.Context, _ *graphql.Response) (gateway.Keeping, bool) {
			tenant, _ := ctx.Value(tenantKey{}).(string)
			return gateway.Keeping{MaxAge: 90*time.Second + 999*time.Millisecond, Scope: tenant}, true
		}
	})
	ask := func(document, tenant, tag string) *reply {
		return s.send(t, http.MethodPost, s.url, requestBody(t, document, ""), map[string]string{
			"Content-Type": "application/json", "X-HCSO-Domain-Id": tenant, "If-None-Match": tag,
		})
	}
	first := ask(`{__typename}`, "a", "")
	tag := first.header.Get("ETag")
	if first.status != 200 || tag == "" || first.header.Get("Cache-Control") != "private, max-age=90" {
		t.Fatalf("got %d %v", first.status, first.header)
	}
	if got := ask(`{__typename}`, "a", tag); got.status != http.StatusNotModified {
		t.Errorf("the same tenant: %d", got.status)
	}
	if got := ask(`{__typename}`, "b", tag); got.status != 200 || got.header.Get("ETag") == tag {
		t.Errorf("another tenant: %d, ETag %q", got.status, got.header.Get("ETag"))
	}
	if got := ask(`{__typename}`, "", tag); got.status != 401 || got.header.Get("ETag") != "" {
		t.Errorf("nobody: %d %v", got.status, got.header)
	}
	if got := ask(`{broken}`, "a", "*"); got.status != 200 || got.header.Get("ETag") != "" || got.header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("with an error: %d %v", got.status, got.header)
	}
}
