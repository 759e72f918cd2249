// Package differ shows that both executors of queries answer alike: two equal worlds, whose gateways differ in nothing
// but the executor, are asked the same random queries in the same order, while their data grow old and calls fail.
package differ

import (
	"flag"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

var (
	many    = flag.Bool("many", false, "ask 5,000 queries instead of 300")
	seed    = flag.Uint64("seed", 0, "ask only the queries of this seed, above 0")
	queries = flag.Int("queries", chapterQueries, "queries of each seed")
	// executors are those of the two worlds: gqlgen,gqlgen shows what gqlgen has against itself.
	executors = flag.String("executors", "gqlgen,plan", "executors of the two worlds")
)

// comparedExecutors are the executors of the two worlds.
func comparedExecutors(t testing.TB) (names [2]string) {
	t.Helper()
	first, second, ok := strings.Cut(*executors, ",")
	if !ok {
		t.Fatalf("-executors %s: two names with a comma between", *executors)
	}
	return [2]string{first, second}
}

func sorted[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }

// seeds are those of the chapters.
func seeds() []uint64 {
	if *seed > 0 {
		return []uint64{*seed}
	}
	count := 3
	if *many {
		count = 50
	}
	var all []uint64
	for i := range count {
		all = append(all, uint64(i)+1)
	}
	return all
}

// TestWorlds asks random queries of both worlds.
func TestWorlds(t *testing.T) {
	t.Parallel()
	chapters := make([]*chapter, len(seeds()))
	t.Run("seeds", func(t *testing.T) {
		for i, one := range seeds() {
			t.Run(name(one), func(t *testing.T) {
				t.Parallel()
				chapters[i] = newChapter(t, one)
				chapters[i].run(*queries)
			})
		}
	})
	all := counts{roots: map[string]int{}}
	for _, c := range chapters {
		if c != nil {
			all.add(c.counts)
		}
	}
	roots := all.roots
	kit.Report(t, "differ of "+strings.ReplaceAll(*executors, ",", " and "),
		"%d queries (%d cold, %d with fresh data, %d with stale data, %d with a failed renewal, %d with warnings), %d of them while "+
			"faults struck; %d answers with errors, %d refused; %d fields of the answers, %d root fields: %d differences",
		all.queries, all.cold, all.warm, all.stale, all.failing, all.expired, all.faulted,
		all.incomplete, all.refused, all.values,
		len(roots), all.differences)
	if *seed == 0 && !t.Failed() {
		all.proves(t)
	}
}

func name(seed uint64) string { return "seed" + strconv.FormatUint(seed, 10) }

func (n *counts) add(other counts) {
	n.queries += other.queries
	n.cold += other.cold
	n.warm += other.warm
	n.stale += other.stale
	n.expired += other.expired
	n.failing += other.failing
	n.faulted += other.faulted
	n.refused += other.refused
	n.incomplete += other.incomplete
	n.values += other.values
	n.differences += other.differences
	for root, count := range other.roots {
		n.roots[root] += count
	}
}

// proves holds that the run has seen of everything enough to prove something.
func (n *counts) proves(t *testing.T) {
	t.Helper()
	for what, is := range map[string]int{
		"cold": n.cold, "fresh": n.warm / 4, "stale": n.stale, "failing": n.failing, "while faults struck": n.faulted / 4,
		"with errors": n.incomplete,
	} {
		if is < n.queries/150 {
			t.Errorf("%s: %d of %d queries prove little", what, is, n.queries)
		}
	}
	if n.refused > n.queries/4 || n.values < 20*n.queries {
		t.Errorf("%d of %d queries refused, %d fields: that proves little", n.refused, n.queries, n.values)
	}
}

// TestWorldsCatch makes sure that worlds that are not equal are told apart: by answers, and by calls alone.
func TestWorldsCatch(t *testing.T) {
	t.Parallel()
	p := newPair(t, kit.WorldSettings{Hosts: 3, Regions: 2, Quota: "off", Clock: began})
	p.start()
	q := question{document: `{ hosts { nodes { name virtualMachines { totalCount } } } }`}
	fails := func(r *http.Request) int {
		if strings.HasSuffix(r.URL.Path, "/host/vms") {
			return http.StatusBadRequest
		}
		return 0
	}
	catches := func(what, prefix string) {
		t.Helper()
		_, found := p.compared(q)
		if !slices.ContainsFunc(found, func(one string) bool { return strings.HasPrefix(one, prefix) }) {
			t.Errorf("%s: found %q", what, found)
		}
	}
	p.worlds[1].Fails.Store(&fails)
	catches("a call that fails in one world", "errors")
	p.worlds[1].Fails.Store(nil)
	p.quiet()
	p.gateways[1].Ask(t, `{ alarms { totalCount } }`, "", nil)
	catches("calls that one world alone makes", "calls upstream")
	p.advance(2 * time.Hour)
	p.worlds[1].Clock.Advance(time.Second)
	catches("a clock that is a second ahead", "extensions")
}
