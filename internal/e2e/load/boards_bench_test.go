package load

import (
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// BenchmarkBusiestHosts ranks 5,000 hosts, over HTTP against an upstream without latency, which is played by the same
// process: with the reading of all boards made anew, and from a reading that is held, for all hosts and for some.
func BenchmarkBusiestHosts(b *testing.B) {
	const (
		question = `{ busiestHosts(first: 10) { ranked hosts { rank value host { hostId name } } } }`
		filtered = `{ busiestHosts(first: 10, filter: {textContains: "c01r0"}) { ranked hosts { rank value host { hostId name } } } }`
	)
	calls := func(w *kit.World) (boards int) {
		for _, request := range w.Arrived() {
			if strings.Contains(request, "/host/performancedata?") {
				boards++
			}
		}
		return boards
	}
	start := func(b *testing.B) (*kit.World, *kit.Replica) {
		b.Helper()
		w := kit.NewWorld(b, kit.WorldSettings{Hosts: 5000, Quota: "off"})
		return w, w.StartGateway(b, "", append(kit.Unlimited(), "OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES=0")...)
	}
	b.Run("read", func(b *testing.B) {
		w, r := start(b)
		body, hosts := kit.RequestBody(b, question, ""), kit.RequestBody(b, `{ hosts(first: 1) { totalCount } }`, "")
		before, readings := calls(w), 0
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			w.Clock.Advance(48 * time.Hour) // nothing is held any more; the host list is no part of this
			drain(b, r, hosts)
			readings++
			b.StartTimer()
			drain(b, r, body)
		}
		b.ReportMetric(float64(calls(w)-before)/float64(readings), "calls/op")
	})
	for name, query := range map[string]string{"held": question, "held and filtered": filtered} {
		b.Run(name, func(b *testing.B) {
			w, r := start(b)
			body := kit.RequestBody(b, query, "")
			drain(b, r, body)
			before := calls(w)
			b.ReportAllocs()
			for b.Loop() {
				drain(b, r, body)
			}
			b.ReportMetric(float64(calls(w)-before), "calls/op")
		})
	}
}
