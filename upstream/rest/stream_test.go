package rest_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

var streamed = rest.Spec{
	System: "files", Operation: "download", Method: http.MethodGet, Path: "/file", Reads: true,
	Timeout: time.Minute, MaxBytes: 1000,
}

// stream answers every request by a handler, and reads its file.
func stream(t *testing.T, answer http.HandlerFunc) (file rest.File, body string, calls int, err error) {
	t.Helper()
	var counted atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		counted.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	client, failed := rest.NewClient(rest.ClientConfig{System: "files", BaseURL: server.URL, Timeout: 300 * time.Millisecond})
	if failed != nil {
		t.Fatal(failed)
	}
	t.Cleanup(client.Close)
	err = rest.Stream(t.Context(), client, streamed, rest.Request{}, func(f rest.File) error {
		file = f
		data, err := io.ReadAll(f.Body)
		body = string(data)
		return err //nolint:wrapcheck // the stream has its own
	})
	return file, body, int(counted.Load()), err
}

// TestStream: the body arrives with its type, name and length; it may take longer than the head may.
func TestStream(t *testing.T) {
	file, body, calls, err := stream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="a.csv"`)
		w.Header().Set("Content-Length", "4")
		_, _ = io.WriteString(w, "a,")
		_ = http.NewResponseController(w).Flush()
		<-time.After(400 * time.Millisecond) // longer than the client waits for a head
		_, _ = io.WriteString(w, "b\n")
	})
	if err != nil || body != "a,b\n" || calls != 1 ||
		file.MediaType != "text/csv" || file.Name != "a.csv" || file.Length != 4 {
		t.Errorf("%+v %q, %d calls, %v", file, body, calls, err)
	}
}

// TestStreamFailures: what is cut or too long is an error, and not repeated once a part was handed on.
func TestStreamFailures(t *testing.T) {
	long := strings.Repeat("x", 1001)
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		kind   rest.Kind
		calls  int
		begun  bool
	}{
		"longer than its limit, said before": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1001")
			_, _ = io.WriteString(w, long)
		}, rest.TooLarge, 1, false},
		"longer than its limit, found out": {func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, long)
		}, rest.TooLarge, 1, true},
		"cut": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, rest.BadResponse, 1, true},
		"no head in time": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, rest.Timeout, 2, false},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, rest.BadResponse, 1, false},
		"no content": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
			rest.BadResponse, 2, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			file, _, calls, err := stream(t, test.answer)
			failure, ok := errors.AsType[*rest.Error](err)
			if !ok || failure.Kind != test.kind || calls != test.calls || (file.Body != nil) != test.begun {
				t.Errorf("%v after %d calls, begun is %v", err, calls, file.Body != nil)
			}
			if ok && test.begun && failure.Retryable {
				t.Errorf("%v is retryable", err)
			}
		})
	}
}

// TestStreamConsumerGone: the consumer's own error ends the stream as cancelled.
func TestStreamConsumerGone(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "body")
	}))
	t.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{System: "files", BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	gone := errors.New("gone")
	err = rest.Stream(t.Context(), client, streamed, rest.Request{}, func(rest.File) error { return gone })
	if rest.KindOf(err) != rest.Canceled || !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}
