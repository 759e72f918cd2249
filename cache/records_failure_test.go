package cache_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

func TestRecordsFailures(t *testing.T) {
	s, c, events := newShelf(), newClock(), &tally{}
	m := newRecords(t, s, cache.Tiers{Now: c.Now, OnEvent: events.on})
	m.Get(t.Context(), "t", []string{"a"}, 0)
	s.set(func(s *shelf) { s.errs = map[string]error{"a": errUpstream, "b": errUpstream} })
	c.Advance(2 * time.Minute)
	for range 3 { // the second and third find the remembered failure
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
	eventually(t, func() bool { return events.of(cache.EventRefreshFailed) == 2 }) // keys
	c.Advance(11 * time.Minute)
	if o := m.Get(t.Context(), "t", []string{"a"}, 0)["a"]; !errors.Is(o.Err, errUpstream) {
		t.Errorf("dead a = %+v, want the fetch's error", o)
	}
	s.set(func(s *shelf) { s.errs = nil })
	c.Advance(time.Minute)
	wantRecords(t, m.Get(t.Context(), "t", []string{"a", "b"}, 0), map[string]seen{
		"a": {4, cache.Fresh, cache.SourceUpstream, true, false},
		"b": {4, cache.Fresh, cache.SourceUpstream, true, false},
	})
}

// A fetch that is cut off does not show that a record does not exist.
func TestRecordsTimeoutIsNotAbsence(t *testing.T) {
	s := newShelf()
	s.gate = make(chan struct{})
	m := newRecords(t, s, cache.Tiers{}, func(d *records) {
		d.FetchTimeout = 20 * time.Millisecond
	})
	if o := m.Get(t.Context(), "t", []string{"a"}, 0)["a"]; !errors.Is(o.Err, context.DeadlineExceeded) {
		t.Errorf("a = %+v, want DeadlineExceeded", o)
	}
}
