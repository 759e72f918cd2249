package hostile

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// stream is an event stream that a test reads.
type stream struct {
	response *http.Response
	reader   *bufio.Reader
}

// openStream subscribes by POST.
func openStream(t *testing.T, s *kit.Site, document string, header map[string]string) *stream {
	t.Helper()
	got := postStream(t, s, document, header)
	if got.response.StatusCode != http.StatusOK ||
		!strings.HasPrefix(got.response.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%d %v: %s", got.response.StatusCode, got.response.Header, got.rest(t))
	}
	return got
}

func postStream(t *testing.T, s *kit.Site, document string, header map[string]string) *stream {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL,
		strings.NewReader(kit.RequestBody(t, document, "")))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	return sent(t, s, request)
}

func sent(t *testing.T, s *kit.Site, request *http.Request) *stream {
	t.Helper()
	response, err := s.Client.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return &stream{response, bufio.NewReader(response.Body)}
}

// rest reads to the end of the stream.
func (s *stream) rest(t *testing.T) string {
	t.Helper()
	text, err := io.ReadAll(s.reader)
	if err != nil {
		t.Fatalf("read event stream: %v after %s", err, text)
	}
	return string(text)
}

// line reads the next line that is not empty.
func (s *stream) line(t *testing.T) string {
	t.Helper()
	for {
		line, err := s.reader.ReadString('\n')
		if err != nil {
			t.Fatalf("read event stream: %v", err)
		}
		if line = strings.TrimSpace(line); line != "" && line != ":" {
			return line
		}
	}
}

func TestHostile_stream_H138(t *testing.T) {
	t.Parallel()
	s := liveSite(t, func(o *streams.Options) {
		o.WriteTimeout, o.Connections = 300*time.Millisecond, streams.NewConnections(5)
	})
	for range 5 {
		openStream(t, s, `subscription { other }`, nil)
	}
	if got := postStream(t, s, `subscription { other }`, nil); got.response.StatusCode != http.StatusTooManyRequests {
		t.Errorf("H-138 streams beyond the limit: %d", got.response.StatusCode)
	}
	testkit.Eventually(t, "not begun", func() bool { return s.Schema.Subscribed.Load() == 5 })
	unread := liveSite(t, func(o *streams.Options) { o.WriteTimeout = 300 * time.Millisecond })
	unread.Client.DialContext = dialNarrow
	for range 5 {
		openStream(t, unread, `subscription { ticks }`, nil) // and never read
	}
	wantNoneLeftAlone(t, unread)
	for name, body := range map[string]string{
		"cut": `{"query":"CANARY`, "no object": `"CANARY"`,
		"a list": `[{"query":"{CANARY}"}]`,
	} {
		got := unread.Send(t, http.MethodPost, unread.URL, body,
			map[string]string{"Content-Type": "application/json", "Accept": "text/event-stream"})
		if got.Status != http.StatusBadRequest || strings.Contains(got.Raw, "CANARY") {
			t.Errorf("H-138 malformed body, %s: %d %s", name, got.Status, got.Raw)
		}
	}
	if strings.Contains(unread.Log.String(), "CANARY") {
		t.Error("H-138: the log has the body")
	}
}

// TestStreamRequests checks who may open an event stream, and how.
func TestStreamRequests(t *testing.T) {
	t.Parallel()
	s := liveSite(t, func(o *streams.Options) { o.Ping = 20 * time.Millisecond })
	get := func(document string, header map[string]string) *stream {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
			s.URL+"?"+url.Values{"query": {document}}.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", "text/event-stream")
		for name, value := range header {
			request.Header.Set(name, value)
		}
		return sent(t, s, request)
	}
	if got := get(`{ __typename }`, map[string]string{"Sec-Fetch-Site": "same-origin"}).rest(t); got !=
		":\n\nevent: next\ndata: {\"data\":{\"__typename\":\"Query\"}}\n\nevent: complete\ndata:\n\n" {
		t.Errorf("query: %q", got)
	}
	if got := get(`subscription { ticks }`, nil).line(t); got != "event: next" {
		t.Errorf("subscription by GET: %q", got)
	}
	for name, header := range map[string]map[string]string{
		"another site": {"Sec-Fetch-Site": "cross-site"}, "another origin": {"Origin": "https://evil.example"},
	} {
		if got := get(`subscription { ticks }`, header); got.response.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", name, got.response.StatusCode)
		}
	}
	if got := get(`mutation { touch }`, nil).rest(t); !strings.Contains(got, `"code":"METHOD_NOT_ALLOWED"`) {
		t.Errorf("mutation by GET: %s", got)
	}
	if got := get(`{ nothing }`, nil).rest(t); !strings.Contains(got, `"code":"GRAPHQL_VALIDATION_FAILED"`) ||
		!strings.HasSuffix(got, "event: complete\ndata:\n\n") {
		t.Errorf("invalid document: %s", got)
	}
	if got := get(`subscription { other }`,
		map[string]string{"Content-Type": "text/plain"}); got.response.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: %d", got.response.StatusCode)
	}
	alive := get(`subscription { other }`, nil)
	for range 5 { // signs of life
		if line, err := alive.reader.ReadString('\n'); err != nil || strings.TrimSpace(strings.TrimPrefix(line, ":")) != "" {
			t.Fatalf("%q, %v", line, err)
		}
	}
	if calls := s.Schema.Calls.Load(); calls != 0 {
		t.Errorf("%d fields were resolved", calls)
	}
}
