package kept

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestKept_goesWhenMemoryIsShort takes as much memory as the process may hold: the kept answer goes, and when there is
// room again its query is executed anew. It runs alone, since other tests hold memory, too.
func TestKept_goesWhenMemoryIsShort(t *testing.T) { //nolint:paralleltest // see above
	const most = 256 << 20 // far more than gateway and upstream hold
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay, fmt.Sprintf("OPSGRAPH_LIMITS_MEMORY=%d", most))
	ask := func() *kit.Reply { return r.Ask(t, someHosts, `{"first":5}`, nil) }
	first := ask()
	ask()
	wantCounts(t, r, map[string]int{"miss": 1, "hit_text": 1})
	if r.Metric(t, "opsgraph_kept_answers_bytes") == 0 {
		t.Error("a kept answer takes no memory")
	}
	taken := make([]byte, most) // alone enough to be too much
	runtime.GC()                // the guard goes by what the last collection has left
	testkit.Eventually(t, "nothing is refused", func() bool { return ask().Code() == "OVERLOADED" })
	short := counts(t, r)
	if short["dropped_memory"] != 1 || short["miss"] != 1 || r.Metric(t, "opsgraph_kept_answers_bytes") != 0 {
		t.Errorf("kept answers while memory is short: %v", short)
	}
	runtime.KeepAlive(taken) // and no longer
	runtime.GC()
	var again *kit.Reply
	testkit.Eventually(t, "all is refused", func() bool { again = ask(); return again.Status == http.StatusOK })
	got := counts(t, r)
	if got["miss"] != 2 || got["hit_text"] != short["hit_text"] || data(again.Raw) != data(first.Raw) {
		t.Errorf("with room again: %v, was %v: %.200s", got, short, again.Raw)
	}
}
