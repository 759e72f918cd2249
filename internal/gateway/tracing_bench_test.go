package gateway_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/gateway"
)

// warmQuery is answered from memory, by about 250 fields.
const warmQuery = `{ hosts(first: 20) { nodes { id hostId name serialNumber kernel region { code } memoryGib
	processors { model cores } virtualMachines(first: 2) { nodes { name } } } totalCount } }`

// spent is the processor time of the process so far: other processes of the machine do not count.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

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
	to := "OPSGRAPH_TRACING_ENDPOINT=" + receiver.URL
	without, err := gateway.HandlerWithoutTracing(start().Gateway)
	if err != nil {
		b.Fatal(err)
	}
	handlers := []http.Handler{ // each of a gateway of its own
		without, start().Gateway.Handler(), start(to, "OPSGRAPH_TRACING_RATIO=0").Gateway.Handler(),
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
	for round := 0; b.Loop(); round++ {
		for n := range handlers {
			i := (round + n) % len(handlers) // nobody is always the first
			before := spent(b)
			for range turn {
				ask(handlers[i])
			}
			took[i] += spent(b) - before
		}
	}
	part := func(i int) float64 { return float64(took[i]) / float64(took[0]) }
	b.ReportMetric(part(1), "off/without")
	b.ReportMetric(part(2), "unsampled/without")
	b.ReportMetric(part(3), "sampled/without")
	b.ReportMetric(float64(took[0].Microseconds())/float64(b.N*turn), "µs/query")
}
