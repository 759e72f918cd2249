package cache_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

func TestManyFailures(t *testing.T) {
	s, c, events := newShelf(), newClock(), &tally{}
	m := newMany(t, s, cache.Tiers{Now: c.Now, OnEvent: events.on})
	m.Get(t.Context(), "t", []string{"a"}, 0)
	s.set(func(s *shelf) { s.errs = map[string]error{"a": errUpstream, "b": errUpstream} })
	c.advance(2 * time.Minute)
	for range 3 { // the second and third find the memory of the failure
		out := m.Get(t.Context(), "t", []string{"a", "b", "c"}, 0)
		if o := out["a"]; o.Err != nil || o.Held.State != cache.Expired || !errors.Is(o.Held.Reason, errUpstream) {
			t.Errorf("a = %+v, want the old record, expired, with the reason", o)
		}
		if o := out["b"]; !errors.Is(o.Err, errUpstream) {
			t.Errorf("b = %+v, want the fetch's error", o)
		}
		if o := out["c"]; o.Err != nil || !o.Found {
			t.Errorf("c = %+v, want a record", o)
		}
	}
	s.wantAsked(t, []string{"a"}, []string{"a", "b", "c"})
	eventually(t, func() bool { return events.of(cache.EventRefreshFailed) == 2 }) // keys; told after those who wait
	c.advance(11 * time.Minute)
	if o := m.Get(t.Context(), "t", []string{"a"}, 0)["a"]; !errors.Is(o.Err, errUpstream) {
		t.Errorf("dead a = %+v, want the fetch's error", o)
	}
	s.set(func(s *shelf) { s.errs = nil })
	c.advance(time.Minute)
	wantMany(t, m.Get(t.Context(), "t", []string{"a", "b"}, 0), map[string]seen{
		"a": {4, cache.Fresh, cache.SourceUpstream, true, false},
		"b": {4, cache.Fresh, cache.SourceUpstream, true, false},
	})
}

func TestManyCallersFault(t *testing.T) {
	s := newShelf()
	s.errs["a"] = errUpstream
	m := newMany(t, s, cache.Tiers{}, func(cfg *cache.ManyConfig[string, row, row]) {
		cfg.CallersFault = func(err error) bool { return errors.Is(err, errUpstream) }
	})
	m.Get(t.Context(), "t", []string{"a"}, 0)
	s.set(func(s *shelf) { s.errs = nil })
	wantMany(t, m.Get(t.Context(), "t", []string{"a"}, 0), map[string]seen{
		"a": {2, cache.Fresh, cache.SourceUpstream, true, false},
	})
}

// A fetch that is cut off has not shown that a record does not exist.
func TestManyTimeoutIsNotAbsence(t *testing.T) {
	s := newShelf()
	s.gate = make(chan struct{})
	m := newMany(t, s, cache.Tiers{}, func(cfg *cache.ManyConfig[string, row, row]) {
		cfg.FetchTimeout = 20 * time.Millisecond
	})
	if o := m.Get(t.Context(), "t", []string{"a"}, 0)["a"]; !errors.Is(o.Err, context.DeadlineExceeded) {
		t.Errorf("a = %+v, want DeadlineExceeded", o)
	}
}

func TestManyPanicsAreErrors(t *testing.T) {
	tests := map[string]func(*cache.ManyConfig[string, row, row]){
		"fetch": func(cfg *cache.ManyConfig[string, row, row]) {
			cfg.Fetch = func(context.Context, string, []string) map[string]cache.Result[row] { panic("bad") }
		},
		"build": func(cfg *cache.ManyConfig[string, row, row]) {
			cfg.Build = func(string, row) (row, int64) { panic("bad") }
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			o := newMany(t, newShelf(), cache.Tiers{}, change).Get(t.Context(), "t", []string{"a"}, 0)["a"]
			if _, ok := errors.AsType[*cache.PanicError](o.Err); !ok {
				t.Errorf("a = %+v, want a PanicError", o)
			}
		})
	}
}

// Users of one tenant share data, not the fault of one's credentials.
func TestManyCallersFaultReachesOnlyItsCaller(t *testing.T) {
	type user struct{}
	gate, told, began := make(chan struct{}), make(chan struct{}), make(chan struct{}, 10)
	m := newMany(t, newShelf(), cache.Tiers{}, func(cfg *cache.ManyConfig[string, row, row]) {
		cfg.CallersFault = func(err error) bool { return errors.Is(err, errUpstream) }
		cfg.Fetch = func(ctx context.Context, _ string, keys []string) map[string]cache.Result[row] {
			began <- struct{}{}
			<-gate
			if ctx.Value(user{}) == "bad" {
				return map[string]cache.Result[row]{keys[0]: {Err: errUpstream}}
			}
			<-told
			return map[string]cache.Result[row]{keys[0]: {Record: row{ID: keys[0]}}}
		}
	})
	ask := func(name string) <-chan cache.Outcome[row] {
		got := make(chan cache.Outcome[row], 1)
		go func() {
			got <- m.Get(context.WithValue(t.Context(), user{}, name), "t", []string{"a"}, 0)["a"]
		}()
		return got
	}
	bad := ask("bad")
	<-began
	good := ask("good")
	time.AfterFunc(20*time.Millisecond, func() { close(gate) })
	if o := <-bad; !errors.Is(o.Err, errUpstream) {
		t.Errorf("bad = %+v, want its error", o)
	}
	close(told)
	if o := <-good; o.Err != nil || !o.Found {
		t.Errorf("good = %+v, want a record", o)
	}
}
