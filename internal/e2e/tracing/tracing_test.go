// Package tracing proves over HTTP what the traces of the gateway show, where they go, and that nothing waits for them.
package tracing

import (
	"bufio"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	otlp "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

const (
	machines    = `query Machines { hosts(first: 2) { nodes { name virtualMachines(first: 2) { nodes { name } } } } }`
	request     = "POST /graphql"
	hostList    = "listHostDetails"
	machineList = "listHostVms"
)

// executed has a query executed, whatever answers are kept.
func executed(pairs ...string) http.Header {
	return kit.With(http.Header{"Cache-Control": {"no-cache"}}, pairs...)
}

// ask asks without expecting an error.
func ask(t *testing.T, r *kit.Replica, document string, header http.Header) {
	t.Helper()
	got := r.Ask(t, document, "", header)
	if got.Status != http.StatusOK || len(got.Body.Errors) > 0 {
		t.Fatalf("%d %.500s", got.Status, got.Raw)
	}
}

// TestTrace_cold: the trace of a query that nothing is held for has its stages, the fields that wait, the batches, the
// refreshes, and each call that has arrived, in the right places.
func TestTrace_cold(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewWorld(t, kit.WorldSettings{Hosts: 4, Regions: 2})
	r := w.StartGateway(t, "", c.environ("OPSGRAPH_ENVIRONMENT=lab")...)
	ask(t, r, machines, nil)
	r.Close()
	trace := c.traceOf(t, request, 0)
	for _, path := range []string{
		"admission < POST /graphql", "body < POST /graphql", "document < POST /graphql", "arguments < POST /graphql",
		"cost < POST /graphql", "query < POST /graphql", "queue < query < POST /graphql",
		"execution < query < POST /graphql", "resolve Query.hosts < execution < query < POST /graphql",
		"resolve Host.virtualMachines < execution < query < POST /graphql", "writing < POST /graphql",
	} {
		name, _, _ := strings.Cut(path, " < ")
		if got := trace.path(trace.one(t, name)); got != path {
			t.Errorf("%s, want %s", got, path)
		}
	}
	calls, arrived := trace.named("GET /rest/"), w.Lists()+w.Sim.Calls()[machineList]
	if len(calls) != arrived || arrived < 2 {
		t.Errorf("%d calls in the trace, %d arrived: %v", len(calls), arrived, w.Arrived())
	}
	for _, call := range calls {
		operation, _ := call.attributes["opsgraph.operation"].(string)
		want := "GET " + call.attributes["url.template"].(string) + " < refresh " + operation + " < load " + operation +
			" < query < POST /graphql"
		if got := trace.path(call); got != want && !strings.HasSuffix(got, " < cost < POST /graphql") {
			t.Errorf("a call stands in %s, want %s", got, want)
		}
		if call.GetKind() != otlp.Span_SPAN_KIND_CLIENT || call.attributes["http.response.status_code"] != int64(200) ||
			call.attributes["opsgraph.system"] != "esm" || call.attributes["opsgraph.sent"] != true {
			t.Errorf("call %v", call.attributes)
		}
		if _, known := call.attributes["opsgraph.quota.wait"].(float64); !known {
			t.Errorf("a call does not tell how long it waited for the quota: %v", call.attributes)
		}
	}
	whole := trace.one(t, request)
	if whole.GetKind() != otlp.Span_SPAN_KIND_SERVER || whole.attributes["http.response.status_code"] != int64(200) ||
		whole.attributes["http.route"] != "/graphql" || whole.parent != "" {
		t.Errorf("request %v", whole.attributes)
	}
	query := trace.one(t, "query")
	if query.attributes["graphql.operation.type"] != "query" || query.attributes["graphql.operation.name"] != "Machines" ||
		query.attributes["opsgraph.upstream.calls"] != int64(len(calls)) ||
		query.attributes["opsgraph.cost.fields"].(int64) < 10 || len(query.attributes["opsgraph.document.hash"].(string)) != 64 {
		t.Errorf("query %v", query.attributes)
	}
	if c.resource["service.name"] != "opsgraph" || c.resource["deployment.environment.name"] != "lab" {
		t.Errorf("resource %v", c.resource)
	}
	if !slices.Equal(slices.Compact(c.paths), []string{"POST /v1/traces"}) {
		t.Errorf("asked %v", c.paths)
	}
}

// TestTrace_warm: what memory has costs no span but those of the stages; a kept answer has the shortest trace.
func TestTrace_warm(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewWorld(t, kit.WorldSettings{Hosts: 4, Regions: 2})
	r := w.StartGateway(t, "", c.environ()...)
	ask(t, r, machines, nil)
	ask(t, r, machines, executed())
	ask(t, r, machines, nil) // kept: the first one had to learn which regions there are
	ask(t, r, machines, nil)
	r.Close()
	warm := c.traceOf(t, request, 1)
	for _, prefix := range []string{"load ", "refresh ", "resolve ", "GET "} {
		if found := warm.named(prefix); len(found) > 0 {
			t.Errorf("a warm query has the spans %v", namesOf(found))
		}
	}
	query := warm.one(t, "query")
	hits := query.events("cache hit")
	if len(hits) != 2 || hits[0]["opsgraph.cache.tier"] != "memory" || hits[0]["opsgraph.cache.state"] != "fresh" {
		t.Errorf("what memory had: %v", hits)
	}
	if data := query.events("data"); len(data) != 2 || data[0]["opsgraph.cache.state"] != "fresh" {
		t.Errorf("data %v", data)
	}
	if query.attributes["opsgraph.upstream.calls"] != int64(0) {
		t.Errorf("query %v", query.attributes)
	}
	kept := c.traceOf(t, request, 3)
	if want := []string{request, "admission", "kept answer"}; !slices.Equal(namesOf(kept), want) {
		t.Errorf("a kept answer has %v, want %v", namesOf(kept), want)
	}
}

// TestTrace_redis: a second replica takes from Redis what the first one has read, and its trace says so.
func TestTrace_redis(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewWorld(t, kit.WorldSettings{Hosts: 4, Regions: 2})
	environ := kit.WithRedis(redistest.Start(t))
	first := w.StartGateway(t, "", environ...)
	ask(t, first, machines, nil)
	first.Close() // what it has read is in Redis then
	w.Forget()
	second := w.StartGateway(t, "", append(environ, c.environ()...)...)
	ask(t, second, machines, nil)
	second.Close()
	trace := c.traceOf(t, request, 0)
	if calls := trace.named("GET "); len(calls) > 0 || len(w.Arrived()) > 0 {
		t.Errorf("it calls %v", w.Arrived())
	}
	list := trace.one(t, "refresh "+hostList)
	if hits := list.events("cache redis_hit"); len(hits) != 1 || hits[0]["opsgraph.cache.tier"] != "redis" {
		t.Errorf("refresh %v: %v", list.attributes, hits)
	}
}

// TestTrace_stale: what is stale is answered, and refreshed in a trace of its own, linked to the one that began it.
func TestTrace_stale(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewWorld(t, kit.WorldSettings{Hosts: 4, Regions: 2})
	r := w.StartGateway(t, "", c.environ()...)
	const list = `{ hosts(first: 2) { totalCount } }`
	ask(t, r, list, nil)
	w.Clock.Advance(2 * time.Minute)
	ask(t, r, list, nil)
	w.Settle(t)
	r.Close()
	stale := c.traceOf(t, request, 1)
	if hits := stale.one(t, "query").events("cache stale"); len(hits) != 1 || hits[0]["opsgraph.cache.state"] != "stale" {
		t.Errorf("query %v", hits)
	}
	if age, _ := stale.one(t, "query").attributes["opsgraph.age"].(float64); age < 110 || age > 130 {
		t.Errorf("the data are %v s old, want about 120", age)
	}
	if found := stale.named("refresh "); len(found) > 0 {
		t.Errorf("the trace of the query has %v", namesOf(found))
	}
	refresh := c.traceOf(t, "refresh "+hostList, 0)
	root := refresh.one(t, "refresh "+hostList)
	if root.parent != "" || !root.linked(stale[0].trace) || root.attributes["opsgraph.background"] != true {
		t.Errorf("refresh %v, links %v", root.attributes, root.GetLinks())
	}
	calls := refresh.named("GET /rest/")
	if len(calls) != 1 || calls[0].parent != root.id || calls[0].attributes["opsgraph.quota.lane"] != "background" {
		t.Errorf("calls of the refresh: %v", namesOf(calls))
	}
	if got := root.events("cache refresh"); len(got) != 1 || got[0]["opsgraph.cache.tier"] != "upstream" {
		t.Errorf("refresh %v", got)
	}
}

// TestTrace_retried: each attempt of a call that is made again is a span, with its status and the kind of its error.
func TestTrace_retried(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewWorld(t, kit.WorldSettings{Hosts: 4, Regions: 2})
	r := w.StartGateway(t, "", c.environ()...)
	failed := false
	fails := func(call *http.Request) int {
		if failed || !strings.Contains(call.URL.Path, "/host/detail") {
			return 0
		}
		failed = true
		return http.StatusBadGateway
	}
	w.Fails.Store(&fails)
	ask(t, r, `{ hosts(first: 2) { totalCount } }`, nil)
	r.Close()
	calls := c.traceOf(t, request, 0).named("GET /rest/")
	if len(calls) != 2 {
		t.Fatalf("%d attempts, want 2", len(calls))
	}
	slices.SortFunc(calls, func(a, b *span) int { return int(a.GetStartTimeUnixNano()) - int(b.GetStartTimeUnixNano()) })
	first, second := calls[0], calls[1]
	if first.attributes["http.response.status_code"] != int64(502) || first.attributes["error.type"] != "unavailable" ||
		first.GetStatus().GetCode() != otlp.Status_STATUS_CODE_ERROR {
		t.Errorf("first attempt %v %v", first.attributes, first.GetStatus())
	}
	if second.attributes["http.response.status_code"] != int64(200) || second.attributes["error.type"] != nil ||
		second.attributes["http.request.resend_count"] != int64(1) {
		t.Errorf("second attempt %v", second.attributes)
	}
}

// TestTrace_event: each event of a subscription has a trace of its own, which is made if its caller's is.
func TestTrace_event(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewLiveWorld(t)
	r := w.StartLive(t, c.environ("OPSGRAPH_TRACING_RATIO=0")...)
	events := r.FollowAs(t, kit.AlarmSubscription, http.Header{"Traceparent": {sampledParent}})
	w.Baseline(t)
	for range 2 {
		events.WantAlarm("RAISED", w.Raise(t))
	}
	r.Close()
	for n := range 2 {
		event := c.traceOf(t, "subscription", n)
		root := event.one(t, "subscription")
		if root.parent != "" || !root.linked(parentTrace) || root.attributes["graphql.operation.type"] != "subscription" {
			t.Errorf("event %v, links %v", root.attributes, root.GetLinks())
		}
	}
	testkit.Eventually(t, "the stream goes on", func() bool { _, ok := events.Next(); return !ok })
}

// TestTrace_continued: the request for a subscription that is answered as an event stream has a trace, which its events
// and the polls for them are not part of: they are linked to it.
func TestTrace_continued(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewLiveWorld(t)
	r := w.StartLive(t, c.environ()...)
	response := r.Post(t, kit.RequestBody(t, kit.AlarmSubscription, ""),
		http.Header{"Accept": {"application/graphql-response+json, text/event-stream"}})
	w.Baseline(t)
	w.Raise(t)
	lines := bufio.NewScanner(response.Body)
	came := false
	for !came && lines.Scan() {
		came = strings.HasPrefix(lines.Text(), "data: {")
	}
	if !came {
		t.Fatalf("no event: %v", lines.Err())
	}
	_ = response.Body.Close()
	testkit.Eventually(t, "the request has not ended", func() bool {
		return r.Metric(t, "opsgraph_http_requests_active") == 0
	})
	r.Close()
	whole := c.traceOf(t, request, 0)
	event := c.traceOf(t, "subscription", 0).one(t, "subscription")
	if !event.linked(whole[0].trace) {
		t.Errorf("the event's links are %v", event.GetLinks())
	}
	if found := append(whole.named("refresh "), whole.named("GET ")...); len(found) > 0 {
		t.Errorf("the request's trace has %v", namesOf(found))
	}
}
