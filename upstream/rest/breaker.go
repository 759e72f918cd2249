package rest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

const (
	circuitClosed   = "closed"
	circuitOpen     = "open"
	circuitHalfOpen = "half-open"
)

// never is longer than any circuit stays open: breaker half-opens it by the client's own clock.
const never = 1000 * time.Hour

// breaker keeps calls from an operation that fails. The library counts and keeps the state; this type adds what it
// lacks: outcomes that do not count, delays that grow, our clock, and results that come too late.
type breaker struct {
	mu         sync.Mutex
	circuit    circuitbreaker.CircuitBreaker[*reply]
	delays     []time.Duration
	opened     int       // times in a row, without a success between
	until      time.Time // end of the current delay, while open
	retryAt    time.Time // when those who are refused meanwhile should ask again: one moment for all
	generation int       // counts changes of state
	random     func() float64
}

// Breaker configures when the circuit of a failing operation opens, and for how long. A scarce quota leaves about ten
// calls in ten seconds, too few for a rate: there failures in a row count.
type Breaker struct {
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

func (p Breaker) withDefaults() Breaker {
	return Breaker{
		ScarceFailures: cmp.Or(max(p.ScarceFailures, 0), 5), ScarceOpen: cmp.Or(p.ScarceOpen, 10*time.Second),
		Ratio: cmp.Or(p.Ratio, 0.5), Calls: cmp.Or(max(p.Calls, 0), 20),
		Window: cmp.Or(p.Window, 10*time.Second), Open: cmp.Or(p.Open, 5*time.Second),
	}
}

// newBreaker returns the breaker of an operation.
func newBreaker(p Breaker, scarce bool, random func() float64) *breaker {
	builder := circuitbreaker.NewBuilder[*reply]().WithDelay(never).WithSuccessThreshold(1)
	if scarce {
		return &breaker{
			circuit: builder.WithFailureThreshold(uint(p.ScarceFailures)).Build(),
			delays:  []time.Duration{p.ScarceOpen, 2 * p.ScarceOpen, 3 * p.ScarceOpen},
			random:  random,
		}
	}
	return &breaker{
		circuit: builder.WithFailureRateThreshold(p.Ratio, uint(p.Calls), p.Window).Build(),
		delays:  []time.Duration{p.Open},
		random:  random,
	}
}

// guard refuses calls while the operation's circuit is open, and lets one probe through when it is half open.
func (c *Client) guard(next sender) sender {
	return func(ctx context.Context, o *outgoing) (*reply, error) {
		b := c.breakerOf(o.spec)
		permit, wait := b.allow(c.now())
		release := func() {}
		if wait == 0 && permit.probe {
			release, wait = c.probe(ctx, o, b, permit)
		}
		if wait > 0 {
			failure := o.fail(Unavailable, "circuit open", ErrCircuitOpen)
			c.later(failure, wait)
			if at := b.askAgain(); at.After(c.now()) {
				failure.RetryAt = at
			}
			return nil, failure
		}
		done := false
		defer func() {
			if !done { // a panic must not keep the only probe
				b.giveBack(permit, c.now())
			}
		}()
		answer, err := next(ctx, o)
		done = true
		switch {
		case err == nil:
			b.record(permit, c.now(), b.circuit.RecordSuccess)
			release()
		case ctx.Err() == nil && countsAgainst(err):
			// The right to probe is kept, so that the other replicas wait as long as this one.
			b.record(permit, c.now(), b.circuit.RecordFailure)
		default:
			b.giveBack(permit, c.now())
			release()
		}
		return answer, err
	}
}

// countsAgainst reports whether err counts as a failure of the operation. Our own refusals, a 4xx about the request,
// the caller's deadline and a kept connection that was closed while idle do not.
func countsAgainst(err error) bool {
	failure, ok := errors.AsType[*Error](err)
	return ok && !failure.stale && !Refused(err) &&
		slices.Contains([]Kind{Timeout, Unavailable, BadResponse, RateLimited}, failure.Kind)
}

func (c *Client) breakerOf(spec Spec) *breaker {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := c.breakers[spec.Operation]
	if b == nil {
		b = newBreaker(c.breaker, spec.scarce(), c.rand)
		c.breakers[spec.Operation] = b
	}
	return b
}

// permit is the right to make one call.
type permit struct {
	generation int
	probe      bool          // the one call of a circuit that is half open
	hold       time.Duration // of a probe: how long the circuit stays open when it fails
}

// allow returns the permit of a call, or how long to wait for one.
func (b *breaker) allow(now time.Time) (p permit, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.circuit.IsOpen() {
		if wait = b.until.Sub(now); wait > 0 {
			return permit{}, wait
		}
		b.circuit.HalfOpen()
		b.generation++
	}
	if !b.circuit.TryAcquirePermit() {
		return permit{}, probeWait // the probe is under way
	}
	return permit{generation: b.generation, probe: b.circuit.IsHalfOpen(), hold: b.delay()}, 0
}

// askAgain is when those whom the open circuit refuses should ask again; passed while a probe is under way.
func (b *breaker) askAgain() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.retryAt
}

// delay is how long the circuit stays open the next time. The lock is held.
func (b *breaker) delay() time.Duration { return b.delays[min(b.opened, len(b.delays)-1)] }

// record counts a result, unless the state has changed since its call began.
func (b *breaker) record(p permit, now time.Time, result func()) {
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
		b.retryAt = b.until.Add(spread(b.delay(), b.random))
		b.opened++
	default:
		b.opened = 0
	}
	b.generation++
}

// giveBack returns the permit of a call that was not made or does not count. After a probe the next one may be made at
// the given time.
func (b *breaker) giveBack(p permit, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.generation == b.generation && b.circuit.IsHalfOpen() {
		b.circuit.Open()
		b.until = at
		b.retryAt = at.Add(spread(probeWait, b.random))
		b.generation++
	}
}

func (b *breaker) state(now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.circuit.IsClosed():
		return circuitClosed
	case b.circuit.IsOpen() && now.Before(b.until):
		return circuitOpen
	default:
		return circuitHalfOpen
	}
}
