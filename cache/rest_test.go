package cache_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

type circuitError struct{ unsentError }

func (circuitError) CircuitOpen() bool { return true }

// The reason why a due key is not refreshed is an event, a log line, and part of a look.
func TestWhyAKeyRests(t *testing.T) {
	soon := unsentError{laterError{time.Minute}}
	tests := map[cache.Rest]func(u *upstream){
		cache.RestFailed:  func(u *upstream) { u.err = errUpstream },
		cache.RestQuota:   func(u *upstream) { u.err = fmt.Errorf("refused: %w", soon) },
		cache.RestCircuit: func(u *upstream) { u.err = fmt.Errorf("refused: %w", circuitError{soon}) },
		cache.RestEmpty:   func(u *upstream) { u.count = false },
	}
	for rest, change := range tests {
		t.Run(string(rest), func(t *testing.T) {
			var log bytes.Buffer
			u, c, events := newUpstream(), newClock(), &tally{}
			s := newRows(t, u, cache.Tiers{
				Now: c.Now, OnEvent: events.on,
				Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			}, func(d *lists) { d.KeepOneEmpty = true })
			get(t, s, all)
			if _, holding := s.Look(all.Scope, all.Part); holding.Rests != "" || !holding.RestsUntil.IsZero() {
				t.Errorf("fresh data rest: %+v", holding)
			}
			u.set(change)
			c.Advance(11 * time.Second)
			get(t, s, all) // begins a refresh in the background
			eventually(t, func() bool { return events.resting(rest) == 1 })
			get(t, s, all)
			get(t, s, all)
			if n := events.resting(rest); n != 3 {
				t.Errorf("%d events, want one of its begin and two of refreshes that it kept from beginning", n)
			}
			if _, holding := s.Look(all.Scope, all.Part); holding.Rests != rest || !holding.RestsUntil.After(c.Now()) {
				t.Errorf("a look shows %+v", holding)
			}
			s.Close()
			for _, word := range []string{"operation=listRows", "scope=tenant", "rest=" + string(rest)} {
				if !strings.Contains(log.String(), word) {
					t.Errorf("the log lacks %s: %s", word, log.String())
				}
			}
		})
	}
}

func TestAKeyRestsWhileAnotherReplicaRefreshes(t *testing.T) {
	server, u, c, events := redistest.Start(t), newUpstream(), newClock(), &tally{}
	tiers := replica(t, server, c)
	tiers.OnEvent = events.on
	one, two := newRows(t, u, replica(t, server, c)), newRows(t, u, tiers)
	get(t, one, all)
	eventually(t, func() bool { return get(t, two, all).Value.rows["n"] == 1 && u.count1() == 1 })
	noLeases(t, server)
	c.Advance(11 * time.Second)
	gate := make(chan struct{})
	u.set(func(u *upstream) { u.gate = gate })
	<-u.began
	get(t, one, all)
	<-u.began
	get(t, two, all)
	eventually(t, func() bool { return events.resting(cache.RestElsewhere) > 0 })
	if _, holding := two.Look(all.Scope, all.Part); holding.Rests != cache.RestElsewhere {
		t.Errorf("a look shows %+v", holding)
	}
	close(gate)
}

// With leases a failure counts for all replicas, also for records.
func TestRecordsFailureReachesOtherReplicas(t *testing.T) {
	server, s, c := redistest.Start(t), newShelf(), newClock()
	s.errs["a"] = circuitError{unsentError{laterError{time.Minute}}}
	one, two := newRecords(t, s, replica(t, server, c), leased), newRecords(t, s, replica(t, server, c), leased)
	if o := one.One(t.Context(), "t", "a", 0); o.Err == nil {
		t.Fatal("Get has no error")
	}
	one.Close()
	out := two.Get(t.Context(), "t", []string{"a", "b"}, 0)
	if _, ok := errors.AsType[*cache.RemoteError](out["a"].Err); !ok || out["b"].Err != nil {
		t.Errorf("answers %+v, want the other replica's error and a record", out)
	}
	if _, holding := two.Look("t", "a"); holding.Rests != cache.RestCircuit {
		t.Errorf("a look shows %+v, want why the other replica's key rests", holding)
	}
	s.wantAsked(t, []string{"a"}, []string{"b"})
}

func TestRecordsAreForcedOnceAMinuteByAllReplicas(t *testing.T) {
	server, s, c := redistest.Start(t), newShelf(), newClock()
	one, two := newRecords(t, s, replica(t, server, c), leased), newRecords(t, s, replica(t, server, c), leased)
	one.Get(t.Context(), "t", []string{"a", "b"}, 0)
	noLeases(t, server)
	two.Get(t.Context(), "t", []string{"a", "b"}, 0)
	c.Advance(5 * time.Second)
	one.Get(t.Context(), "t", []string{"a"}, time.Second)
	noLeases(t, server)
	c.Advance(5 * time.Second)
	wantRecords(t, two.Get(t.Context(), "t", []string{"a", "b"}, time.Second), map[string]seen{
		"a": {2, cache.Fresh, cache.SourceMemory, true, false}, // forced by the other one 5 s ago
		"b": {3, cache.Fresh, cache.SourceUpstream, true, false},
	})
	s.wantAsked(t, []string{"a", "b"}, []string{"a"}, []string{"b"})
}
