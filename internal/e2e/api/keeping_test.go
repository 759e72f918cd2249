package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// fetch sends a document by GET.
func fetch(t *testing.T, r *kit.Replica, document string, header http.Header) *kit.Reply {
	t.Helper()
	target := r.Server.URL + "/graphql?" + url.Values{"query": {document}}.Encode()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/graphql-response+json")
	request.Header.Set("X-Requested-With", "test")
	maps.Copy(request.Header, header)
	response, err := r.Client.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		t.Fatal(err)
	}
	return kit.ReadReply(t, response)
}

// maxAge is how long an answer that may be kept by its client only stays fresh: its max-age less its Age.
func maxAge(t *testing.T, got *kit.Reply) int {
	t.Helper()
	var seconds int
	if _, err := fmt.Sscanf(got.Header.Get("Cache-Control"), "private, max-age=%d", &seconds); err != nil {
		t.Fatalf("Cache-Control %q: %.300s", got.Header.Get("Cache-Control"), got.Raw)
	}
	age, err := strconv.Atoi(got.Header.Get("Age"))
	if err != nil {
		t.Fatalf("Age %q: %v", got.Header.Get("Age"), err)
	}
	return seconds - age
}

func TestKeeping_untilTheFirstDataTurnStale(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	const both = `{ hosts(first: 1) { totalCount } alarms(first: 1) { totalCount } }`
	first := r.Ask(t, explainedHosts, "", nil)
	// Hosts are fresh for 60 s, of which a tenth at most is taken off at random.
	whole := maxAge(t, first)
	if whole < 53 || whole > 60 || first.Header.Get("Age") != "0" {
		t.Errorf("max-age %d, Age %q", whole, first.Header.Get("Age"))
	}
	w.Clock.Advance(20 * time.Second)
	later := r.Ask(t, explainedHosts, "", nil)
	if got := maxAge(t, later); got != whole-20 || later.Header.Get("Age") != "20" {
		t.Errorf("after 20 s max-age %d, was %d; Age %q", got, whole, later.Header.Get("Age"))
	}
	// Alarms are fresh for 30 s and fetched now; hosts for 40 s at most from now.
	if got := maxAge(t, r.Ask(t, both, "", nil)); got < 26 || got > 30 {
		t.Errorf("max-age of both %d", got)
	}
	w.Clock.Advance(26 * time.Second)
	if got, hosts := maxAge(t, r.Ask(t, both, "", nil)), maxAge(t, r.Ask(t, explainedHosts, "", nil)); got > 4 ||
		hosts != whole-46 {
		t.Errorf("max-age of both %d, of hosts %d", got, hosts)
	}
}

func TestKeeping_never(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	maxAge(t, r.Ask(t, explainedHosts, "", nil))
	w.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "getScreenData", "kind": "status", "status": 400}})
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
		got := r.Ask(t, test.document, "", test.header)
		if got.Header.Get("Cache-Control") != "private, no-store" || got.Header.Get("ETag") != "" {
			t.Errorf("%s: Cache-Control %q, ETag %q: %.300s", name, got.Header.Get("Cache-Control"), got.Header.Get("ETag"),
				got.Raw)
		}
		test.header = test.header.Clone()
		if test.header == nil {
			test.header = http.Header{}
		}
		test.header.Set("If-None-Match", "*")
		if again := r.Ask(t, test.document, "", test.header); again.Status != got.Status {
			t.Errorf("%s: %d with If-None-Match, %d without", name, again.Status, got.Status)
		}
	}
	skipped := r.Ask(t, `{ hosts(first: 1) { totalCount } upstream @skip(if: true) { demo } }`, "", nil)
	maxAge(t, skipped)
}

func TestKeeping_notWhatIsStaleOrWarnedOf(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	tag := r.Ask(t, explainedHosts, "", nil).Header.Get("ETag")
	w.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listHostDetails", "kind": "status", "status": 400}})
	for _, test := range []struct {
		name    string
		length  time.Duration
		warning bool
	}{{"stale", 2 * time.Minute, false}, {"expired", 20 * time.Minute, true}} {
		w.Clock.Advance(test.length)
		got := r.Ask(t, explainedHosts, "", http.Header{"If-None-Match": {tag}})
		if got.Status != http.StatusOK || got.Header.Get("Cache-Control") != "private, no-store" ||
			got.Header.Get("ETag") != "" {
			t.Errorf("%s: %d, Cache-Control %q: %.300s", test.name, got.Status, got.Header.Get("Cache-Control"), got.Raw)
		}
		if warned := got.Body.Extensions["warnings"] != nil; warned != test.warning {
			t.Errorf("%s: a warning is %v: %.300s", test.name, warned, got.Raw)
		}
	}
}

func TestKeeping_notModified(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	first := r.Ask(t, explainedHosts, "", nil)
	tag := first.Header.Get("ETag")
	if !regexp.MustCompile(`^"[A-Za-z0-9_-]{12,24}"$`).MatchString(tag) {
		t.Fatalf("ETag %q", tag)
	}
	w.Clock.Advance(5 * time.Second)
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
		for method, got := range map[string]*kit.Reply{
			"GET": fetch(t, r, explainedHosts, header), "POST": r.Ask(t, explainedHosts, "", header),
		} {
			want := http.StatusOK
			if test.held {
				want = http.StatusNotModified
			}
			if got.Status != want || (got.Raw == "") != test.held || got.Header.Get("ETag") != tag {
				t.Errorf("%s by %s: %d, ETag %q: %.300s", name, method, got.Status, got.Header.Get("ETag"), got.Raw)
			}
			if maxAge(t, got) < 40 || got.Header.Get("Age") != "5" || got.Header.Get("Vary") == "" ||
				got.Header.Get("X-Request-Id") == "" {
				t.Errorf("%s by %s: header %v", name, method, got.Header)
			}
		}
	}
	other := r.Ask(t, explainedHosts, "", http.Header{"Accept": {"application/json"}, "If-None-Match": {tag}})
	if other.Status != http.StatusOK || other.Header.Get("ETag") == tag {
		t.Errorf("another media type: %d, ETag %q", other.Status, other.Header.Get("ETag"))
	}
	w.Clock.Advance(2 * time.Minute)
	testkit.Eventually(t, "no new data", func() bool { return r.Ask(t, explainedHosts, "", nil).Header.Get("ETag") != "" })
	changed := r.Ask(t, explainedHosts, "", http.Header{"If-None-Match": {tag}})
	if changed.Status != http.StatusOK || changed.Header.Get("ETag") == tag {
		t.Errorf("after a refresh: %d, ETag %q", changed.Status, changed.Header.Get("ETag"))
	}
}

// TestHostile_otherTenantsETag_H172 has answers of equal bytes for two tenants, and a caller who is not admitted.
func TestHostile_otherTenantsETag_H172(t *testing.T) {
	t.Parallel()
	type tenantKey struct{}
	s := kit.NewSite(t, func(options *kit.SiteOptions) {
		options.Transport.Admit = func(r *http.Request) (context.Context, *gqlerror.Error) {
			tenant := r.Header.Get("X-HCSO-Domain-Id")
			if tenant == "" {
				return nil, &gqlerror.Error{Message: "Who are you?", Extensions: map[string]any{"code": "UNAUTHENTICATED"}}
			}
			return context.WithValue(r.Context(), tenantKey{}, tenant), nil
		}
		options.Transport.Keep = func(ctx context.Context, _ *graphql.Response) httpapi.Keeping {
			tenant, _ := ctx.Value(tenantKey{}).(string)
			return httpapi.Keeping{Client: true, MaxAge: 90*time.Second + 999*time.Millisecond, Scope: tenant}
		}
	})
	ask := func(document, tenant, tag string) *kit.Reply {
		return s.Send(t, http.MethodPost, s.URL, kit.RequestBody(t, document, ""), map[string]string{
			"Content-Type": "application/json", "X-HCSO-Domain-Id": tenant, "If-None-Match": tag,
		})
	}
	first := ask(`{__typename}`, "a", "")
	tag := first.Header.Get("ETag")
	if first.Status != 200 || tag == "" || first.Header.Get("Cache-Control") != "private, max-age=90" {
		t.Fatalf("got %d %v", first.Status, first.Header)
	}
	if got := ask(`{__typename}`, "a", tag); got.Status != http.StatusNotModified {
		t.Errorf("the same tenant: %d", got.Status)
	}
	if got := ask(`{__typename}`, "b", tag); got.Status != 200 || got.Header.Get("ETag") == tag {
		t.Errorf("another tenant: %d, ETag %q", got.Status, got.Header.Get("ETag"))
	}
	if got := ask(`{__typename}`, "", tag); got.Status != 401 || got.Header.Get("ETag") != "" {
		t.Errorf("nobody: %d %v", got.Status, got.Header)
	}
	if got := ask(`{broken}`, "a", "*"); got.Status != 200 || got.Header.Get("ETag") != "" ||
		got.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("with an error: %d %v", got.Status, got.Header)
	}
}
