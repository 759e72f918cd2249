// Package circuit keeps calls from an operation that fails.
package circuit

import (
	"cmp"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

// The states of a circuit.
const (
	Closed   = "closed"
	Open     = "open"
	HalfOpen = "half-open"
)

// ProbeWait is how soon a call may ask again for the right to probe.
const ProbeWait = time.Second

// never is longer than any circuit stays open: Breaker half-opens it by the client's own clock.
const never = 1000 * time.Hour

// Breaker is the circuit of one operation. The library counts and keeps the state; this type adds what it
// lacks: outcomes that do not count, delays that grow, our clock, and results that come too late.
type Breaker struct {
	mu         sync.Mutex
	circuit    circuitbreaker.CircuitBreaker[any]
	delays     []time.Duration
	opened     int       // times in a row, without a success between
	until      time.Time // end of the current delay, while open
	retryAt    time.Time // when those who are refused meanwhile should ask again: one moment for all
	generation int       // counts changes of state
	spread     func(time.Duration) time.Duration
}

// Settings say when the circuit of a failing operation opens, and for how long. A scarce quota leaves about ten
// calls in ten seconds, too few for a rate: there failures in a row count.
type Settings struct {
	// ScarceFailures in a row open the circuit of an operation with a scarce quota, for ScarceOpen the first time, twice
	// that the second, three times that from then on. Zeros mean 5 and 10 s.
	ScarceFailures int
	ScarceOpen     time.Duration
	// Ratio is the share of failures, among at least Calls within Window, that opens the circuit of any other operation,
	// for Open each time. Zeros mean 0.5, 20, 10 s and 5 s.
	Ratio  float64
	Calls  int
	Window time.Duration
	Open   time.Duration
}

// WithDefaults are the settings with what the zeros mean.
func (p Settings) WithDefaults() Settings {
	return Settings{
		ScarceFailures: cmp.Or(max(p.ScarceFailures, 0), 5), ScarceOpen: cmp.Or(p.ScarceOpen, 10*time.Second),
		Ratio: cmp.Or(p.Ratio, 0.5), Calls: cmp.Or(max(p.Calls, 0), 20),
		Window: cmp.Or(p.Window, 10*time.Second), Open: cmp.Or(p.Open, 5*time.Second),
	}
}

// New returns the breaker of an operation. spread is how much later than a wait those who are refused should ask again.
func New(p Settings, scarce bool, spread func(time.Duration) time.Duration) *Breaker {
	builder := circuitbreaker.NewBuilder[any]().WithDelay(never).WithSuccessThreshold(1)
	if scarce {
		return &Breaker{
			circuit: builder.WithFailureThreshold(uint(p.ScarceFailures)).Build(),
			delays:  []time.Duration{p.ScarceOpen, 2 * p.ScarceOpen, 3 * p.ScarceOpen},
			spread:  spread,
		}
	}
	return &Breaker{
		circuit: builder.WithFailureRateThreshold(p.Ratio, uint(p.Calls), p.Window).Build(),
		delays:  []time.Duration{p.Open},
		spread:  spread,
	}
}

// Permit is the right to make one call.
type Permit struct {
	// Probe is set for the one call of a circuit that is half open; Hold is how long the circuit stays open when it fails.
	Probe bool
	Hold  time.Duration

	generation int
}

// Allow returns the permit of a call, or how long to wait for one.
func (b *Breaker) Allow(now time.Time) (p Permit, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.circuit.IsOpen() {
		if wait = b.until.Sub(now); wait > 0 {
			return Permit{}, wait
		}
		b.circuit.HalfOpen()
		b.generation++
	}
	if !b.circuit.TryAcquirePermit() {
		return Permit{}, ProbeWait // the probe is under way
	}
	return Permit{generation: b.generation, Probe: b.circuit.IsHalfOpen(), Hold: b.delay()}, 0
}

// AskAgain is when those whom the open circuit refuses should ask again; passed while a probe is under way.
func (b *Breaker) AskAgain() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.retryAt
}

// delay is how long the circuit stays open the next time. The lock is held.
func (b *Breaker) delay() time.Duration { return b.delays[min(b.opened, len(b.delays)-1)] }

// Succeeded counts a call that did not fail, Failed one that did, unless the state has changed since it began.
func (b *Breaker) Succeeded(p Permit, now time.Time) { b.record(p, now, b.circuit.RecordSuccess) }

// Failed counts a call that failed: see [Breaker.Succeeded].
func (b *Breaker) Failed(p Permit, now time.Time) { b.record(p, now, b.circuit.RecordFailure) }

func (b *Breaker) record(p Permit, now time.Time, result func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.generation != b.generation {
		return
	}
	before := b.circuit.State()
	result()
	switch b.circuit.State() {
	case before:
		return
	case circuitbreaker.OpenState:
		b.until = now.Add(b.delay())
		b.retryAt = b.until.Add(b.spread(b.delay()))
		b.opened++
	default:
		b.opened = 0
	}
	b.generation++
}

// GiveBack returns the permit of a call that was not made or does not count. After a probe the next one may be made at
// the given time.
func (b *Breaker) GiveBack(p Permit, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.generation == b.generation && b.circuit.IsHalfOpen() {
		b.circuit.Open()
		b.until = at
		b.retryAt = at.Add(b.spread(ProbeWait))
		b.generation++
	}
}

// State is the state of the circuit.
func (b *Breaker) State(now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.circuit.IsClosed():
		return Closed
	case b.circuit.IsOpen() && now.Before(b.until):
		return Open
	default:
		return HalfOpen
	}
}
