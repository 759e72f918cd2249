package load

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// drain sends a body and reads the whole answer without looking at it.
func drain(b *testing.B, r *kit.Replica, body string) int64 {
	b.Helper()
	response := r.Post(b, body, nil)
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("answer: %d, %v", response.StatusCode, err)
	}
	return n
}

// BenchmarkDashboard is the whole page over HTTP against an upstream without latency: from memory, and with everything
// fetched anew.
func BenchmarkDashboard(b *testing.B) {
	for _, cold := range []bool{false, true} {
		name := "warm"
		if cold {
			name = "cold"
		}
		b.Run(name, func(b *testing.B) {
			w := kit.NewWorld(b, kit.WorldSettings{Hosts: 200, Quota: "off"})
			r := w.StartGateway(b, "", kit.Unlimited()...)
			body := kit.RequestBody(b, kit.Dashboard, "")
			size := drain(b, r, body)
			b.ReportAllocs()
			for b.Loop() {
				if cold {
					w.Clock.Advance(48 * time.Hour)
				}
				drain(b, r, body)
			}
			b.ReportMetric(float64(size), "answer-bytes")
		})
	}
}

// BenchmarkLargest (L-16) is the query with the most rows within the limits, from memory: hosts with some fields, by as
// many aliases as are accepted.
func BenchmarkLargest(b *testing.B) {
	w := kit.NewWorld(b, kit.WorldSettings{Hosts: 500, Quota: "off"})
	r := w.StartGateway(b, "", kit.Unlimited()...)
	const field = ` a%d: hosts(first: 500) { nodes { hostId name serialNumber kernel memoryGib region { code name } } }`
	body, names := "", 0
	for document := ""; names < 100; names++ {
		document += fmt.Sprintf(field, names)
		next := kit.RequestBody(b, "{"+document+" }", "")
		answer := kit.ReadReply(b, r.Post(b, next, nil)) //nolint:bodyclose // readReply closes it
		if answer.Code() != "" {
			b.Logf("%d times is refused with %s", names+1, answer.Code())
			break
		}
		body = next
	}
	if names == 0 {
		b.Fatal("no such query is let in")
	}
	size := drain(b, r, body)
	b.ReportAllocs()
	for b.Loop() {
		drain(b, r, body)
	}
	b.ReportMetric(float64(size), "answer-bytes")
	b.ReportMetric(float64(500*names), "rows")
}

// BenchmarkLevel is what one level of a query costs by the number of its parents: hosts alone, and with the machines of
// each, from memory and fetched.
func BenchmarkLevel(b *testing.B) {
	const file = `
ages:
  hosts: {fresh: 240h, stale: 240h, dead: 240h}
  virtual_machines: {fresh: 1s, stale: 1s, dead: 1s}
`
	for _, parents := range []int{1, 5, 50} {
		for _, level := range []struct {
			name, field string
			cold        bool
		}{
			{"parents", "name", false},
			{"children/warm", "virtualMachines(first: 5) { nodes { name } }", false},
			{"children/cold", "virtualMachines(first: 5) { nodes { name } }", true},
		} {
			b.Run(fmt.Sprintf("%d/%s", parents, level.name), func(b *testing.B) {
				w := kit.NewWorld(b, kit.WorldSettings{Hosts: 200, Quota: "off"})
				r := w.StartGateway(b, file, kit.Unlimited()...)
				body := kit.RequestBody(b, fmt.Sprintf("{ hosts(first: %d) { nodes { hostId %s } } }", parents, level.field), "")
				drain(b, r, body)
				b.ReportAllocs()
				for b.Loop() {
					if level.cold {
						w.Clock.Advance(2 * time.Second)
					}
					drain(b, r, body)
				}
			})
		}
	}
}
