package guard_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/opsgraph/opsgraph/internal/guard"
)

// selectionSource writes a random selection set and knows its size with its fragments expanded.
type selectionSource struct {
	t         *rapid.T
	fragments []expanded // those that may be spread
}

// expanded is a fragment and its size, found by adding up at each spread.
type expanded struct {
	name   string
	counts guard.Counts
}

func (s *selectionSource) selections(out *strings.Builder, level int) guard.Counts {
	var total guard.Counts
	add := func(counts guard.Counts) {
		total.Fields += counts.Fields
		total.Aliases += counts.Aliases
		total.Depth = max(total.Depth, counts.Depth)
	}
	out.WriteString("{")
	for range rapid.IntRange(1, 3).Draw(s.t, "selections") {
		kind := rapid.IntRange(0, 4).Draw(s.t, "kind")
		switch {
		case kind == 0 && len(s.fragments) > 0:
			spread := rapid.SampledFrom(s.fragments).Draw(s.t, "spread")
			fmt.Fprintf(out, "...%s ", spread.name)
			add(spread.counts)
		case kind == 1 && level < 4:
			out.WriteString("... on T ")
			add(s.selections(out, level+1))
		case kind == 2 && level < 4:
			out.WriteString("a: b ")
			inner := s.selections(out, level+1)
			add(guard.Counts{Fields: inner.Fields + 1, Aliases: inner.Aliases + 1, Depth: inner.Depth + 1})
		default:
			out.WriteString("c ")
			add(guard.Counts{Fields: 1, Depth: 1})
		}
	}
	out.WriteString("} ")
	return total
}

func TestCount_equalsExpansion(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var out strings.Builder
		source := selectionSource{t: t}
		var want guard.Counts
		greatest := func(counts guard.Counts) {
			want.Fields = max(want.Fields, counts.Fields)
			want.Aliases = max(want.Aliases, counts.Aliases)
			want.Depth = max(want.Depth, counts.Depth)
		}
		for i := range rapid.IntRange(0, 5).Draw(t, "fragments") {
			name := fmt.Sprintf("F%d", i)
			fmt.Fprintf(&out, "fragment %s on T ", name)
			counts := source.selections(&out, 0)
			source.fragments = append(source.fragments, expanded{name, counts})
			greatest(counts)
		}
		greatest(source.selections(&out, 0))
		got, err := guard.Count(out.String())
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Fatalf("%s: got %+v, want %+v", out.String(), got, want)
		}
	})
}
