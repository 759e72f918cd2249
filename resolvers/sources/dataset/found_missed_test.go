package dataset

import (
	"slices"
	"testing"

	"github.com/opsgraph/opsgraph/cache"
)

// TestFound_F3_MissedRows keeps rows that a shifted reading lacks for two readings, and those of no other reading.
func TestFound_F3_MissedRows(t *testing.T) {
	type fetched = cache.Fetched[string]
	key := func(row string) string { return row[:1] }
	step := func(before fetched, shifted bool, rows ...string) fetched {
		return withMissed(before, fetched{Records: rows, Pages: 2, Shifted: shifted}, key,
			func(row string) bool { return row != "x" })
	}
	want := func(f fetched, rows ...string) {
		t.Helper()
		if !slices.Equal(f.Records, rows) {
			t.Errorf("rows %v, want %v", f.Records, rows)
		}
	}
	first := step(fetched{}, false, "a1", "b1", "c1", "x")
	want(first, "a1", "b1", "c1", "x")
	want(step(first, false, "a2"), "a2") // the pages agree: what is missing is gone
	second := step(first, true, "a2", "c2")
	want(second, "a2", "c2", "b1") // and x is no longer listed by rule
	third := step(second, true, "a3")
	want(third, "a3", "c2", "b1")
	fourth := step(third, true, "a4")
	want(fourth, "a4", "c2") // b is missing for the third time
	want(step(fourth, true, "b5"), "b5", "a4")
}
