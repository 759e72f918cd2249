package cache_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

var errUpstream = errors.New("upstream broke")

func TestFailingFetchThroughTheAges(t *testing.T) {
	u, c, events := newUpstream(), newClock(), &tally{}
	s := newRows(t, u, cache.Tiers{Now: c.Now, OnEvent: events.on})
	want(t, get(t, s, all), 1, cache.Fresh, cache.SourceUpstream)
	u.set(func(u *upstream) { u.err = errUpstream })

	c.Advance(11 * time.Second) // stale: answered, the refresh in the background fails
	get(t, s, all)
	eventually(t, func() bool { held, _ := s.peek(t.Context(), all); return errors.Is(held.Reason, errUpstream) })
	held, ok := s.peek(t.Context(), all)
	if !ok {
		t.Fatal("Peek is false")
	}
	want(t, held, 1, cache.Stale, cache.SourceMemory)
	u.wantCalls(t, 2) // no fetch during the pause

	c.Advance(time.Minute) // past stale: the caller waits, and gets the old data with the reason
	held = get(t, s, all)
	want(t, held, 1, cache.Expired, cache.SourceMemory)
	if !errors.Is(held.Reason, errUpstream) {
		t.Errorf("reason %v, want the fetch's error", held.Reason)
	}
	u.wantCalls(t, 3)
	want(t, get(t, s, all), 1, cache.Expired, cache.SourceMemory)
	u.wantCalls(t, 3)

	c.Advance(10 * time.Minute) // dead
	if _, err := s.get(t.Context(), all, 0); !errors.Is(err, errUpstream) {
		t.Errorf("Get of dead data = %v, want the fetch's error", err)
	}
	u.set(func(u *upstream) { u.err = nil })
	c.Advance(time.Minute)
	held = get(t, s, all)
	want(t, held, 5, cache.Fresh, cache.SourceUpstream)
	if held.Reason != nil {
		t.Errorf("reason %v after a success", held.Reason)
	}
	s.Close() // an event comes after the answer that it is about
	if n := events.of(cache.EventRefreshFailed); n != 3 {
		t.Errorf("%d failed refreshes, want 3", n)
	}
}

func TestPausesGrow(t *testing.T) {
	u, c := newUpstream(), newClock()
	u.err = errUpstream
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	pause := func() time.Duration {
		t.Helper()
		calls := u.count1()
		for waited := time.Duration(0); ; waited += 500 * time.Millisecond {
			if _, err := s.get(t.Context(), all, 0); !errors.Is(err, errUpstream) {
				t.Fatalf("Get = %v, want the fetch's error", err)
			}
			if u.count1() > calls {
				return waited
			}
			c.Advance(500 * time.Millisecond)
		}
	}
	pause()
	for i, seconds := range []float64{1, 2, 4, 8, 16, 20, 20} {
		if got := pause().Seconds(); got != seconds {
			t.Errorf("pause %d is %v s, want %v s", i, got, seconds)
		}
	}
}

type laterError struct{ time.Duration }

func (e laterError) Error() string             { return "come back later" }
func (e laterError) RetryAfter() time.Duration { return e.Duration }

func TestPauseIsNotShorterThanAsked(t *testing.T) {
	u, c := newUpstream(), newClock()
	u.err = fmt.Errorf("page 2: %w", laterError{45 * time.Second})
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	ask := func() {
		t.Helper()
		if _, err := s.get(t.Context(), all, 0); err == nil {
			t.Fatal("Get has no error")
		}
	}
	ask()
	c.Advance(44 * time.Second)
	ask()
	u.wantCalls(t, 1)
	c.Advance(2 * time.Second)
	ask()
	u.wantCalls(t, 2)
}

type unsentError struct{ laterError }

func (unsentError) Unsent() bool { return true }

// Data are back soon after an outage: while a circuit is open, its refusals must not push the next try beyond the
// moment at which it lets one through.
func TestRefusalBeforeSendingLengthensNoPause(t *testing.T) {
	u, c := newUpstream(), newClock()
	u.err = errUpstream
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	ask := func() {
		t.Helper()
		if _, err := s.get(t.Context(), all, 0); err == nil {
			t.Fatal("Get has no error")
		}
	}
	for range 6 { // until the pause is at its longest
		ask()
		c.Advance(30 * time.Second)
	}
	u.wantCalls(t, 6)
	u.set(func(u *upstream) { u.err = fmt.Errorf("refused: %w", unsentError{laterError{3 * time.Second}}) })
	ask()
	ask()
	u.wantCalls(t, 7)
	c.Advance(3 * time.Second)
	u.set(func(u *upstream) { u.err = errUpstream })
	ask()
	u.wantCalls(t, 8)
	c.Advance(19 * time.Second) // the count of failures goes on
	ask()
	u.wantCalls(t, 8)
}

func TestCallersFaultIsHeldAgainstNobody(t *testing.T) {
	u := newUpstream()
	u.err = errUpstream
	s := newRows(t, u, cache.Tiers{}, func(d *lists) {
		d.CallersFault = func(err error) bool { return errors.Is(err, errUpstream) }
	})
	if _, err := s.get(t.Context(), all, 0); !errors.Is(err, errUpstream) {
		t.Fatalf("Get = %v, want the fetch's error", err)
	}
	u.set(func(u *upstream) { u.err = nil })
	want(t, get(t, s, all), 2, cache.Fresh, cache.SourceUpstream)
}

// Users of one tenant share data, but not the fault of one user's credentials.
func TestCallersFaultReachesOnlyItsCaller(t *testing.T) {
	type user struct{}
	gate, answered, began := make(chan struct{}), make(chan struct{}), make(chan struct{}, 10)
	s := newRows(t, newUpstream(), cache.Tiers{}, func(d *lists) {
		d.CallersFault = func(err error) bool { return errors.Is(err, errUpstream) }
		d.Fetch = whole(func(ctx context.Context, _ cache.Key) (cache.Fetched[row], error) {
			began <- struct{}{}
			<-gate
			if ctx.Value(user{}) == "bad" {
				return cache.Fetched[row]{}, errUpstream
			}
			<-answered
			return cache.Fetched[row]{}, nil
		})
	})
	ask := func(name string) <-chan error {
		got := make(chan error, 1)
		go func() {
			_, err := s.get(context.WithValue(t.Context(), user{}, name), all, 0)
			got <- err
		}()
		return got
	}
	bad := ask("bad")
	<-began
	good := ask("good")
	time.AfterFunc(20*time.Millisecond, func() { close(gate) })
	if err := <-bad; !errors.Is(err, errUpstream) {
		t.Errorf("bad = %v, want its error", err)
	}
	close(answered)
	if err := <-good; err != nil {
		t.Errorf("good = %v, want data", err)
	}
}

func TestFetchTimeout(t *testing.T) {
	u := newUpstream()
	u.gate = make(chan struct{})
	s := newRows(t, u, cache.Tiers{}, func(d *lists) {
		d.FetchTimeout = 20 * time.Millisecond
	})
	if _, err := s.get(t.Context(), all, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Get = %v, want DeadlineExceeded", err)
	}
}

func TestPanicsAreErrors(t *testing.T) {
	tests := map[string]func(*lists){
		"fetch": func(d *lists) {
			d.Fetch = whole(func(context.Context, cache.Key) (cache.Fetched[row], error) { panic("bad page") })
		},
		"build": func(d *lists) {
			d.Build = func(_, _ string, _ cache.Fetched[row]) (*table, int64) { panic("bad page") }
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			s := newRows(t, newUpstream(), cache.Tiers{}, change)
			_, err := s.get(t.Context(), all, 0)
			panicked, ok := errors.AsType[*cache.PanicError](err)
			if !ok || !strings.Contains(string(panicked.Stack), "failure_test.go") {
				t.Errorf("Get = %v, want a PanicError with its stack", err)
			}
		})
	}
}
