package quota

import "time"

const (
	defaultPause = 10 * time.Second
	longestPause = 120 * time.Second
	settle       = 2 * time.Second // how long refusals of calls under way may still arrive after the first one
	regrowth     = 5               // minutes until the whole limit is back
)

// pace is the limit after refusals by the upstream: first a pause, then half, then slowly the whole again. book.lua has
// the same rule for all replicas.
type pace struct {
	limit  float64
	rate   float64 // after the last cut; the limit: never cut
	paused time.Duration
	cut    time.Duration
}

// pauseOf returns the pause after a refusal with that Retry-After.
func pauseOf(retryAfter time.Duration) time.Duration {
	if retryAfter <= 0 {
		return defaultPause
	}
	return min(retryAfter, longestPause)
}

// slow begins or lengthens a pause and reports whether it cut the rate, which it does once for all refusals of a
// moment.
func (p *pace) slow(now, pause time.Duration) bool {
	cut := now >= p.paused && (p.rate >= p.limit || now-p.cut >= settle)
	if cut {
		p.rate = max(1, p.limit/20, p.tokens(now)/2)
		p.cut = now
	}
	p.paused = max(p.paused, now+pause)
	return cut
}

// tokens returns how many tokens a window may have now.
func (p *pace) tokens(now time.Duration) float64 {
	if p.rate >= p.limit {
		return p.limit
	}
	minutes := max(0, now-p.paused).Minutes()
	return min(p.limit, p.rate+minutes*max(1, (p.limit-p.rate)/regrowth))
}
