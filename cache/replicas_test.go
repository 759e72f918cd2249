package cache_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
)

func TestNewReplicaReadsRedis(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	u.answer = cache.Fetched[row]{Gaps: []cache.Gap{{Part: "r1", Reason: "no id", Rows: 2}}, Truncated: true}
	one := newRows(t, u, replica(t, server, c))
	first := get(t, one, all)
	one.Close() // also waits for the write

	c.Advance(3 * time.Second)
	events := &tally{}
	tiers := replica(t, server, c)
	tiers.OnEvent = events.on
	two := newRows(t, u, tiers)
	second := get(t, two, all)
	want(t, second, 1, cache.Fresh, cache.SourceRedis)
	u.wantCalls(t, 1)
	if second.Generation != first.Generation || !second.FetchedAt.Equal(first.FetchedAt.Truncate(time.Microsecond)) {
		t.Errorf("generation %d of %v, want %d of %v", second.Generation, second.FetchedAt, first.Generation, first.FetchedAt)
	}
	if diff := cmp.Diff(first.Value.gaps, second.Value.gaps); diff != "" || !second.Value.cut {
		t.Errorf("gaps (-first +second):\n%s", diff)
	}
	want(t, get(t, two, all), 1, cache.Fresh, cache.SourceMemory)
	two.Close() // the event comes after the answer
	if n := events.of(cache.EventRedisHit); n != 1 {
		t.Errorf("%d hits in Redis, want 1", n)
	}
}

func TestReplicasAgreeOnStaleAt(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	tiers := replica(t, server, nil)
	tiers.Rand = func() float64 { return 0.7 }
	one := newRows(t, u, tiers)
	first := get(t, one, all)
	one.Close()
	second := get(t, newRows(t, u, replica(t, server, nil)), all)
	if d := second.StaleAt.Sub(first.StaleAt).Abs(); d > time.Microsecond {
		t.Errorf("stale at %v and %v", first.StaleAt, second.StaleAt)
	}
	if d := first.StaleAt.Sub(first.FetchedAt); d.Round(time.Microsecond) != 9300*time.Millisecond {
		t.Errorf("fresh for %v, want 7 %% less than 10 s", d)
	}
}

func TestColdReplicasFetchOnce(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.gate = make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		s := newRows(t, u, replica(t, server, nil))
		for range 17 {
			wg.Go(func() {
				held, err := s.get(t.Context(), all, 0)
				if err != nil || held.Value.rows["n"] != 1 {
					t.Errorf("Get = %v, %v, want fetch 1", held.Value, err)
				}
			})
		}
	}
	<-u.began
	time.AfterFunc(100*time.Millisecond, func() { close(u.gate) })
	wg.Wait()
	u.wantCalls(t, 1)
}

func TestDeadHolderIsReplaced(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	tiers := replica(t, server, nil)
	s := newRows(t, u, tiers, func(d *lists) { d.LeaseFor = 300 * time.Millisecond })
	name := leaseName(t, tiers, s)
	if _, ok, err := tiers.Leases.Acquire(t.Context(), name, 300*time.Millisecond); !ok || err != nil {
		t.Fatalf("Acquire = %t, %v", ok, err)
	}
	began := time.Now()
	want(t, get(t, s, all), 2, cache.Fresh, cache.SourceUpstream)
	if took := time.Since(began); took < 200*time.Millisecond || took > 3*time.Second {
		t.Errorf("taken over after %v, want soon after 300 ms", took)
	}
}

// leaseName returns the name of a list's lease: the key of its data, which the first fetch writes.
func leaseName(t *testing.T, tiers cache.Tiers, s *rows) string {
	t.Helper()
	get(t, s, all)
	var name string
	eventually(t, func() bool {
		keys, err := redis.Client(tiers.Redis).Keys(t.Context(), "opsgraph:v3:*").Result()
		if err != nil || len(keys) != 1 {
			return false
		}
		name = keys[0]
		held, err := redis.Client(tiers.Redis).Keys(t.Context(), "opsgraph:lease:*}").Result()
		return err == nil && len(held) == 0
	})
	if err := s.drop(t.Context(), all); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	return name
}

// While one replica refreshes, the others answer old data at once and do not fetch.
func TestOtherReplicasServeOldDataMeanwhile(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	one, two := newRows(t, u, replica(t, server, c)), newRows(t, u, replica(t, server, c))
	get(t, one, all)
	eventually(t, func() bool { return get(t, two, all).Value.rows["n"] == 1 && u.count1() == 1 })
	noLeases(t, server)
	c.Advance(11 * time.Second)
	gate := make(chan struct{})
	u.set(func(u *upstream) { u.gate = gate })
	<-u.began
	want(t, get(t, one, all), 1, cache.Stale, cache.SourceMemory)
	<-u.began
	for range 20 {
		want(t, get(t, two, all), 1, cache.Stale, cache.SourceMemory)
	}
	u.wantCalls(t, 2)
	close(gate)
	eventually(t, func() bool { return get(t, one, all).Value.rows["n"] == 2 })
	one.Close()
	c.Advance(time.Second) // two rested meanwhile
	eventually(t, func() bool { held, ok := two.peek(t.Context(), all); return ok && held.Value.rows["n"] == 2 })
	u.wantCalls(t, 2)
}

func TestStaleDataFromRedisAreAnsweredAtOnce(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	one := newRows(t, u, replica(t, server, c))
	get(t, one, all)
	one.Close()
	c.Advance(30 * time.Second)
	gate := make(chan struct{})
	u.set(func(u *upstream) { u.gate = gate })
	two := newRows(t, u, replica(t, server, c))
	want(t, get(t, two, all), 1, cache.Stale, cache.SourceRedis)
	u.wantCalls(t, 2)
	close(gate)
	eventually(t, func() bool { held, ok := two.peek(t.Context(), all); return ok && held.State == cache.Fresh })
	u.wantCalls(t, 2)
}

// A failure of the holder ends the wait of other replicas at once, and they do not fetch either (F-57).
func TestFailureIsToldToOtherReplicas(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	u.err, u.gate = errUpstream, make(chan struct{})
	coded := replica(t, server, c)
	coded.EncodeError = func(error) string { return "code 7" }
	coded.DecodeError = func(text string, _ time.Duration) error { return fmt.Errorf("decoded %s", text) }
	other := replica(t, server, c)
	other.DecodeError = coded.DecodeError
	one, two := newRows(t, u, coded), newRows(t, u, other)
	errs := make(chan error, 2)
	ask := func(s *rows) {
		_, err := s.get(t.Context(), all, 0)
		errs <- err
	}
	go ask(one)
	<-u.began
	go ask(two)
	time.AfterFunc(50*time.Millisecond, func() { close(u.gate) })
	if err := <-errs; !errors.Is(err, errUpstream) {
		t.Errorf("the holder's Get = %v, want the fetch's error", err)
	}
	began := time.Now()
	if err := <-errs; err == nil || !strings.Contains(err.Error(), "decoded code 7") {
		t.Errorf("the other's Get = %v, want the decoded error", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("reported after %v", took)
	}
	for _, s := range []*rows{one, two} {
		if _, err := s.get(t.Context(), all, 0); err == nil {
			t.Error("Get during the pause has no error")
		}
	}
	u.wantCalls(t, 1)
}

func TestRemoteErrorByDefault(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	u.err = errUpstream
	one := newRows(t, u, replica(t, server, c))
	if _, err := one.get(t.Context(), all, 0); !errors.Is(err, errUpstream) {
		t.Fatalf("Get = %v", err)
	}
	one.Close()
	_, err := newRows(t, u, replica(t, server, c)).get(t.Context(), all, 0)
	var remote *cache.RemoteError
	if !errors.As(err, &remote) || remote.Text != errUpstream.Error() {
		t.Errorf("Get = %v, want a RemoteError with the text", err)
	}
	u.wantCalls(t, 1)
}

// A holder that was stopped beyond the end of its lease must not replace newer data.
func TestLateHolderDoesNotOverwrite(t *testing.T) {
	server, late, next := redistest.Start(t), newUpstream(), newUpstream()
	late.count, next.count = false, false
	late.answer.Records = []row{{ID: "n", Value: 1}}
	next.answer.Records = []row{{ID: "n", Value: 2}}
	late.gate = make(chan struct{})
	events := &tally{}
	tiers := replica(t, server, nil)
	tiers.OnEvent = events.on
	one, two := newRows(t, late, tiers), newRows(t, next, replica(t, server, nil))
	done := make(chan struct{})
	go func() {
		defer close(done)
		get(t, one, all)
	}()
	<-late.began
	dropLeases(t, tiers)
	want(t, get(t, two, all), 2, cache.Fresh, cache.SourceUpstream)
	two.Close()
	close(late.gate)
	<-done
	one.Close()
	if n := events.of(cache.EventFenced); n != 1 {
		t.Errorf("%d writes fenced off, want 1", n)
	}
	want(t, get(t, newRows(t, next, replica(t, server, nil)), all), 2, cache.Fresh, cache.SourceRedis)
}

// noLeases waits until all refreshes have released their leases.
func noLeases(t *testing.T, server *redistest.Server) {
	t.Helper()
	client := admin(t, server)
	eventually(t, func() bool {
		held, err := client.Keys(t.Context(), "opsgraph:lease:*}").Result()
		return err == nil && len(held) == 0
	})
}

// dropLeases ends the lease of a stopped holder, as time would.
func dropLeases(t *testing.T, tiers cache.Tiers) {
	t.Helper()
	client := redis.Client(tiers.Redis)
	keys, err := client.Keys(t.Context(), "opsgraph:lease:*}").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("leases %v, %v, want one", keys, err)
	}
	if err := client.Del(t.Context(), keys...).Err(); err != nil {
		t.Fatalf("DEL: %v", err)
	}
}

func TestLongFetchKeepsItsLease(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.gate = make(chan struct{})
	short := func(d *lists) { d.LeaseFor = 400 * time.Millisecond }
	one, two := newRows(t, u, replica(t, server, nil), short), newRows(t, u, replica(t, server, nil), short)
	var wg sync.WaitGroup
	for _, s := range []*rows{one, two} {
		wg.Go(func() { get(t, s, all) })
	}
	<-u.began
	<-time.After(1200 * time.Millisecond) // a busy machine may be late to extend it once
	u.wantCalls(t, 1)
	close(u.gate)
	wg.Wait()
	u.wantCalls(t, 1)
}

func TestForcedOnceAMinuteByAllReplicas(t *testing.T) {
	server, u, c := redistest.Start(t), newUpstream(), newClock()
	one, two := newRows(t, u, replica(t, server, c)), newRows(t, u, replica(t, server, c))
	get(t, one, all)
	eventually(t, func() bool { return get(t, two, all).Value.rows["n"] == 1 && u.count1() == 1 })
	c.Advance(5 * time.Second)
	force := func(s *rows) cache.Held[*table] {
		t.Helper()
		held, err := s.get(t.Context(), all, time.Second)
		if err != nil {
			t.Fatalf("Get: %v", err)
		}
		return held
	}
	want(t, force(one), 2, cache.Fresh, cache.SourceUpstream)
	eventually(t, func() bool { return stored(t, server) == 2 })
	want(t, force(two), 2, cache.Fresh, cache.SourceRedis)
	c.Advance(5 * time.Second)
	third := newRows(t, u, replica(t, server, c)) // has forced nothing itself
	want(t, force(third), 2, cache.Fresh, cache.SourceMemory)
	u.wantCalls(t, 2)
}

// stored reads Redis as a new replica would.
func stored(t *testing.T, server *redistest.Server) int {
	t.Helper()
	nobody := newUpstream()
	nobody.err = errUpstream
	s := newRows(t, nobody, replica(t, server, nil))
	defer s.Close()
	held, err := s.get(t.Context(), all, 0)
	if err != nil {
		return 0
	}
	return held.Value.rows["n"]
}

func TestDropReachesRedis(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	one, two := newRows(t, u, replica(t, server, nil)), newRows(t, u, replica(t, server, nil))
	get(t, one, all)
	if err := two.drop(t.Context(), all); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	want(t, get(t, two, all), 2, cache.Fresh, cache.SourceUpstream)
}

// A refresh of another replica that began before a drop must not store the dropped data again.
func TestDropFencesOffRefreshesOfOtherReplicas(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	u.gate = make(chan struct{})
	events := &tally{}
	tiers := replica(t, server, nil)
	tiers.OnEvent = events.on
	one, two := newRows(t, u, tiers), newRows(t, u, replica(t, server, nil))
	done := make(chan struct{})
	go func() {
		defer close(done)
		get(t, one, all)
	}()
	<-u.began
	if err := two.drop(t.Context(), all); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	close(u.gate)
	<-done
	one.Close()
	if n := events.of(cache.EventFenced); n != 1 {
		t.Errorf("%d writes fenced off, want 1", n)
	}
	want(t, get(t, two, all), 2, cache.Fresh, cache.SourceUpstream)
}

func TestEnvironmentsAndShapesAreApart(t *testing.T) {
	server, u := redistest.Start(t), newUpstream()
	one := newRows(t, u, replica(t, server, nil))
	get(t, one, all)
	one.Close()
	other := replica(t, server, nil)
	other.Environment = "other"
	want(t, get(t, newRows(t, u, other), all), 2, cache.Fresh, cache.SourceUpstream)

	type row2 struct {
		ID    string `json:"id"`
		Value int    `json:"value,omitempty"`
	}
	d := cache.Dataset[string, cache.Fetched[row2], int]{
		Operation: "listRows", Ages: ages, Key: asText, Alone: true, Fetch: whole(emptyFetch[row2]),
		Build: func(_, _ string, f cache.Fetched[row2]) (int, int64) { return len(f.Records), 1 },
	}
	s := newSet(t, &d, replica(t, server, nil), nil)
	if o := s.One(t.Context(), all.Scope, all.Part, 0); o.Err != nil || o.Held.Source != cache.SourceUpstream {
		t.Errorf("another version read the value: %+v", o)
	}
}

func TestLeasesInAnotherRedis(t *testing.T) {
	server, coordination, u := redistest.Start(t), redistest.Start(t), newUpstream()
	tiers := replica(t, server, nil)
	tiers.Leases = lease.New(replica(t, coordination, nil).Redis, "test")
	s := newRows(t, u, tiers)
	want(t, get(t, s, all), 1, cache.Fresh, cache.SourceUpstream)
	s.Close()
	if got := stored(t, server); got != 1 {
		t.Errorf("stored fetch %d, want 1", got)
	}
}
