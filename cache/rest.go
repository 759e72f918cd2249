package cache

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Rest is the reason why a key is not refreshed in the background now.
type Rest string

// Kinds of rests; "" when a key does not rest.
const (
	// RestFailed: the last refresh failed, and the next try waits a little.
	RestFailed Rest = "failed"
	// RestElsewhere: another replica refreshes the key.
	RestElsewhere Rest = "elsewhere"
	// RestQuota: no quota was left for a refresh in the background.
	RestQuota Rest = "quota"
	// RestEmpty: the last answer was empty and is distrusted (KeepOneEmpty).
	RestEmpty Rest = "empty"
	// RestCircuit: the circuit is open. Errors say so by a method CircuitOpen() bool.
	RestCircuit Rest = "circuit"
)

// pause is a rest of one key.
type pause struct {
	until time.Time
	why   Rest
}

// restOf returns the rest that follows a failed refresh. quota: it was in the background and not sent.
func restOf(err error, quota bool) Rest {
	var circuit interface{ CircuitOpen() bool }
	switch {
	case errors.As(err, &circuit) && circuit.CircuitOpen():
		return RestCircuit
	case errors.Is(err, ErrEmptyOnce):
		return RestEmpty
	case quota:
		return RestQuota
	default:
		return RestFailed
	}
}

// resting returns the rest of the key; its zero value when a refresh may begin in the background.
func (e *entry) resting(now time.Time) pause {
	if f := e.failed.Load(); f.active(now) {
		return f.pause
	}
	if p := e.pause.Load(); p != nil && now.Before(p.until) {
		return *p
	}
	return pause{}
}

// rested reports that a key rests: when the rest begins, and for each refresh that does not begin because of it.
func (s *store) rested(ctx context.Context, e *entry, p pause) {
	s.emit(ctx, Event{Kind: EventResting, Rest: p.why})
	if s.tiers.Logger.Enabled(ctx, slog.LevelDebug) {
		s.tiers.Logger.LogAttrs(ctx, slog.LevelDebug, "refresh rests",
			slog.String("operation", s.Operation), slog.String("scope", e.key.Scope), slog.String("part", e.key.Part),
			slog.String("rest", string(p.why)), slog.Time("until", p.until))
	}
}
