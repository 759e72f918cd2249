package plan_test

import (
	"fmt"
	"maps"
	"testing"
)

// TestSettledArguments: arguments that no variable is in are read once for all executions of a kept plan, others for
// each; those that can't be read fail each execution, at its own place.
func TestSettledArguments(t *testing.T) {
	t.Parallel()
	s := someShelf()
	l := newLibrary(t, s)
	const query = `query($by: Int!) { boxes(count: 2) { sized(by: $by) { name } s: sized(by: 3) { name } } }`
	const unlucky = `{ boxes(count: 1) { sized(by: 13) { name } } }`
	for by := range 3 {
		want := fmt.Sprintf(`{"boxes":[{"sized":{"name":"one"},"s":{"name":"one"}},{"sized":{"name":"%d"},"s":{"name":"3"}}]}`, by)
		if got := string(l.ask(t.Context(), t, query, map[string]any{"by": by}).Data); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		l.wants(t, unlucky, `{"boxes":[{"sized":null}]}`, "boxes[0].sized.by: unlucky")
	}
	// Each failure is read twice: a second time where its place is known.
	if want := map[string]int{"count": 1 + 1, "by": 3 + 1 + 3*2}; !maps.Equal(s.read, want) {
		t.Errorf("arguments were read %v, want %v", s.read, want)
	}
}

// TestSettledArguments_nested: a variable within a list makes the arguments those of one execution.
func TestSettledArguments_nested(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, someShelf())
	for _, first := range []int{1, 2} {
		got := string(l.ask(t.Context(), t, `query($a: Int!) { sum(of: [1, $a], in: { by: [$a] }) }`, map[string]any{"a": first}).Data)
		if want := fmt.Sprintf(`{"sum":%d}`, 1+2*first); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
