package gateway_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// unlimited lifts the quotas, which would otherwise set the pace of a cold benchmark.
func unlimited() []string {
	return []string{"OPSGRAPH_QUOTA_MINUTE_LIMIT=100000000", "OPSGRAPH_QUOTA_SECOND_LIMIT=100000000", "OPSGRAPH_LOG_LEVEL=error"}
}

// drain sends a body and reads the whole answer without looking at it.
func (r *replica) drain(b *testing.B, body string) int64 {
	b.Helper()
	response := r.post(b, body, nil)
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.Fatalf("answer: %d, %v", response.StatusCode, err)
	}
	return n
}

// BenchmarkDashboard is the whole page over HTTP against an upstream without latency: from memory, and with everything fetched anew.
func BenchmarkDashboard(b *testing.B) {
	for _, cold := range []bool{false, true} {
		name := "warm"
		if cold {
			name = "cold"
		}
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, worldSettings{Hosts: 200, Quota: "off"})
			r := w.startGateway(b, "", unlimited()...)
			body := requestBody(b, dashboard, "")
			size := r.drain(b, body)
			b.ReportAllocs()
			for b.Loop() {
				if cold {
					w.clock.Advance(48 * time.Hour)
				}
				r.drain(b, body)
			}
			b.ReportMetric(float64(size), "answer-bytes")
		})
	}
}

// BenchmarkLargest (L-16) is the query of most rows that the limits let in, from memory: hosts with some fields, as often by
// another name as is accepted.
func BenchmarkLargest(b *testing.B) {
	w := newWorld(b, worldSettings{Hosts: 500, Quota: "off"})
	r := w.startGateway(b, "", unlimited()...)
	const field = ` a%d: hosts(first: 500) { nodes { hostId name serialNumber kernel memoryGib region { code name } } }`
	body, names := "", 0
	for document := ""; names < 100; names++ {
		document += fmt.Sprintf(field, names)
		next := requestBody(b, "{"+document+" }", "")
		answer := readReply(b, r.post(b, next, nil)) //nolint:bodyclose // readReply closes it
		if answer.code() != "" {
			b.Logf("%d times is refused with %s", names+1, answer.code())
			break
		}
		body = next
	}
	if names == 0 {
		b.Fatal("no such query is let in")
	}
	size := r.drain(b, body)
	b.ReportAllocs()
	for b.Loop() {
		r.drain(b, body)
	}
	b.ReportMetric(float64(size), "answer-bytes")
	b.ReportMetric(float64(500*names), "rows")
}

// BenchmarkLevel is what one level of a query costs by the number of its parents: hosts alone, and with the machines of each, from
// memory and fetched.
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
				w := newWorld(b, worldSettings{Hosts: 200, Quota: "off"})
				r := w.startGateway(b, file, unlimited()...)
				body := requestBody(b, fmt.Sprintf("{ hosts(first: %d) { nodes { hostId %s } } }", parents, level.field), "")
				r.drain(b, body)
				b.ReportAllocs()
				for b.Loop() {
					if level.cold {
						w.clock.Advance(2 * time.Second)
					}
					r.drain(b, body)
				}
			})
		}
	}
}
