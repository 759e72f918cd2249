package gateway_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"

	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// site is a gateway on loopback with everything of the HTTP side in place.
type site struct {
	url    string
	client *http.Transport
	schema *testSchema
	log    *testkit.Log
	live   *gateway.LiveConnections
}

// siteOptions are what tests change of a site.
type siteOptions struct {
	transport       gateway.TransportOptions
	limits          gateway.DocumentLimits
	noIntrospection bool
	deadline        time.Duration
	wire            func(*gateway.ServerLimits)
	live            gateway.LiveOptions
}

func newSite(t *testing.T, change func(*siteOptions)) *site {
	t.Helper()
	log := &testkit.Log{}
	logger := log.Logger()
	options := siteOptions{limits: gateway.DefaultDocumentLimits(), deadline: 5 * time.Second}
	options.transport.Logger = logger
	if change != nil {
		change(&options)
	}
	schema := newTestSchema()
	server := handler.New(schema)
	transport, err := gateway.NewTransport(options.transport)
	if err != nil {
		t.Fatal(err)
	}
	options.live.HTTP = transport
	if options.live.Connections == nil {
		options.live.Connections = gateway.NewLiveConnections(100)
	}
	addLive(t, server, options.live)
	server.AddTransport(transport)
	documents, err := gateway.NewDocuments(1000, 32<<20)
	if err != nil {
		t.Fatal(err)
	}
	server.SetQueryCache(documents)
	server.SetRecoverFunc(gateway.RecoverFunc(logger))
	server.Use(gateway.NewDocumentCheck(schema.Schema(), options.limits, documents, !options.noIntrospection))
	server.Use(newArgumentCheck(t, schema))
	server.AroundOperations(gateway.Deadline(options.deadline))
	server.AroundResponses(gateway.DefaultErrorLimits().InterceptResponse)

	limits := gateway.DefaultServerLimits()
	if options.wire != nil {
		options.wire(&limits)
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", server)
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("CANARY-panic-value") })
	listener := httptest.NewUnstartedServer(nil)
	listener.Config = gateway.NewHTTPServer(gateway.WithRequestID(gateway.RecoverHTTP(logger, mux)), limits, logger)
	listener.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := options.live.Connections.End(ctx); err != nil { // event streams would keep the listener
			t.Errorf("live connections do not end: %v", err)
		}
		listener.Close()
	})
	// A bare transport: it follows nothing and adds no header but its own Accept-Encoding, switched off.
	client := &http.Transport{DisableCompression: true}
	t.Cleanup(client.CloseIdleConnections)
	return &site{url: listener.URL + "/graphql", client: client, schema: schema, log: log, live: options.live.Connections}
}

// addLive adds the transports for WebSockets and event streams, whose connections end with the test.
func addLive(t *testing.T, server *handler.Server, options gateway.LiveOptions) {
	t.Helper()
	sockets, err := gateway.NewWebSocket(options)
	if err != nil {
		t.Fatal(err)
	}
	streams, err := gateway.NewEventStream(options)
	if err != nil {
		t.Fatal(err)
	}
	server.AddTransport(sockets)
	server.AddTransport(streams)
}

func newArgumentCheck(t *testing.T, schema *testSchema) *gateway.ArgumentCheck {
	t.Helper()
	check, err := gateway.NewArgumentCheck(schema.Schema(), testFormats(), testScalars())
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	raw    string
	body   struct {
		Errors []struct {
			Message    string         `json:"message"`
			Path       []any          `json:"path"`
			Extensions map[string]any `json:"extensions"`
		} `json:"errors"`
		Data       json.RawMessage `json:"data"`
		Extensions map[string]any  `json:"extensions"`
	}
}

// code is the code of the first error, empty without one.
func (r *reply) code() string {
	if len(r.body.Errors) == 0 {
		return ""
	}
	code, _ := r.body.Errors[0].Extensions["code"].(string)
	return code
}

// send sends a request made by the arguments and reads the whole answer.
func (s *site) send(t *testing.T, method, target, body string, header map[string]string) *reply {
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
	response, err := s.client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	return readReply(t, response)
}

func readReply(tb testing.TB, response *http.Response) *reply {
	tb.Helper()
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	got := &reply{status: response.StatusCode, header: response.Header, raw: string(raw)}
	if strings.Contains(response.Header.Get("Content-Type"), "json") && len(raw) > 0 {
		if err := json.Unmarshal(raw, &got.body); err != nil {
			tb.Fatalf("answer is not JSON: %v: %.300s", err, raw)
		}
	}
	return got
}

// post sends a body as the default request of the catalogue of hostile input.
func (s *site) post(t *testing.T, body string) *reply {
	t.Helper()
	return s.send(t, http.MethodPost, s.url, body, map[string]string{
		"Content-Type": "application/json", "Accept": "application/graphql-response+json",
	})
}

// query sends a document with variables, given as JSON or empty.
func (s *site) query(t *testing.T, document, variables string) *reply {
	t.Helper()
	return s.post(t, requestBody(t, document, variables))
}

func requestBody(tb testing.TB, document, variables string) string {
	tb.Helper()
	encoded, err := json.Marshal(document)
	if err != nil {
		tb.Fatal(err)
	}
	if variables == "" {
		return `{"query":` + string(encoded) + `}`
	}
	return `{"query":` + string(encoded) + `,"variables":` + variables + `}`
}

// get sends a document by GET with the given headers.
func (s *site) get(t *testing.T, parameters url.Values, header map[string]string) *reply {
	t.Helper()
	return s.send(t, http.MethodGet, s.url+"?"+parameters.Encode(), "", header)
}

// wantRefused checks the safe outcome that the catalogue names: status and code, no data, a small answer, a request id,
// and nothing executed.
func (s *site) wantRefused(t *testing.T, got *reply, status int, codes ...string) {
	t.Helper()
	matched := false
	for _, code := range codes {
		matched = matched || got.code() == code
	}
	if got.status != status || !matched {
		t.Errorf("got %d %q, want %d %q: %.400s", got.status, got.code(), status, codes, got.raw)
	}
	if strings.Contains(got.raw, `"data"`) {
		t.Errorf("a refused request has data: %.400s", got.raw)
	}
	if len(got.raw) > 8<<10 {
		t.Errorf("the refusal has %d bytes", len(got.raw))
	}
	if len(got.body.Errors) > 20 {
		t.Errorf("the refusal has %d errors", len(got.body.Errors))
	}
	for _, one := range got.body.Errors {
		if length := len([]rune(one.Message)); length > 300 {
			t.Errorf("a message has %d characters", length)
		}
		if one.Extensions["requestId"] == nil {
			t.Errorf("an error has no request id: %.400s", got.raw)
		}
	}
	if calls := s.schema.calls.Load(); calls != 0 {
		t.Errorf("%d fields were resolved", calls)
	}
}

// probe checks that the site still answers.
func (s *site) probe(t *testing.T) {
	t.Helper()
	got := s.query(t, `{__typename}`, "")
	if got.status != http.StatusOK || string(got.body.Data) != `{"__typename":"Query"}` {
		t.Errorf("probe: %d %s", got.status, got.raw)
	}
}

// descriptors is the number of files that the process has open.
func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
