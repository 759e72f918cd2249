package traces_test

import (
	"compress/gzip"
	"context"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/opsgraph/opsgraph/internal/telemetry/traces"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// receiver answers exports one after another by its list of answers, the last of them again and again.
type receiver struct {
	mu      sync.Mutex
	answers []func(w http.ResponseWriter)
	names   [][]string // of the spans of each export
}

func (c *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	packed, err := gzip.NewReader(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	body, _ := io.ReadAll(packed)
	var message otlp.TracesData
	if err := proto.Unmarshal(body, &message); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var names []string
	for _, of := range message.GetResourceSpans() {
		for _, scope := range of.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				names = append(names, s.GetName())
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := c.answers[0]
	if len(c.answers) > 1 {
		c.answers = c.answers[1:]
	}
	c.names = append(c.names, names)
	answer(w)
}

func status(code int, header ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// counts are the spans by their outcomes.
type counts struct {
	mu     sync.Mutex
	counts map[traces.Outcome]int
}

func (c *counts) add(outcome traces.Outcome, spans int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[traces.Outcome]int{}
	}
	c.counts[outcome] += spans
}

func (c *counts) of(outcome traces.Outcome) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[outcome]
}

// open makes traces that are sent to an address.
func open(t *testing.T, address string, change func(*traces.Options)) (*traces.Traces, *counts, *testkit.Log) {
	t.Helper()
	seen, log := &counts{}, &testkit.Log{}
	o := traces.Options{
		Endpoint: address, Ratio: 1, Timeout: 5 * time.Second, Queue: 100, Service: "test", Version: "1",
		Count: seen.add, Logger: log.Logger(),
	}
	if change != nil {
		change(&o)
	}
	made, err := traces.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { made.Close(t.Context()) })
	return made, seen, log
}

// end makes so many spans.
func end(made *traces.Traces, number int) {
	for range number {
		_, span := made.Start(context.Background(), "work")
		span.End()
	}
}

// TestExport_answers: what an answer says decides what became of the spans; what may pass is tried again.
func TestExport_answers(t *testing.T) {
	t.Parallel()
	partial := protowire.AppendTag(nil, 1, protowire.VarintType)
	partial = protowire.AppendVarint(partial, 2)
	message := protowire.AppendTag(nil, 1, protowire.BytesType)
	message = protowire.AppendBytes(message, partial)
	type outcomes = map[traces.Outcome]int
	answers := func(answers ...func(http.ResponseWriter)) []func(http.ResponseWriter) { return answers }
	body := func(text []byte) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { _, _ = w.Write(text) }
	}
	tests := map[string]struct {
		answers []func(http.ResponseWriter)
		exports int
		want    outcomes
	}{
		"taken":                        {answers(status(200)), 1, outcomes{traces.Sent: 3}},
		"refused":                      {answers(status(400)), 1, outcomes{traces.Refused: 3}},
		"a redirect":                   {answers(status(302, "Location", "/")), 1, outcomes{traces.Refused: 3}},
		"later, then taken":            {answers(status(503, "Retry-After", "0"), status(200)), 2, outcomes{traces.Sent: 3}},
		"later again, and no":          {answers(status(429)), 3, outcomes{traces.Refused: 3}},
		"some rejected":                {answers(body(message)), 1, outcomes{traces.Sent: 1, traces.Rejected: 2}},
		"an answer that is no message": {answers(body([]byte("<html>\xff"))), 1, outcomes{traces.Sent: 3}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &receiver{answers: test.answers}
			server := httptest.NewServer(c)
			defer server.Close()
			made, seen, _ := open(t, server.URL, nil)
			end(made, 3)
			made.Close(t.Context())
			for _, outcome := range traces.Outcomes() {
				if got := seen.of(outcome); got != test.want[outcome] {
					t.Errorf("%d spans %s, want %d", got, outcome, test.want[outcome])
				}
			}
			if len(c.names) != test.exports || len(c.names[0]) != 3 {
				t.Errorf("exports %v, want %d", c.names, test.exports)
			}
		})
	}
}

// TestQueue_bounds: a receiver that hangs fills the queue, nobody waits for it, and what is more is dropped: now and
// then with a line in the log.
func TestQueue_bounds(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}, 1), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case arrived <- struct{}{}:
		default:
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(release)
	clock := testkit.NewClock(time.Now())
	made, seen, log := open(t, server.URL, func(o *traces.Options) { o.Queue, o.Timeout, o.Now = 600, time.Minute, clock.Now })
	end(made, 512)
	<-arrived
	end(made, 600)
	if seen.of(traces.Full) != 0 {
		t.Errorf("%d spans found no room, before the queue was full", seen.of(traces.Full))
	}
	end(made, 30)
	clock.Advance(2 * time.Minute)
	end(made, 1)
	if got := seen.of(traces.Full); got != 31 {
		t.Errorf("%d spans found no room, want 31", got)
	}
	if lines := strings.Count(log.String(), "spans dropped"); lines != 2 || !strings.Contains(log.String(), "spans=30") {
		t.Errorf("%d lines: %s", lines, log)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	made.Close(over)
	end(made, 1)
	if got := seen.of(traces.Stopped); got != 512+600+1 {
		t.Errorf("%d spans were there at the end, want all", got)
	}
}

// TestExport_quiet: what is told of a receiver that is none has nothing of what it said, and of its address no path.
func TestExport_quiet(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = connection.Write([]byte("HTTP/1.1 2xx-said\r\n\r\n"))
		_ = connection.Close()
	}))
	t.Cleanup(server.Close)
	for address, want := range map[string]string{
		server.URL + "/path": "no HTTP", "https" + server.URL[4:] + "/path": "no HTTP",
		"http://127.0.0.1:1/path": "connection refused",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			made, seen, log := open(t, address, nil)
			end(made, 1)
			made.Close(t.Context())
			told := log.String()
			if seen.of(traces.Unanswered) != 1 || !strings.Contains(told, want) {
				t.Errorf("%s: the log lacks %q: %s", address, want, told)
			}
			if strings.Contains(told, "2xx-said") || strings.Contains(told, "path") {
				t.Errorf("%s: the log has more than it may: %s", address, told)
			}
		})
	}
}

// TestSampling: a trace that another one of this process began is made if that was, whatever the ratio.
func TestSampling(t *testing.T) {
	t.Parallel()
	c := &receiver{answers: []func(http.ResponseWriter){status(200)}}
	server := httptest.NewServer(c)
	defer server.Close()
	of := func(flags trace.TraceFlags, remote bool) trace.SpanContext {
		return trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}, TraceFlags: flags, Remote: remote,
		})
	}
	for ratio, wants := range map[float64][]bool{0: {true, false, false}, 1: {true, false, true}} {
		made, _, _ := open(t, server.URL, func(o *traces.Options) { o.Ratio = ratio })
		for i, cause := range []trace.SpanContext{of(trace.FlagsSampled, false), of(0, false), of(trace.FlagsSampled, true)} {
			_, span := made.Start(t.Context(), "work", trace.WithNewRoot(), trace.WithLinks(trace.Link{SpanContext: cause}))
			if got := span.IsRecording(); got != wants[i] {
				t.Errorf("ratio %v, begun by %v: made is %v", ratio, cause.TraceFlags(), got)
			}
			span.End()
		}
	}
}

// TestSpans_bounded: one span holds no more than its limits.
func TestSpans_bounded(t *testing.T) {
	t.Parallel()
	made, _, _ := open(t, "http://127.0.0.1:1", nil)
	_, span := made.Start(t.Context(), "work")
	for range 1000 {
		span.AddEvent("event")
	}
	span.SetAttributes(attribute.String("long", strings.Repeat("x", 1000)))
	span.End()
	ended := span.(sdk.ReadOnlySpan)
	if events := len(ended.Events()); events != 64 {
		t.Errorf("%d events, want 64", events)
	}
	if value := ended.Attributes()[0].Value.AsString(); len(value) != 200 {
		t.Errorf("an attribute of %d bytes, want 200", len(value))
	}
}

// TestReceiver_authority: a receiver is believed when the configured authority signs it, and not else.
func TestReceiver_authority(t *testing.T) {
	t.Parallel()
	c := &receiver{answers: []func(http.ResponseWriter){status(200)}}
	server := httptest.NewTLSServer(c)
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	for _, believed := range []bool{true, false} {
		made, seen, log := open(t, server.URL, func(o *traces.Options) {
			if believed {
				o.Roots = roots
			}
		})
		end(made, 1)
		made.Close(t.Context())
		if got := seen.of(traces.Sent) == 1; got != believed {
			t.Errorf("believed %v: %s", got, log)
		}
	}
	if !slices.Equal(c.names[0], []string{"work"}) {
		t.Errorf("received %v", c.names)
	}
}
