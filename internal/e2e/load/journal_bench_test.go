package load

import (
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// BenchmarkJournal is what the line of an operation costs: kept answers and executed queries, with no lines, with those
// of slow operations alone, and with one for each.
func BenchmarkJournal(b *testing.B) {
	w := kit.NewWorld(b, kit.WorldSettings{Hosts: 200, Quota: "off"})
	w.LogsJSON = true
	callers := []string{
		"OPSGRAPH_CALLERS_RATE=10000000", "OPSGRAPH_CALLERS_BURST=10000000", "OPSGRAPH_CALLERS_OPERATIONS=10000",
		"OPSGRAPH_LOG_LEVEL=info",
	}
	body := kit.RequestBody(b, `query Hosts { hosts(first: 20) { nodes { hostId name region { code } } } }`, "")
	for _, way := range []struct{ name, setting string }{
		{"kept", "OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES=33554432"}, {"anew", "OPSGRAPH_LIMITS_KEPT_ANSWERS_BYTES=0"},
	} {
		for _, which := range []string{"off", "slow", "all"} {
			b.Run(way.name+"/"+which, func(b *testing.B) {
				r := w.StartGateway(b, "", append(append(kit.Unlimited(), callers...), way.setting,
					"OPSGRAPH_LOG_OPERATIONS="+which)...)
				client := newWire(b, r.Server.Listener.Addr().String(), body)
				client.ask(b, true)
				client.ask(b, true)
				b.ReportAllocs()
				before := spent(b)
				for b.Loop() {
					client.ask(b, false)
				}
				b.ReportMetric(float64(spent(b)-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
