package cache

import (
	"errors"
	"time"

	"github.com/opsgraph/opsgraph/cache/record"
)

// ErrClosed is the error of a call that would need a refresh after Close.
var ErrClosed = errors.New("the cache is closed")

// ErrEmptyOnce is the reason of stale data after a first, distrusted, empty answer (KeepOneEmpty), and the error of
// callers when no old data can be answered.
var ErrEmptyOnce = errors.New("the answer was empty after one with rows")

// State says how old an answer is.
type State int

// States of an answer. Dead data are never answered and have no state.
const (
	// Fresh data are answered as they are.
	Fresh State = iota
	// Stale data are answered while they are refreshed in the background.
	Stale
	// Expired data are past stale and not dead: answered because no refresh was possible in time.
	Expired
)

// String returns the state as logs and metrics name it.
func (s State) String() string {
	switch s {
	case Fresh:
		return "fresh"
	case Stale:
		return "stale"
	case Expired:
		return "expired"
	default:
		return "unknown"
	}
}

// Where an answer came from: see [Held.Source].
const (
	SourceMemory   = "memory"
	SourceRedis    = "redis"
	SourceUpstream = "upstream"
)

// Key names one entry of an operation's data.
type Key struct {
	// Scope is the tenant that the data belong to; "" is the gateway's own.
	Scope string
	// Part names a part of the operation's data, for example a type of capacity service; "" is all of them.
	Part string
}

// Held is an answer with its age. Value is shared and must not be changed.
type Held[V any] struct {
	Value V
	// Generation rises with every refresh of the key, in all replicas that share a Redis.
	Generation uint64
	// FetchedAt is when the fetch began, by our clock, and never in the future.
	FetchedAt time.Time
	// StaleAt is the moment at which the data turn stale, a little jittered; equal in all replicas.
	StaleAt time.Time
	State   State
	// Reason is why the last refresh failed; nil when it did not.
	Reason error
	// Source is where this answer came from: SourceMemory when no tier below had to be read.
	Source string
	// Standing is that of the generation; nil where the answer is that of none.
	Standing *Standing
}

// Outcome is the answer for one key: a value, the knowledge that the upstream has none (Found is false and Held has
// only its times), or an error.
type Outcome[V any] struct {
	Held  Held[V]
	Found bool
	Err   error
}

// Result is what a fetch returned for one key. Err means that this key could not be read.
type Result[R any] struct {
	Record R
	Err    error
}

// Fetched is a list that was read whole. A list with a page that could not be read is an error instead.
type Fetched[Row any] struct {
	Records []Row `json:"records"`
	Gaps    []Gap `json:"gaps,omitempty"`
	// Pages is how many pages were read. Shifted is set when rows may have moved between them meanwhile, so that some were
	// missed; Unchecked then, when there was no reading before to take these from.
	Pages     int  `json:"pages,omitempty"`
	Shifted   bool `json:"shifted,omitempty"`
	Unchecked bool `json:"unchecked,omitempty"`
	// Missed counts, for each row that was taken over from the reading before, by its key, how many readings in turn have
	// lacked it.
	Missed map[string]int `json:"missed,omitempty"`
	// Truncated is set when a limit of pages cut the data or, with Repeats, when the upstream answered the same page
	// again.
	Truncated bool `json:"truncated,omitempty"`
	Repeats   bool `json:"repeats,omitempty"`
	// Foreign counts rows about something else than what was asked, which are left out.
	Foreign int `json:"foreign,omitempty"`
	// Unplaced counts rows that are in no part of the data: an answer of such rows alone counts as an empty one.
	Unplaced int `json:"unplaced,omitempty"`
	// Code is a code beside the data that is not known as one of success; empty means none.
	Code string `json:"code,omitempty"`
}

// form is how a list is turned into bytes: row by row.
func (*Fetched[Row]) form() record.Form {
	return record.List(func(f *Fetched[Row]) *[]Row { return &f.Records })
}

// Gap counts rows that the upstream sent and that can't be used: unreadable ones, and those without their key.
type Gap struct {
	// Part is the part of the data that they belong to, for example a region code; "" is unknown.
	Part   string
	Reason string
	Rows   int
}

// answer is an [Outcome] without its type. It has a generation or an error.
type answer struct {
	gen    *generation
	state  State
	source string
	reason error
	err    error
}

// outcomeOf gives an answer its type.
func outcomeOf[V any](a *answer) (o Outcome[V]) {
	if o.Err = a.err; a.gen != nil {
		fill(&o, a.gen, a.state, a.source, a.reason)
	}
	return o
}

// fill takes an answer from a generation.
func fill[V any](o *Outcome[V], gen *generation, state State, source string, reason error) {
	o.Found = gen.found
	o.Held.Value, _ = gen.value.(V) // nil where the upstream has none
	o.Held.Generation, o.Held.FetchedAt, o.Held.StaleAt = gen.number, gen.life.fetchedAt, gen.life.staleAt
	o.Held.State, o.Held.Source, o.Held.Reason, o.Held.Standing = state, source, reason, gen.standing
}
