package estimate

import (
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// Cached says how memory answers a question.
type Cached string

// The ways in which memory answers: stale data are answered too, and refreshed in the background.
const (
	Held    Cached = "held"
	Stale   Cached = "stale"
	Missing Cached = "missing"
)

// Conditions decide whether held data answer a question.
type Conditions struct {
	// Now is the moment of the operation, MaxAge the oldest data that it accepts; zero accepts whatever the sources do.
	Now    time.Time
	MaxAge time.Duration
	// Shares means that other replicas' data are in reach, which may save any call.
	Shares bool
	// Counted means that lists whose lengths matter have just been asked for: what is held of them counts, even where it
	// is older than the operation accepts.
	Counted bool
}

// Cached reports whether memory answers. tooOld means data that are answered only where a refresh can't be forced.
func (c Conditions) Cached(holding cache.Holding) (cached Cached, tooOld bool) {
	if !holding.Held || holding.State == cache.Expired {
		return Missing, false
	}
	tooOld = c.MaxAge > 0 && c.Now.Sub(holding.FetchedAt) > c.MaxAge
	if holding.State == cache.Stale {
		return Stale, tooOld
	}
	return Held, tooOld
}

// Holds reports whether a set is answered from memory.
func (c Conditions) Holds(holding cache.Holding) bool {
	cached, tooOld := c.Cached(holding)
	return cached != Missing && !tooOld
}

// Counts reports whether a list's length and items are known well enough to count by.
func (c Conditions) Counts(holding cache.Holding) bool {
	cached, _ := c.Cached(holding)
	return c.Holds(holding) || c.Counted && cached != Missing
}

// CallsOfSpan is how many calls the rows of a span need at most, the one that finds no further rows included, and how
// many of them are expected.
func (q Question) CallsOfSpan(from, to time.Time) (most, expected int) {
	length := int(to.Sub(from) / time.Minute)
	return length/q.Minutes + 1, max(1, (length+q.Minutes-1)/q.Minutes)
}

// SpanPart names the data of a span among those of an operation.
func SpanPart(from, to time.Time) string {
	return strconv.FormatInt(from.Unix(), 10) + " " + strconv.FormatInt(to.Unix(), 10)
}

// SpanParameters are a span's ends as most calls have them, and as those of all calls are shown.
func SpanParameters(from, to time.Time) map[string]string {
	return map[string]string{
		"begin_time": strconv.FormatInt(from.UnixMilli(), 10), "end_time": strconv.FormatInt(to.UnixMilli(), 10),
	}
}
