package alerts

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/opsgraph/opsgraph/internal/testkit"
)

// receiver is a receiver of traces, which takes all that comes.
func receiver(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what is in it is not looked at
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// traced waits until the receiver has taken spans.
func traced(t *testing.T, s *stage) func() {
	t.Helper()
	const sent = `opsgraph_trace_spans_total{outcome="sent",job="opsgraph",instance="a"}`
	testkit.Eventually(t, "no span is sent", func() bool { return s.targets[0]()[sent] > 0 })
	return func() {}
}
