package gateway_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// warmQuery is answered from memory, by about 250 fields.
const warmQuery = `{ hosts(first: 20) { nodes { id hostId name serialNumber kernel region { code } memoryGib
	processors { model cores } virtualMachines(first: 2) { nodes { name } } } totalCount } }`

// BenchmarkTracing executes one query from memory in turns: by a handler without any stage of traces, by one whose
// traces are off, by one that traces none of its requests and by one that traces all of them. It prints the processor
// time of the last three as parts of that of the first.
func BenchmarkTracing(b *testing.B) {
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer receiver.Close()
	w := kit.NewWorld(b, kit.WorldSettings{})
	start := func(environ ...string) *kit.Replica {
		return w.StartGateway(b, "", append(kit.Unlimited(), environ...)...)
	}
	off := start()
	without, err := off.Gateway.HandlerWithoutTracing()
	if err != nil {
		b.Fatal(err)
	}
	to := "OPSGRAPH_TRACING_ENDPOINT=" + receiver.URL
	handlers := []http.Handler{
		without, off.Gateway.Handler(), start(to, "OPSGRAPH_TRACING_RATIO=0").Gateway.Handler(),
		start(to, "OPSGRAPH_TRACING_RATIO=1").Gateway.Handler(),
	}
	body := kit.RequestBody(b, warmQuery, "")
	ask := func(h http.Handler) {
		request := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", strings.NewReader(body))
		request.Host = "localhost"
		request.Header = http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-cache"}}
		recorder := httptest.NewRecorder()
		h.ServeHTTP(recorder, request)
		if recorder.Code != http.StatusOK {
			b.Fatalf("%d %.300s", recorder.Code, recorder.Body)
		}
	}
	for _, h := range handlers {
		for range 50 {
			ask(h)
		}
	}
	took := make([]time.Duration, len(handlers))
	const turn = 20
	for b.Loop() {
		for i, h := range handlers {
			began := time.Now()
			for range turn {
				ask(h)
			}
			took[i] += time.Since(began)
		}
	}
	part := func(i int) float64 { return float64(took[i]) / float64(took[0]) }
	b.ReportMetric(part(1), "off/without")
	b.ReportMetric(part(2), "unsampled/without")
	b.ReportMetric(part(3), "sampled/without")
	b.ReportMetric(float64(took[0].Microseconds())/float64(b.N*turn), "µs/query")
}
