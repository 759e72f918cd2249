package kit

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"

	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/guard"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// Site is the whole HTTP side of a gateway on loopback.
type Site struct {
	URL    string
	Client *http.Transport
	Schema *SiteSchema
	Log    *testkit.Log
	Live   *streams.Connections
}

// SiteOptions are the settings of a site that tests change.
type SiteOptions struct {
	Transport       httpapi.Options
	Limits          guard.Limits
	NoIntrospection bool
	Deadline        time.Duration
	Wire            func(*listen.Limits)
	Live            streams.Options
}

// NewSite starts a site; change may be nil.
func NewSite(t *testing.T, change func(*SiteOptions)) *Site {
	t.Helper()
	log := &testkit.Log{}
	logger, err := telemetry.NewLogger(log, "debug", "text") // as the program logs
	if err != nil {
		t.Fatal(err)
	}
	options := SiteOptions{Limits: guard.DefaultLimits(), Deadline: 5 * time.Second}
	options.Transport.Logger, options.Transport.Late = logger, gateway.Late
	if change != nil {
		change(&options)
	}
	schema := NewSiteSchema()
	schema.Late = options.Deadline
	server := handler.New(schema)
	var events *streams.EventStream
	options.Transport.Stream = func(
		ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor,
		operation *graphql.OperationContext,
	) {
		events.Continue(ctx, w, r, exec, operation)
	}
	transport, err := httpapi.NewTransport(options.Transport)
	if err != nil {
		t.Fatal(err)
	}
	options.Live.HTTP = transport
	if options.Live.Connections == nil {
		options.Live.Connections = streams.NewConnections(100)
	}
	events = addLive(t, server, options.Live)
	server.AddTransport(transport)
	documents, err := guard.NewDocuments(1000, 32<<20)
	if err != nil {
		t.Fatal(err)
	}
	server.SetQueryCache(documents)
	server.SetRecoverFunc(httpapi.RecoverFunc(logger))
	server.Use(guard.NewDocumentCheck(schema.Schema(), options.Limits, documents, !options.NoIntrospection))
	server.Use(NewArgumentCheck(t, schema))
	server.AroundOperations(gateway.Deadline(options.Deadline))
	server.AroundResponses(refusal.DefaultLimits().InterceptResponse)

	limits := listen.DefaultLimits()
	if options.Wire != nil {
		options.Wire(&limits)
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", server)
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("CANARY-panic-value") })
	listener := httptest.NewUnstartedServer(nil)
	whole := httpapi.NoteArrival(httpapi.WithRequestID(httpapi.RecoverHTTP(logger, mux)))
	listener.Config = listen.NewServer(whole, limits, logger).Server
	listener.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := options.Live.Connections.End(ctx); err != nil { // event streams would keep the listener
			t.Errorf("live connections do not end: %v", err)
		}
		listener.Close()
	})
	// A bare transport: it follows nothing and adds no header but its own Accept-Encoding, switched off.
	client := &http.Transport{DisableCompression: true}
	t.Cleanup(client.CloseIdleConnections)
	return &Site{URL: listener.URL + "/graphql", Client: client, Schema: schema, Log: log, Live: options.Live.Connections}
}

// addLive adds the transports for WebSockets and event streams, whose connections end with the test.
func addLive(t *testing.T, server *handler.Server, options streams.Options) *streams.EventStream {
	t.Helper()
	sockets, err := streams.NewWebSocket(options)
	if err != nil {
		t.Fatal(err)
	}
	events, err := streams.NewEventStream(options)
	if err != nil {
		t.Fatal(err)
	}
	server.AddTransport(sockets)
	server.AddTransport(events)
	return events
}

// NewArgumentCheck is the check of arguments for the schema of a site.
func NewArgumentCheck(t *testing.T, schema *SiteSchema) *guard.ArgumentCheck {
	t.Helper()
	check, err := guard.NewArgumentCheck(schema.Schema(), testFormats(), testScalars())
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// Send sends a request made by the arguments and reads the whole answer.
func (s *Site) Send(t *testing.T, method, target, body string, header map[string]string) *Reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		if value == "" {
			request.Header.Del(name)
			continue
		}
		request.Header.Set(name, value)
	}
	response, err := s.Client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	return ReadReply(t, response)
}

// Post sends a body as the default request of the catalogue of hostile input.
func (s *Site) Post(t *testing.T, body string) *Reply {
	t.Helper()
	return s.Send(t, http.MethodPost, s.URL, body, map[string]string{
		"Content-Type": "application/json", "Accept": "application/graphql-response+json",
	})
}

// Query sends a document with variables, given as JSON or empty.
func (s *Site) Query(t *testing.T, document, variables string) *Reply {
	t.Helper()
	return s.Post(t, RequestBody(t, document, variables))
}

// Get sends a document by GET with the given headers.
func (s *Site) Get(t *testing.T, parameters url.Values, header map[string]string) *Reply {
	t.Helper()
	return s.Send(t, http.MethodGet, s.URL+"?"+parameters.Encode(), "", header)
}

// WantRefused checks the safe outcome of a refusal: status and code, no data, a small answer, a request id, and nothing
// executed.
func (s *Site) WantRefused(t *testing.T, got *Reply, status int, codes ...string) {
	t.Helper()
	matched := false
	for _, code := range codes {
		matched = matched || got.Code() == code
	}
	if got.Status != status || !matched {
		t.Errorf("got %d %q, want %d %q: %.400s", got.Status, got.Code(), status, codes, got.Raw)
	}
	if strings.Contains(got.Raw, `"data"`) {
		t.Errorf("a refused request has data: %.400s", got.Raw)
	}
	if len(got.Raw) > 8<<10 {
		t.Errorf("the refusal has %d bytes", len(got.Raw))
	}
	if len(got.Body.Errors) > 20 {
		t.Errorf("the refusal has %d errors", len(got.Body.Errors))
	}
	for _, one := range got.Body.Errors {
		if length := len([]rune(one.Message)); length > 300 {
			t.Errorf("a message has %d characters", length)
		}
		if one.Extensions["requestId"] == nil {
			t.Errorf("an error has no request id: %.400s", got.Raw)
		}
	}
	if calls := s.Schema.Calls.Load(); calls != 0 {
		t.Errorf("%d fields were resolved", calls)
	}
}

// Probe checks that the site still answers.
func (s *Site) Probe(t *testing.T) {
	t.Helper()
	got := s.Query(t, `{__typename}`, "")
	if got.Status != http.StatusOK || string(got.Body.Data) != `{"__typename":"Query"}` {
		t.Errorf("probe: %d %s", got.Status, got.Raw)
	}
}

// Numbered joins n texts that are made from their numbers.
func Numbered(n int, format string) string {
	var text strings.Builder
	for i := range n {
		text.WriteString(strings.ReplaceAll(format, "#", strconv.Itoa(i)))
	}
	return text.String()
}
