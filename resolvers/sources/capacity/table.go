package capacity

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// poolKey is what two measurements differ in; at is zero where only the latest counts.
type poolKey struct {
	region string
	parts  [4]string
	at     int64
}

// compare orders keys, so that sums over them always come out the same to the last digit.
func (k poolKey) compare(other poolKey) int {
	return cmp.Or(strings.Compare(k.region, other.region), slices.Compare(k.parts[:], other.parts[:]),
		cmp.Compare(k.at, other.at))
}

// shape says what a table needs to know of its rows.
type shape[R any] struct {
	// region is the code of a row, nil when it names none or by a text that is no code, and the text as sent.
	region func(R) (code *string, text string)
	// under is a copy of a row with a region code.
	under func(R, string) R
	// parts are what the pools of one region differ in.
	parts func(R) [4]string
	at    func(R) *time.Time
	// compare is the order of the rows of one region, but for their times.
	compare func(a, b R) int
}

// table holds the measurements of one list. Rows that call their region by a name are put under its code as soon as
// some answer has shown both, also while the list is held: a pool is one pool, whatever it is called.
type table[R any] struct {
	shape[R]
	latestOnly bool
	// rows are the latest of each key as sent, or all of them, in the order of their keys.
	rows []R
	// names are those known now; nil where no row calls its region by a name.
	names func() *dataset.RegionNames
	memo  dataset.Memo[*placed[R]]
}

// placed is a table by what regions are called at a moment.
type placed[R any] struct {
	// all holds every row once, in an order that is always the same.
	all      []R
	byRegion map[string][]R
	// named are the texts of rows whose region is no known name, in order, and nameless is how many rows have none.
	named    []string
	nameless int
	// timeless is how many rows have no readable time, newest the newest measurement.
	timeless int
	newest   *time.Time
}

// newTable makes a table of rows in any order.
func newTable[R any](s shape[R], latestOnly bool, rows []R, names func() *dataset.RegionNames) *table[R] {
	t := &table[R]{shape: s, latestOnly: latestOnly}
	t.rows = t.latest(rows)
	if slices.ContainsFunc(t.rows, func(row R) bool {
		code, text := s.region(row)
		return code == nil && text != ""
	}) {
		t.names = names
	}
	return t
}

// latest are the latest rows of each key, or all of them, each once and in the order of their keys. Of two rows of one
// time the one that came first counts.
func (t *table[R]) latest(rows []R) []R {
	newest := make(map[poolKey]R, len(rows))
	for _, row := range rows {
		code, text := t.region(row)
		key := poolKey{region: cmp.Or(dataset.Text(code), loose.Fold(text)), parts: t.parts(row)}
		if at := t.at(row); !t.latestOnly && at != nil {
			key.at = at.UnixMilli()
		}
		if before, known := newest[key]; !known || dataset.Later(t.at(row), t.at(before)) {
			newest[key] = row
		}
	}
	kept := make([]R, 0, len(newest))
	for _, key := range slices.SortedFunc(maps.Keys(newest), poolKey.compare) {
		kept = append(kept, newest[key])
	}
	return kept
}

// now is the table by the names that are known now.
func (t *table[R]) now() *placed[R] {
	if t.names == nil {
		return t.memo.Of(t, func() *placed[R] { return t.place(t.rows) })
	}
	names := t.names()
	return t.memo.Of(names, func() *placed[R] {
		rows := make([]R, 0, len(t.rows))
		var renamed []R
		for _, row := range t.rows {
			code, text := t.region(row)
			if code == nil {
				if code = names.Code(loose.NewText(text)); code != nil {
					renamed = append(renamed, t.under(row, *code))
					continue
				}
			}
			rows = append(rows, row)
		}
		if renamed == nil {
			return t.place(rows)
		}
		return t.place(t.latest(append(rows, renamed...)))
	})
}

func (t *table[R]) place(rows []R) *placed[R] {
	p := &placed[R]{all: rows, byRegion: map[string][]R{}}
	for _, row := range rows {
		code, text := t.region(row)
		switch {
		case code != nil:
			p.byRegion[*code] = append(p.byRegion[*code], row)
		case text != "":
			p.named = append(p.named, text)
		default:
			p.nameless++
		}
		at := t.at(row)
		if at == nil {
			p.timeless++
		}
		if dataset.Later(at, p.newest) {
			p.newest = at
		}
	}
	slices.Sort(p.named)
	p.named = slices.Compact(p.named)
	for _, rows := range p.byRegion {
		slices.SortStableFunc(rows, func(a, b R) int {
			return cmp.Or(t.compare(a, b), dataset.CompareTimes(t.at(a), t.at(b)))
		})
	}
	return p
}

// Strays are the rows of a list that are in no region, or in no range of time.
type Strays struct {
	// Names are the texts by which rows call regions that nothing leads to the code of, in order.
	Names []string
	// Nameless is how many rows name no region, Timeless how many have no readable time.
	Nameless, Timeless int
}

func (p *placed[R]) strays() Strays { return Strays{p.named, p.nameless, p.timeless} }
