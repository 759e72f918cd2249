package cost

import (
	"maps"
	"slices"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// tally gathers what an operation reads, each set of data once.
type tally struct {
	lists    map[setName]*askedList
	keyed    map[setName]*askedKeys
	commands map[string]int
	order    []setName
	// ownProject means that the project of the gateway's own token is asked for.
	ownProject bool
}

// setName names a set of data: the operation, and what of it.
type setName struct{ operation, part string }

// askedList is a set of data that is read as a whole, in pages of so many rows; 0 for a set that is one call.
type askedList struct {
	estimate.List
	pageRows int
}

// askedKeys are data that are read by key.
type askedKeys struct {
	estimate.Keys
	// certain are the keys that are surely asked for.
	certain map[string]bool
	// others is how many further keys may be asked for that are not known yet, by the place of their parents.
	others map[int]int
}

func newTally() *tally {
	return &tally{lists: map[setName]*askedList{}, keyed: map[setName]*askedKeys{}, commands: map[string]int{}}
}

// add notes the answer to a reading of parents at a place.
func (t *tally) add(r reading, operation estimate.Operation, place int, answer estimate.Answer) {
	t.ownProject = t.ownProject || answer.OwnProject
	for _, list := range answer.Lists {
		name := setName{r.operation, list.Part}
		if before, ok := t.lists[name]; ok {
			before.Certain = before.Certain || list.Certain
			continue
		}
		if list.Pages == 0 {
			list.Pages = r.calls
		}
		t.lists[name] = &askedList{list, operation.PageRows}
		t.order = append(t.order, name)
	}
	for _, keys := range answer.Keys {
		t.addKeys(setName{r.operation, keys.Part}, place, keys)
	}
	if answer.Command {
		if t.commands[r.operation]++; t.commands[r.operation] == 1 {
			t.order = append(t.order, setName{operation: r.operation})
		}
	}
}

func (t *tally) addKeys(name setName, place int, further estimate.Keys) {
	keys, ok := t.keyed[name]
	if !ok {
		keys = &askedKeys{Keys: further}
		keys.Calls, keys.Expected, keys.Batch = max(1, further.Calls), max(1, further.Expected), max(1, further.Batch)
		t.keyed[name] = keys
		t.order = append(t.order, name)
	} else {
		keys.Parameter, keys.Ceiling = further.Parameter, max(keys.Ceiling, further.Ceiling)
		keys.Most, keys.Unknown = max(keys.Most, further.Most), max(keys.Unknown, further.Unknown)
		maps.Copy(keys.Holdings, further.Holdings)
		maps.Copy(keys.Searched, further.Searched)
	}
	if further.Others > 0 {
		if keys.others == nil {
			keys.others = map[int]int{}
		}
		keys.others[place] = further.Others
	}
	if further.Certain {
		if keys.certain == nil {
			keys.certain = make(map[string]bool, len(further.Holdings))
		}
		for key := range further.Holdings {
			keys.certain[key] = true
		}
	}
}

// callRange bounds a number of calls; expected is what limits count.
type callRange struct{ least, most, expected int }

func (r *callRange) add(other callRange) {
	r.least = refusal.AddCounts(r.least, other.least)
	r.most = refusal.AddCounts(r.most, other.most)
	r.expected = refusal.AddCounts(r.expected, other.expected)
}

// price is what a list costs, and how it is cached. assumed means that its length was never seen.
func (l *askedList) price(c estimate.Conditions) (calls callRange, cached estimate.Cached, assumed bool) {
	pages := 1
	if l.pageRows > 0 {
		if pages = max(1, l.Pages); l.Holding.Rows >= 0 {
			pages = l.Holding.Rows/l.pageRows + 1
		}
		assumed = l.Holding.Rows < 0
	}
	counted := pages
	if l.Shared {
		counted = 1 // no query chooses its length, and one reading serves all
	}
	cached, tooOld := c.Cached(l.Holding)
	switch {
	case tooOld:
		return callRange{most: pages, expected: counted}, cached, assumed
	case cached != estimate.Missing && l.Holding.Due:
		return callRange{most: pages}, cached, assumed
	case cached != estimate.Missing:
		return callRange{}, cached, false
	}
	calls = callRange{most: pages, expected: counted}
	if l.Certain && !c.Shares && !l.Holding.Held {
		calls.least = 1
	}
	return calls, cached, assumed
}

// price is what the keys cost, by how they are cached, with how many there are of each.
func (k *askedKeys) price(c estimate.Conditions) (calls, keys map[estimate.Cached]callRange) {
	calls, keys = map[estimate.Cached]callRange{}, map[estimate.Cached]callRange{}
	count := func(cached estimate.Cached, one, count callRange) {
		sum, number := calls[cached], keys[cached]
		sum.add(one)
		number.add(count)
		calls[cached], keys[cached] = sum, number
	}
	missing, surely, forced := 0, 0, 0
	for _, others := range k.others {
		missing = refusal.AddCounts(missing, others)
	}
	for key, holding := range k.Holdings {
		cached, tooOld := c.Cached(holding)
		switch {
		case cached == estimate.Missing:
			missing++
			if k.certain[key] && !c.Shares && !holding.Held {
				surely++
			}
			continue
		case tooOld:
			forced++
			count(cached, callRange{most: k.Calls}, callRange{most: 1})
		case holding.Due:
			count(cached, callRange{most: k.Calls}, callRange{most: 1})
		default:
			count(cached, callRange{}, callRange{most: 1})
		}
	}
	if k.Ceiling >= 0 {
		missing = min(missing, max(surely, k.Ceiling))
	}
	searched := min(k.Most, k.Unknown+k.countSearched(func(holding cache.Holding) bool {
		cached, _ := c.Cached(holding)
		return cached == estimate.Missing || holding.Due
	}))
	counted := (missing + forced + k.Batch - 1) / k.Batch * k.Expected
	if missing+searched+forced > 0 {
		least := (surely + k.Batch - 1) / k.Batch
		keys := callRange{least: surely, most: refusal.AddCounts(missing, searched)}
		most := saturatingMultiply(keys.most, k.Calls)
		count(estimate.Missing, callRange{least: least, most: most, expected: counted}, keys)
	}
	return calls, keys
}

// countSearched is how many keys are searched that are not asked for anyway.
func (k *askedKeys) countSearched(fetched func(cache.Holding) bool) int {
	count := 0
	for key, holding := range k.Searched {
		if _, asked := k.Holdings[key]; !asked && fetched(holding) {
			count++
		}
	}
	return count
}

// onlyKey is the one key that is asked for; false when there are none or several.
func (k *askedKeys) onlyKey() (string, bool) {
	if len(k.Holdings) != 1 || len(k.others) > 0 || len(k.Searched) > 0 || k.Unknown > 0 {
		return "", false
	}
	return slices.Collect(maps.Keys(k.Holdings))[0], true
}

func saturatingMultiply(a, b int) int {
	if a > 0 && b > refusal.MaxCount/a {
		return refusal.MaxCount
	}
	return a * b
}
