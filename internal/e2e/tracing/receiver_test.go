package tracing

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// receiver takes traces over HTTP, as a collector does.
type receiver struct {
	*httptest.Server

	mu       sync.Mutex
	spans    []*span
	resource map[string]any
	bytes    bytes.Buffer // of all messages, unpacked
	headers  []http.Header
	paths    []string

	status int           // answers of another class than 2xx take nothing
	hangs  chan struct{} // nil: it answers
}

// span is one received span.
type span struct {
	*otlp.Span

	id, parent, trace string
	attributes        map[string]any
}

// receive starts a receiver.
func receive(t *testing.T) *receiver {
	t.Helper()
	c := &receiver{status: http.StatusOK}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// ServeHTTP implements http.Handler.
func (c *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	hangs, status := c.hangs, c.status
	c.mu.Unlock()
	if hangs != nil {
		select {
		case <-hangs:
		case <-r.Context().Done():
		}
		return
	}
	packed, err := gzip.NewReader(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	body, err := io.ReadAll(packed)
	var message otlp.TracesData
	if err == nil {
		err = proto.Unmarshal(body, &message)
	}
	if err != nil || r.Header.Get("Content-Type") != "application/x-protobuf" {
		http.Error(w, "not a message", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.headers, c.paths = append(c.headers, r.Header.Clone()), append(c.paths, r.Method+" "+r.URL.Path)
	c.bytes.Write(body)
	w.WriteHeader(status)
	if status/100 != 2 {
		_, _ = io.WriteString(w, "the receiver has a secret-in-its-answer")
		return
	}
	for _, of := range message.GetResourceSpans() {
		c.resource = attributesOf(of.GetResource().GetAttributes())
		for _, scope := range of.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				c.spans = append(c.spans, &span{
					Span: s, id: hex.EncodeToString(s.GetSpanId()), parent: hex.EncodeToString(s.GetParentSpanId()),
					trace: hex.EncodeToString(s.GetTraceId()), attributes: attributesOf(s.GetAttributes()),
				})
			}
		}
	}
}

func attributesOf(list []*common.KeyValue) map[string]any {
	attributes := map[string]any{}
	for _, entry := range list {
		switch value := entry.GetValue().GetValue().(type) {
		case *common.AnyValue_StringValue:
			attributes[entry.GetKey()] = value.StringValue
		case *common.AnyValue_IntValue:
			attributes[entry.GetKey()] = value.IntValue
		case *common.AnyValue_DoubleValue:
			attributes[entry.GetKey()] = value.DoubleValue
		case *common.AnyValue_BoolValue:
			attributes[entry.GetKey()] = value.BoolValue
		}
	}
	return attributes
}

// all are the spans so far.
func (c *receiver) all() []*span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// text is what was received so far.
func (c *receiver) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes.String()
}

// set has the receiver answer with a status, and hang where there is a channel until that is closed.
func (c *receiver) set(status int, hangs chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status, c.hangs = status, hangs
}

// environ is the environment of a gateway that sends all traces here.
func (c *receiver) environ(more ...string) []string {
	return append([]string{"OPSGRAPH_TRACING_ENDPOINT=" + c.URL, "OPSGRAPH_TRACING_RATIO=1"}, more...)
}

// tree are the spans of one trace.
type tree []*span

// traceOf are the spans of the trace that has a root of that name: the only one, or the nth of them by time.
func (c *receiver) traceOf(t *testing.T, root string, nth int) tree {
	t.Helper()
	var roots []*span
	all := c.all()
	for _, s := range all {
		if s.GetName() == root && !slices.ContainsFunc(all, func(other *span) bool { return other.id == s.parent }) {
			roots = append(roots, s)
		}
	}
	slices.SortFunc(roots, func(a, b *span) int { return int(a.GetStartTimeUnixNano()) - int(b.GetStartTimeUnixNano()) })
	if nth >= len(roots) {
		t.Fatalf("%d traces begin with %q, want more than %d: %v", len(roots), root, nth, namesOf(all))
	}
	var trace tree
	for _, s := range all {
		if s.trace == roots[nth].trace {
			trace = append(trace, s)
		}
	}
	return trace
}

func namesOf(spans []*span) []string {
	names := map[string]bool{}
	for _, s := range spans {
		names[s.GetName()] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// named are the spans whose names begin with a text.
func (tr tree) named(prefix string) (found tree) {
	for _, s := range tr {
		if strings.HasPrefix(s.GetName(), prefix) {
			found = append(found, s)
		}
	}
	return found
}

// one is the only span of a name.
func (tr tree) one(t *testing.T, name string) *span {
	t.Helper()
	var found []*span
	for _, s := range tr {
		if s.GetName() == name {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d spans %q, want one, in %v", len(found), name, namesOf(tr))
	}
	return found[0]
}

// path are the names from a span up to the root.
func (tr tree) path(s *span) string {
	names := []string{s.GetName()}
	for up := s; up != nil; {
		i := slices.IndexFunc(tr, func(other *span) bool { return other.id == up.parent })
		if i < 0 {
			break
		}
		up = tr[i]
		names = append(names, up.GetName())
	}
	return strings.Join(names, " < ")
}

// events are the attributes of a span's events of one name.
func (s *span) events(name string) (found []map[string]any) {
	for _, e := range s.GetEvents() {
		if e.GetName() == name {
			found = append(found, attributesOf(e.GetAttributes()))
		}
	}
	return found
}

// linked reports whether a span is linked to a trace.
func (s *span) linked(trace string) bool {
	return slices.ContainsFunc(s.GetLinks(), func(l *otlp.Span_Link) bool { return hex.EncodeToString(l.GetTraceId()) == trace })
}
