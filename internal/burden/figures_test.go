package burden_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/burden"
)

// TestFigures: what is not known is estimated by its fields, what was measured by what it took.
func TestFigures(t *testing.T) {
	t.Parallel()
	f := burden.NewFigures(burden.Prices{CPU: 3 * time.Microsecond, AnswerBytes: 30, HeldBytes: 10})
	one, other := f.Document("a", "{ a }", ""), f.Document("b", "{ a }", "")
	want := func(of burden.Document, fields int, cpu time.Duration, bytes int64) {
		t.Helper()
		if got := f.Need(of, fields); got.CPU != cpu || got.Bytes != bytes {
			t.Errorf("%d fields: %+v, want %s and %d bytes", fields, got, cpu, bytes)
		}
	}
	const fields = 10_000 - 16
	want(one, fields, 30*time.Millisecond, 3_000_000)
	want(one, 0, 50*time.Microsecond, 16<<10) // the least of all
	f.Learn(one, fields, 10*time.Millisecond, 100_000)
	want(one, fields, 10*time.Millisecond, 1_000_000)
	want(one, 2*fields+16, 20*time.Millisecond, 2_000_000) // with other variables
	want(other, fields, 30*time.Millisecond, 3_000_000)    // of another tenant, with data of its own
	f.Learn(one, fields, 0, 200_000)                       // it waited for an upstream: its time is not known
	want(one, fields, 10*time.Millisecond, 1_250_000)
	f.Learn(one, fields, 50*time.Millisecond, 125_000)
	want(one, fields, 20*time.Millisecond, 1_250_000)
	introspection := f.Document("a", "{ __schema { types { name } } }", "")
	f.Learn(introspection, 0, 20*time.Millisecond, 100_000)
	want(introspection, 0, 20*time.Millisecond, 1_000_000)
}
