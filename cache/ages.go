package cache

import (
	"errors"
	"math"
	"time"
)

// Ages says how long data of one operation are answered, counted from the beginning of the fetch.
type Ages struct {
	// Fresh is until when data are answered as they are.
	Fresh time.Duration
	// Stale is until when old data are answered at once and refreshed in the background.
	Stale time.Duration
	// Dead is from when data are never answered.
	Dead time.Duration
}

var errAges = errors.New("ages must be 0 < fresh <= stale <= dead")

func (a Ages) check() error {
	if a.Fresh <= 0 || a.Stale < a.Fresh || a.Dead < a.Stale {
		return errAges
	}
	return nil
}

const (
	// jitterShare is the part of an age by which moments are spread, always towards the early side: no data are fresh or
	// kept longer than their ages say.
	jitterShare = 0.1
	// earlyShare is the last part of the fresh age, in which a refresh may begin early.
	earlyShare = 0.1
)

// life has the moments at which one generation changes its state.
type life struct {
	renewal

	fetchedAt, expiredAt, deadAt time.Time
}

// renewal is when fresh data are refreshed. Its moments are compared as they are: those of this process count by the
// clock that is never set.
type renewal struct {
	earlyAt, staleAt time.Time     // from the first on a refresh may begin before the second
	cost             time.Duration // how long the fetch took
}

// from counts the ages. jitter is 0 to 1, drawn once a generation and stored with it, so that all replicas agree on
// staleAt.
func (a Ages) from(fetchedAt time.Time, cost time.Duration, jitter float64) life {
	fresh := a.Fresh - scale(a.Fresh, jitterShare*clampShare(jitter))
	return life{
		renewal: renewal{
			earlyAt: fetchedAt.Add(fresh - scale(fresh, earlyShare)), staleAt: fetchedAt.Add(fresh), cost: cost,
		},
		fetchedAt: fetchedAt,
		expiredAt: fetchedAt.Add(a.Stale),
		deadAt:    fetchedAt.Add(a.Dead),
	}
}

// state returns the state at a moment; false when the data are dead.
func (l *life) state(now time.Time) (State, bool) {
	switch {
	case now.Before(l.staleAt):
		return Fresh, true
	case now.Before(l.expiredAt):
		return Stale, true
	default:
		return Expired, now.Before(l.deadAt)
	}
}

// early reports whether fresh data should be refreshed already: the nearer their end and the longer their fetch took,
// the likelier (XFetch). Under load a refresh then ends before the data turn stale; without load it does not begin.
func (r *renewal) early(now time.Time, random func() float64) bool {
	if now.Before(r.earlyAt) {
		return false
	}
	drawn := -math.Log(1-random()) * float64(r.cost) // 1-random(): never the log of 0
	return !now.Add(time.Duration(min(drawn, float64(time.Hour)))).Before(r.staleAt)
}

func scale(d time.Duration, share float64) time.Duration {
	return time.Duration(float64(d) * share)
}

func clampShare(share float64) float64 {
	if !(share > 0) { // also NaN
		return 0
	}
	return min(share, 1)
}
