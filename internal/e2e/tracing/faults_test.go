package tracing

import (
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// spansOf is how many spans a gateway has counted with an outcome.
func spansOf(t *testing.T, r *kit.Replica, outcome string) float64 {
	t.Helper()
	return r.Metric(t, `opsgraph_trace_spans_total{outcome="`+outcome+`"}`)
}

// TestReceiver_refuses: what the receiver refuses is counted and dropped, with one line in the log that repeats nothing
// of its answer.
func TestReceiver_refuses(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewWorld(t, kit.WorldSettings{Hosts: 2, Regions: 2})
	c.set(http.StatusForbidden, nil)
	r := w.StartGateway(t, "", c.environ()...)
	ask(t, r, countHosts, nil)
	r.Close()
	if spansOf(t, r, "refused") < 5 || spansOf(t, r, "sent") != 0 {
		t.Errorf("refused %v, sent %v", spansOf(t, r, "refused"), spansOf(t, r, "sent"))
	}
	log := r.Log.String()
	if strings.Count(log, `msg="spans dropped"`) != 1 || !strings.Contains(log, "answered 403") ||
		strings.Contains(log, "secret-in-its-answer") {
		t.Errorf("log: %s", log)
	}
}

// TestReceiver_hangs: queries are answered beside a receiver that takes nothing, no more spans wait than the queue has
// places for, and the gateway ends while the receiver still hangs.
func TestReceiver_hangs(t *testing.T) {
	t.Parallel()
	c, w := receive(t), kit.NewWorld(t, kit.WorldSettings{Hosts: 2, Regions: 2})
	released := make(chan struct{})
	t.Cleanup(func() { close(released) }) // after the gateway's end
	c.set(http.StatusOK, released)
	r := w.StartGateway(t, "", c.environ("OPSGRAPH_TRACING_QUEUE=20", "OPSGRAPH_TRACING_TIMEOUT=1m")...)
	const queries = 200
	for range queries {
		ask(t, r, countHosts, executed())
	}
	if len(c.all()) != 0 {
		t.Error("the receiver took something")
	}
	r.Close()
	full, stopped := spansOf(t, r, "queue_full"), spansOf(t, r, "stopped")
	if full < queries || stopped < 1 || stopped > 20+512 || spansOf(t, r, "sent") != 0 {
		t.Errorf("%v spans found the queue full, %v were there at the end", full, stopped)
	}
}

// TestReceiver_gone: a receiver that nobody has started costs no query.
func TestReceiver_gone(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 2, Regions: 2})
	r := w.StartGateway(t, "", "OPSGRAPH_TRACING_ENDPOINT=http://"+kit.FreeAddress(t), "OPSGRAPH_TRACING_RATIO=1")
	ask(t, r, countHosts, nil)
	r.Close()
	if spansOf(t, r, "unanswered") < 5 {
		t.Errorf("%v spans unanswered", spansOf(t, r, "unanswered"))
	}
}
