package load

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// hostsWithAlarms is a page of some 25 kB.
const hostsWithAlarms = `query Page($first: Int = 50) { hosts(first: $first) { nodes {
	id hostId name serialNumber regionCode availabilityZone manufacturer kernel memoryGib cluster pod rack
	region { code name }
	alarms(first: 3) { totalCount nodes { csn name severity firstOccurredAt lastOccurredAt eventType managedObject } }
} pageInfo { hasNextPage endCursor } totalCount } }`

// BenchmarkExecutors compares what answers from memory cost with each executor, without a network: run it with -count
// for ratios.
func BenchmarkExecutors(b *testing.B) {
	for _, query := range []struct{ name, document string }{
		{"hosts", hostsWithAlarms}, {"dashboard", kit.Dashboard},
	} {
		for _, executor := range []string{config.ExecutorGqlgen, config.ExecutorPlan} {
			b.Run(query.name+"/"+executor, func(b *testing.B) {
				w := kit.NewWorld(b, kit.WorldSettings{Hosts: 200, Quota: "off"})
				r := w.StartGateway(b, "", append(kit.Unlimited(), "OPSGRAPH_EXECUTOR="+executor)...)
				body := kit.RequestBody(b, query.document, "")
				size := drain(b, r, body)
				handler := r.Gateway.Handler()
				b.ReportAllocs()
				for b.Loop() {
					request := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", strings.NewReader(body))
					request.Header.Set("Content-Type", "application/json")
					request.RemoteAddr, request.Host = "127.0.0.1:9", "127.0.0.1"
					answer := httptest.NewRecorder()
					handler.ServeHTTP(answer, request)
					if answer.Code != http.StatusOK {
						b.Fatalf("answer: %d %s", answer.Code, answer.Body)
					}
				}
				b.ReportMetric(float64(size), "answer-bytes")
			})
		}
	}
}
