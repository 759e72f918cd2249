package metrics

import (
	"encoding/json"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/loose"
)

func TestQuirk030BackslashInAUnit(t *testing.T) {
	for wire, want := range map[string]string{`"\\%"`: "%", `"\\\\%"`: "%", `"ms"`: "ms"} {
		var unit loose.Text
		if err := json.Unmarshal([]byte(wire), &unit); err != nil {
			t.Fatal(err)
		}
		if got := withoutBackslashes(unit); got != want {
			t.Errorf("%s reads %q, want %s", wire, got, want)
		}
	}
}
