package cache_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/cache"
)

var all = cache.Key{Scope: "tenant"}

func TestNewRefuses(t *testing.T) {
	tests := map[string]func(*lists){
		"no operation":       func(d *lists) { d.Operation = "" },
		"no key":             func(d *lists) { d.Key = nil },
		"no fetch":           func(d *lists) { d.Fetch = nil },
		"no build":           func(d *lists) { d.Build = nil },
		"one empty, no rows": func(d *lists) { d.Rows, d.KeepOneEmpty = nil, true },
		"no ages":            func(d *lists) { d.Ages = cache.Ages{} },
		"negative ages":      func(d *lists) { d.Ages.Fresh = -1 },
		"stale before fresh": func(d *lists) { d.Ages.Stale = time.Second },
		"dead before stale":  func(d *lists) { d.Ages.Dead = time.Second },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			d := listsOf(newUpstream())
			change(&d)
			if _, err := cache.New(d, cache.Tiers{}); err == nil {
				t.Error("New has no error")
			}
		})
	}
}

func TestGetFetchesOnceAndPeekAnswers(t *testing.T) {
	u, c, events := newUpstream(), newClock(), &tally{}
	u.answer = cache.Fetched[row]{Gaps: []cache.Gap{{Part: "r1", Reason: "no id", Rows: 2}}, Truncated: true}
	s := newRows(t, u, cache.Tiers{Now: c.Now, OnEvent: events.on})
	if _, ok := s.peek(t.Context(), all); ok {
		t.Fatal("Peek of an empty cache is true")
	}
	began := c.Now()
	held := get(t, s, all)
	want(t, held, 1, cache.Fresh, cache.SourceUpstream)
	if !held.FetchedAt.Equal(began) || !held.StaleAt.Equal(began.Add(ages.Fresh)) {
		t.Errorf("fetched %v, stale %v, want %v and 10 s later", held.FetchedAt, held.StaleAt, began)
	}
	if diff := cmp.Diff(u.answer.Gaps, held.Value.gaps); diff != "" || !held.Value.cut {
		t.Errorf("gaps (-want +got):\n%s, truncated %t", diff, held.Value.cut)
	}
	for range 3 {
		want(t, get(t, s, all), 1, cache.Fresh, cache.SourceMemory)
		held, ok := s.peek(t.Context(), all)
		if !ok {
			t.Fatal("Peek is false")
		}
		want(t, held, 1, cache.Fresh, cache.SourceMemory)
	}
	u.wantCalls(t, 1)
	if hits, misses := events.of(cache.EventHit), events.of(cache.EventMiss); hits != 6 || misses != 1 {
		t.Errorf("%d hits and %d misses, want 6 and 1", hits, misses)
	}
}

func TestKeysAreApart(t *testing.T) {
	u := newUpstream()
	s := newRows(t, u, cache.Tiers{})
	keys := []cache.Key{{}, {Scope: "a"}, {Part: "a"}, {Scope: "a", Part: "b"}, {Scope: "ab"}, {Part: "ab"}}
	for i, key := range keys {
		want(t, get(t, s, key), i+1, cache.Fresh, cache.SourceUpstream)
	}
	for i, key := range keys {
		want(t, get(t, s, key), i+1, cache.Fresh, cache.SourceMemory)
	}
}

func TestConcurrentGetsShareOneFetch(t *testing.T) {
	u := newUpstream()
	u.gate = make(chan struct{})
	s := newRows(t, u, cache.Tiers{})
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			held, err := s.get(t.Context(), all, 0)
			if err != nil || held.Value.rows["n"] != 1 {
				t.Errorf("Get = %v, %v, want fetch 1", held.Value, err)
			}
		})
	}
	<-u.began
	close(u.gate)
	wg.Wait()
	u.wantCalls(t, 1)
}

func TestStaleIsAnsweredAndRefreshedBehind(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	first := get(t, s, all)
	c.Advance(11 * time.Second)
	gate := make(chan struct{})
	u.set(func(u *upstream) { u.gate = gate })
	news := s.changed(all)
	for range 5 {
		held, ok := s.peek(t.Context(), all)
		if !ok {
			t.Fatal("Peek of stale data is false")
		}
		want(t, held, 1, cache.Stale, cache.SourceMemory)
		want(t, get(t, s, all), 1, cache.Stale, cache.SourceMemory)
	}
	close(gate)
	<-news
	second := get(t, s, all)
	want(t, second, 2, cache.Fresh, cache.SourceMemory)
	if second.Generation <= first.Generation {
		t.Errorf("generation %d after %d, want a higher one", second.Generation, first.Generation)
	}
	u.wantCalls(t, 2)
	if diff := cmp.Diff([]bool{false, true}, u.inBackground); diff != "" {
		t.Errorf("Background in the fetches (-want +got):\n%s", diff)
	}
	if first.Value.rows["n"] != 1 {
		t.Error("the generation that a query held has changed")
	}
}

func TestExpiredWaitsForRefresh(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	get(t, s, all)
	c.Advance(2 * time.Minute)
	if _, ok := s.peek(t.Context(), all); ok {
		t.Error("Peek of expired data is true")
	}
	want(t, get(t, s, all), 2, cache.Fresh, cache.SourceUpstream)
}

func TestExpiredIsAnsweredBeforeDeadline(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	get(t, s, all)
	c.Advance(2 * time.Minute)
	u.set(func(u *upstream) { u.gate = make(chan struct{}) })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	held, err := s.get(ctx, all, 0)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	want(t, held, 1, cache.Expired, cache.SourceMemory)
	if !errors.Is(held.Reason, context.DeadlineExceeded) || ctx.Err() != nil {
		t.Errorf("reason %v, context %v; want an answer in time, with a reason", held.Reason, ctx.Err())
	}
}

func TestWaitEndsWithContext(t *testing.T) {
	u := newUpstream()
	u.gate = make(chan struct{})
	s := newRows(t, u, cache.Tiers{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-u.began; cancel() }()
	if _, err := s.get(ctx, all, 0); !errors.Is(err, context.Canceled) {
		t.Fatalf("Get = %v, want Canceled", err)
	}
	there := s.changed(all)
	close(u.gate) // the fetch went on without its caller
	<-there
	want(t, get(t, s, all), 1, cache.Fresh, cache.SourceMemory)
	u.wantCalls(t, 1)
}

func TestRefreshKeepsValuesOfItsCaller(t *testing.T) {
	type credentials struct{}
	seen := make(chan any, 1)
	s := newRows(t, newUpstream(), cache.Tiers{}, func(d *lists) {
		d.Fetch = whole(func(ctx context.Context, _ cache.Key) (cache.Fetched[row], error) {
			if _, ok := ctx.Deadline(); !ok {
				t.Error("a fetch without a deadline")
			}
			seen <- ctx.Value(credentials{})
			return cache.Fetched[row]{}, nil
		})
	})
	if _, err := s.get(context.WithValue(t.Context(), credentials{}, "mine"), all, 0); err != nil {
		t.Fatalf("Get: %v", err)
	}
	if got := <-seen; got != "mine" {
		t.Errorf("the fetch saw %v, want its caller's value", got)
	}
}

func TestMaxAgeForcesOnceAMinute(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	ask := func(maxAge time.Duration) cache.Held[*table] {
		t.Helper()
		held, err := s.get(t.Context(), all, maxAge)
		if err != nil {
			t.Fatalf("Get: %v", err)
		}
		return held
	}
	want(t, ask(time.Second), 1, cache.Fresh, cache.SourceUpstream)
	c.Advance(5 * time.Second)
	want(t, ask(8*time.Second), 1, cache.Fresh, cache.SourceMemory)
	want(t, ask(time.Second), 2, cache.Fresh, cache.SourceUpstream)
	c.Advance(5 * time.Second)
	want(t, ask(time.Second), 2, cache.Fresh, cache.SourceMemory) // forced less than a minute ago
	c.Advance(56 * time.Second)
	want(t, ask(time.Second), 3, cache.Fresh, cache.SourceUpstream)
	u.wantCalls(t, 3)
}

func TestHowOftenMaxAgeForcesIsASetting(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now, ForceEvery: 10 * time.Second})
	for _, calls := range []int{1, 2, 2, 3} {
		if _, err := s.get(t.Context(), all, time.Second); err != nil {
			t.Fatalf("Get: %v", err)
		}
		u.wantCalls(t, calls)
		c.Advance(5 * time.Second)
	}
}

func TestEarlyRefreshUnderLoad(t *testing.T) {
	u, c := newUpstream(), newClock()
	random := 0.0
	var mu sync.Mutex
	s := newRows(t, u, cache.Tiers{Now: c.Now, Rand: func() float64 { mu.Lock(); defer mu.Unlock(); return random }},
		func(d *lists) {
			fetch := d.Fetch
			d.Fetch = func(ctx context.Context, scope string, parts []string) map[string]cache.Result[cache.Fetched[row]] {
				c.Advance(300 * time.Millisecond) // the cost of a fetch
				return fetch(ctx, scope, parts)
			}
		})
	get(t, s, all)
	c.Advance(8 * time.Second) // not in the last tenth
	mu.Lock()
	random = 0.999
	mu.Unlock()
	peek := func() { t.Helper(); s.peek(t.Context(), all) }
	peek()
	c.Advance(time.Second) // 9.3 s old: 0.7 s left, and -ln(0.001)*0.3 s = 2.07 s
	mu.Lock()
	random = 0.5 // -ln(0.5)*0.3 s = 0.2 s
	mu.Unlock()
	peek()
	if n := u.count1(); n != 1 {
		t.Fatalf("%d fetches, want none early", n)
	}
	mu.Lock()
	random = 0.999
	mu.Unlock()
	peek()
	u.wantCalls(t, 2)
}

func TestKeepOneEmpty(t *testing.T) {
	u, c := newUpstream(), newClock()
	u.count = false
	u.answer.Records = []row{{ID: "n", Value: 7}}
	s := newRows(t, u, cache.Tiers{Now: c.Now}, func(d *lists) { d.KeepOneEmpty = true })
	want(t, get(t, s, all), 7, cache.Fresh, cache.SourceUpstream)
	u.set(func(u *upstream) { u.answer.Records = nil })
	c.Advance(2 * time.Minute)
	held := get(t, s, all)
	want(t, held, 7, cache.Expired, cache.SourceMemory)
	if held.Reason == nil {
		t.Error("kept rows without a reason")
	}
	c.Advance(2 * time.Second)
	held = get(t, s, all)
	if held.State != cache.Fresh || len(held.Value.rows) != 0 {
		t.Errorf("%v with %d rows, want the second empty answer to be believed", held.State, len(held.Value.rows))
	}
	u.wantCalls(t, 3)
}

func TestFirstEmptyAnswerIsData(t *testing.T) {
	u := newUpstream()
	u.count = false
	s := newRows(t, u, cache.Tiers{}, func(d *lists) { d.KeepOneEmpty = true })
	if held := get(t, s, all); held.State != cache.Fresh || held.Reason != nil {
		t.Errorf("%v, %v, want fresh", held.State, held.Reason)
	}
}

func TestDropForgetsAlsoWhatIsUnderWay(t *testing.T) {
	u, c := newUpstream(), newClock()
	s := newRows(t, u, cache.Tiers{Now: c.Now})
	get(t, s, all)
	if err := s.drop(t.Context(), all); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	if _, ok := s.peek(t.Context(), all); ok {
		t.Error("Peek after Drop is true")
	}
	gate := make(chan struct{})
	u.set(func(u *upstream) { u.gate = gate })
	<-u.began
	got := make(chan cache.Held[*table], 1)
	go func() {
		held, err := s.get(t.Context(), all, 0)
		if err != nil {
			t.Errorf("Get: %v", err)
		}
		got <- held
	}()
	<-u.began // fetch 2 is under way, and out of date now
	if err := s.drop(t.Context(), all); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	close(gate)
	want(t, <-got, 3, cache.Fresh, cache.SourceUpstream)
	want(t, get(t, s, all), 3, cache.Fresh, cache.SourceMemory)
}

func TestClose(t *testing.T) {
	u := newUpstream()
	u.gate = make(chan struct{})
	s := newRows(t, u, cache.Tiers{})
	done := make(chan error, 1)
	go func() {
		_, err := s.get(t.Context(), all, 0)
		done <- err
	}()
	<-u.began
	s.Close() // ends the fetch and waits for it
	if err := <-done; err == nil {
		t.Error("Get of a closed cache has no error")
	}
	if _, err := s.get(t.Context(), all, 0); !errors.Is(err, cache.ErrClosed) {
		t.Errorf("Get after Close = %v, want ErrClosed", err)
	}
	s.Close()
}
