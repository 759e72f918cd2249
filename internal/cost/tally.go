package cost

import (
	"maps"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// tally gathers what an operation reads, each set of data once.
type tally struct {
	lists    map[setName]*askedList
	keyed    map[setName]*askedKeys
	commands map[string]int
	order    []setName
	// ownProject tells that the project of the gateway's own token is asked for.
	ownProject bool
}

// setName tells sets of data apart: the operation, and what of it.
type setName struct{ operation, part string }

// askedList is a set of data that is read as a whole.
type askedList struct {
	parameters map[string]string
	sight      cache.Sight
	// pageRows is how many rows a call brings; 0 for a set that is one call. expected is how many calls are expected of one that was
	// never read.
	pageRows, expected int
	// shared tells of the list that every query reads, whatever its arguments.
	shared bool
	// certain tells that the operation surely asks for it.
	certain bool
}

// askedKeys are data that are read by key, such as what belongs to one host.
type askedKeys struct {
	sights map[string]cache.Sight
	// certain are the keys that are surely asked for.
	certain map[string]bool
	// others is how many further keys may be asked for that are not known yet, by the place of their parents.
	others map[int]int
	// ceiling is how many different keys there can be altogether; -1 when that is not known.
	ceiling int
	// calls is how many calls a key has, expected how many of them are expected, and batch how many keys share a call.
	calls, expected, batch int
	// parameter is the name of the key in the upstream's call; empty when it can't be told.
	parameter string
	// searched are keys that are asked for within a limit of their own, most how many of them; unknown is how many there may be while
	// they are not known.
	searched      map[string]cache.Sight
	most, unknown int
}

func newTally() *tally {
	return &tally{lists: map[setName]*askedList{}, keyed: map[setName]*askedKeys{}, commands: map[string]int{}}
}

// list notes that a set is asked for.
func (t *tally) list(name setName, asked askedList) {
	if before, ok := t.lists[name]; ok {
		before.certain = before.certain || asked.certain
		return
	}
	t.lists[name] = &asked
	t.order = append(t.order, name)
}

// keys gives the keys of a set, to be added to.
func (t *tally) keys(name setName, calls, expected, batch int) *askedKeys {
	asked, ok := t.keyed[name]
	if !ok {
		asked = &askedKeys{
			sights: map[string]cache.Sight{}, certain: map[string]bool{}, ceiling: -1,
			calls: max(1, calls), expected: max(1, expected), batch: max(1, batch), searched: map[string]cache.Sight{}, others: map[int]int{},
		}
		t.keyed[name] = asked
		t.order = append(t.order, name)
	}
	return asked
}

func (k *askedKeys) add(key string, sight cache.Sight, certain bool) {
	k.sights[key] = sight
	if certain {
		k.certain[key] = true
	}
}

func (t *tally) command(operation string) {
	t.commands[operation]++
	if name := (setName{operation: operation}); t.commands[operation] == 1 {
		t.order = append(t.order, name)
	}
}

// The values of plannedCall.Cached.
const (
	cachedHeld    = "held"
	cachedStale   = "stale"
	cachedMissing = "missing"
)

// conditions are what decides whether held data answer a question.
type conditions struct {
	now    time.Time
	maxAge time.Duration
	// shares tells that other replicas' data are in reach, which may save any call.
	shares bool
}

// cached tells whether memory answers: held, stale (answered, and refreshed behind) or missing. tooOld tells of data that are answered
// only where a refresh can't be forced.
func (c conditions) cached(sight cache.Sight) (cached string, tooOld bool) {
	if !sight.Held || sight.State == cache.Expired {
		return cachedMissing, false
	}
	tooOld = c.maxAge > 0 && c.now.Sub(sight.FetchedAt) > c.maxAge
	if sight.State == cache.Stale {
		return cachedStale, tooOld
	}
	return cachedHeld, tooOld
}

// callRange bounds a number of calls; expected is what limits count.
type callRange struct{ least, most, expected int }

func (r *callRange) add(other callRange) {
	r.least = refusal.AddCounts(r.least, other.least)
	r.most = refusal.AddCounts(r.most, other.most)
	r.expected = refusal.AddCounts(r.expected, other.expected)
}

// price is what a list costs, and how it is cached. assumed tells that its length was never seen.
func (l *askedList) price(c conditions) (calls callRange, cached string, assumed bool) {
	pages := 1
	if l.pageRows > 0 {
		if pages = max(1, l.expected); l.sight.Rows >= 0 {
			pages = l.sight.Rows/l.pageRows + 1
		}
		assumed = l.sight.Rows < 0
	}
	counted := pages
	if l.shared {
		counted = 1 // its length is nobody's choice, and one reading serves all
	}
	cached, tooOld := c.cached(l.sight)
	switch {
	case tooOld:
		return callRange{most: pages, expected: counted}, cached, assumed
	case cached != cachedMissing && l.sight.Due:
		return callRange{most: pages}, cached, assumed
	case cached != cachedMissing:
		return callRange{}, cached, false
	}
	calls = callRange{most: pages, expected: counted}
	if l.certain && !c.shares && !l.sight.Held {
		calls.least = 1
	}
	return calls, cached, assumed
}

// price is what the keys cost, by how they are cached, with how many there are of each.
func (k *askedKeys) price(c conditions) (calls map[string]callRange, keys map[string]callRange) {
	calls, keys = map[string]callRange{}, map[string]callRange{}
	count := func(cached string, one, count callRange) {
		sum, number := calls[cached], keys[cached]
		sum.add(one)
		number.add(count)
		calls[cached], keys[cached] = sum, number
	}
	missing, surely, forced := 0, 0, 0
	for _, others := range k.others {
		missing = refusal.AddCounts(missing, others)
	}
	for key, sight := range k.sights {
		cached, tooOld := c.cached(sight)
		switch {
		case cached == cachedMissing:
			missing++
			if k.certain[key] && !c.shares && !sight.Held {
				surely++
			}
			continue
		case tooOld:
			forced++
			count(cached, callRange{most: k.calls}, callRange{most: 1})
		case sight.Due:
			count(cached, callRange{most: k.calls}, callRange{most: 1})
		default:
			count(cached, callRange{}, callRange{most: 1})
		}
	}
	if k.ceiling >= 0 {
		missing = min(missing, max(surely, k.ceiling))
	}
	searched := k.unknown
	for key, sight := range k.searched {
		if _, asked := k.sights[key]; asked {
			continue
		}
		if cached, _ := c.cached(sight); cached == cachedMissing || sight.Due {
			searched++
		}
	}
	searched = min(searched, k.most)
	counted := (missing + forced + k.batch - 1) / k.batch * k.expected
	if missing+searched+forced > 0 {
		least := surely
		if k.batch > 1 {
			least = (surely + k.batch - 1) / k.batch
		}
		most := saturatingMultiply(refusal.AddCounts(missing, searched), k.calls)
		count(cachedMissing, callRange{least: least, most: most, expected: counted}, callRange{least: surely, most: refusal.AddCounts(missing, searched)})
	}
	return calls, keys
}

// onlyKey is the one key that is asked for; false when there are none or several.
func (k *askedKeys) onlyKey() (string, bool) {
	if len(k.sights) != 1 || len(k.others) > 0 || len(k.searched) > 0 || k.unknown > 0 {
		return "", false
	}
	return slices.Collect(maps.Keys(k.sights))[0], true
}

func saturatingMultiply(a, b int) int {
	if a > 0 && b > refusal.MaxCount/a {
		return refusal.MaxCount
	}
	return a * b
}
