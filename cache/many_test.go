package cache_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/cache"
)

// shelf is an upstream that is asked by key: every key but "none" exists, and its record carries
// the number of the fetch.
type shelf struct {
	mu     sync.Mutex
	asked  [][]string
	scopes []string
	errs   map[string]error
	gate   chan struct{}
	began  chan struct{}
	behind []bool
}

func newShelf() *shelf { return &shelf{began: make(chan struct{}, 1000), errs: map[string]error{}} }

func (s *shelf) fetch(ctx context.Context, scope string, keys []string) map[string]cache.Result[row] {
	s.mu.Lock()
	s.asked = append(s.asked, slices.Sorted(slices.Values(keys)))
	s.scopes = append(s.scopes, scope)
	s.behind = append(s.behind, cache.Awaited(ctx) != nil)
	n, gate := len(s.asked), s.gate
	out := make(map[string]cache.Result[row])
	for _, key := range keys {
		if key != "none" {
			out[key] = cache.Result[row]{Record: row{ID: key, Value: n}, Err: s.errs[key]}
		}
	}
	s.mu.Unlock()
	s.began <- struct{}{}
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil
		}
	}
	return out
}

func (s *shelf) set(change func(s *shelf)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// wantAsked checks the keys of every fetch so far, after waiting for as many.
func (s *shelf) wantAsked(t *testing.T, want ...[]string) {
	t.Helper()
	read := func() [][]string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return slices.Clone(s.asked)
	}
	eventually(t, func() bool { return len(read()) >= len(want) })
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Fatalf("fetches (-want +got):\n%s", diff)
	}
}

type many = cache.Many[string, row, row]

func newMany(t *testing.T, s *shelf, tiers cache.Tiers, change ...func(*cache.ManyConfig[string, row, row])) *many {
	t.Helper()
	if tiers.Rand == nil {
		tiers.Rand = noJitter
	}
	cfg := cache.ManyConfig[string, row, row]{
		Operation: "showRow", Ages: ages, Text: func(k string) string { return k }, Fetch: s.fetch,
		Build: func(_ string, r row) (row, int64) { return r, 10 }, Tiers: tiers,
	}
	for _, f := range change {
		f(&cfg)
	}
	m, err := cache.NewMany(cfg)
	if err != nil {
		t.Fatalf("NewMany: %v", err)
	}
	t.Cleanup(m.Close)
	return m
}

// seen is an outcome in short.
type seen struct {
	N      int
	State  cache.State
	Source string
	Found  bool
	Err    bool
}

func short(out map[string]cache.Outcome[row]) map[string]seen {
	got := make(map[string]seen, len(out))
	for key, o := range out {
		got[key] = seen{o.Held.Value.Value, o.Held.State, o.Held.Source, o.Found, o.Err != nil}
	}
	return got
}

func wantMany(t *testing.T, got map[string]cache.Outcome[row], want map[string]seen) {
	t.Helper()
	if diff := cmp.Diff(want, short(got)); diff != "" {
		t.Fatalf("outcomes (-want +got):\n%s", diff)
	}
}

func TestNewManyRefuses(t *testing.T) {
	good := cache.ManyConfig[string, row, row]{
		Operation: "a", Ages: ages, Text: func(k string) string { return k }, Fetch: newShelf().fetch,
		Build: func(_ string, r row) (row, int64) { return r, 1 },
	}
	tests := map[string]func(*cache.ManyConfig[string, row, row]){
		"no operation": func(c *cache.ManyConfig[string, row, row]) { c.Operation = "" },
		"no text":      func(c *cache.ManyConfig[string, row, row]) { c.Text = nil },
		"no fetch":     func(c *cache.ManyConfig[string, row, row]) { c.Fetch = nil },
		"no build":     func(c *cache.ManyConfig[string, row, row]) { c.Build = nil },
		"bad ages":     func(c *cache.ManyConfig[string, row, row]) { c.Ages.Fresh = -1 },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := good
			change(&cfg)
			if _, err := cache.NewMany(cfg); err == nil {
				t.Error("NewMany has no error")
			}
		})
	}
}

func TestManyAsksOnlyForWhatIsMissing(t *testing.T) {
	s, events := newShelf(), &tally{}
	m := newMany(t, s, cache.Tiers{OnEvent: events.on})
	wantMany(t, m.Get(t.Context(), "t", []string{"a", "b", "a", "none"}, 0), map[string]seen{
		"a":    {1, cache.Fresh, cache.SourceUpstream, true, false},
		"b":    {1, cache.Fresh, cache.SourceUpstream, true, false},
		"none": {0, cache.Fresh, cache.SourceUpstream, false, false},
	})
	wantMany(t, m.Get(t.Context(), "t", []string{"a", "c", "none"}, 0), map[string]seen{
		"a":    {1, cache.Fresh, cache.SourceMemory, true, false},
		"c":    {2, cache.Fresh, cache.SourceUpstream, true, false},
		"none": {0, cache.Fresh, cache.SourceMemory, false, false},
	})
	wantMany(t, m.Get(t.Context(), "other", []string{"a"}, 0), map[string]seen{
		"a": {3, cache.Fresh, cache.SourceUpstream, true, false},
	})
	wantMany(t, m.Get(t.Context(), "t", nil, 0), map[string]seen{})
	s.wantAsked(t, []string{"a", "b", "none"}, []string{"c"}, []string{"a"})
	if hits, misses := events.of(cache.EventHit), events.of(cache.EventMiss); hits != 2 || misses != 5 {
		t.Errorf("%d hits, %d misses, want 2 and 5", hits, misses)
	}
	for key, held := range map[string]bool{"a": true, "none": true, "z": false} {
		if o, ok := m.Peek(t.Context(), "t", key); ok != held || ok && o.Found != (key != "none") {
			t.Errorf("Peek(%s) = %+v, %t", key, o, ok)
		}
	}
}

func TestManyConcurrentGetsJoin(t *testing.T) {
	s := newShelf()
	s.gate = make(chan struct{})
	m := newMany(t, s, cache.Tiers{})
	var wg sync.WaitGroup
	ask := func(keys ...string) {
		wg.Go(func() {
			for key, o := range m.Get(t.Context(), "t", keys, 0) {
				if o.Err != nil || !o.Found || o.Held.Value.ID != key {
					t.Errorf("%s = %+v", key, o)
				}
			}
		})
	}
	ask("a", "b")
	<-s.began
	ask("b", "c")
	<-s.began
	for range 50 {
		ask("a", "b", "c")
	}
	close(s.gate)
	wg.Wait()
	s.wantAsked(t, []string{"a", "b"}, []string{"c"})
}

func TestManyStaleIsRefreshedBehind(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newMany(t, s, cache.Tiers{Now: c.Now})
	m.Get(t.Context(), "t", []string{"a", "b"}, 0)
	c.advance(11 * time.Second)
	gate := make(chan struct{})
	s.set(func(s *shelf) { s.gate = gate })
	for range 3 {
		o, ok := m.Peek(t.Context(), "t", "a")
		if !ok || o.Held.State != cache.Stale || o.Held.Value.Value != 1 {
			t.Fatalf("Peek = %+v, %t, want the first, stale", o, ok)
		}
		wantMany(t, m.Get(t.Context(), "t", []string{"a", "b"}, 0), map[string]seen{
			"a": {1, cache.Stale, cache.SourceMemory, true, false},
			"b": {1, cache.Stale, cache.SourceMemory, true, false},
		})
	}
	s.wantAsked(t, []string{"a", "b"}, []string{"a", "b"})
	close(gate)
	eventually(t, func() bool { o, ok := m.Peek(t.Context(), "t", "b"); return ok && o.Held.State == cache.Fresh })
	if diff := cmp.Diff([]bool{false, true}, s.behind); diff != "" {
		t.Errorf("Background in the fetches (-want +got):\n%s", diff)
	}
}

// A page of stale records costs one fetch for each tenant, although each is peeked at alone.
func TestManyPeeksGather(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newMany(t, s, cache.Tiers{Now: c.Now})
	keys := []string{"a", "b", "c", "d"}
	m.Get(t.Context(), "t", keys, 0)
	m.Get(t.Context(), "other", keys[:1], 0)
	c.advance(11 * time.Second)
	for _, key := range keys {
		m.Peek(t.Context(), "t", key)
	}
	eventually(t, func() bool { o, ok := m.Peek(t.Context(), "t", "d"); return ok && o.Held.State == cache.Fresh })
	m.Peek(t.Context(), "other", "a")
	s.wantAsked(t, keys, []string{"a"}, keys, []string{"a"})
	if diff := cmp.Diff([]string{"t", "other", "t", "other"}, s.scopes); diff != "" {
		t.Errorf("tenants (-want +got):\n%s", diff)
	}
}

func TestManyStaleRidesAlongWithMissing(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newMany(t, s, cache.Tiers{Now: c.Now})
	m.Get(t.Context(), "t", []string{"a"}, 0)
	c.advance(11 * time.Second)
	wantMany(t, m.Get(t.Context(), "t", []string{"a", "b"}, 0), map[string]seen{
		"a": {1, cache.Stale, cache.SourceMemory, true, false},
		"b": {2, cache.Fresh, cache.SourceUpstream, true, false},
	})
	s.wantAsked(t, []string{"a"}, []string{"a", "b"})
}

func TestManyNegativeEntriesEnd(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newMany(t, s, cache.Tiers{Now: c.Now}, func(cfg *cache.ManyConfig[string, row, row]) {
		cfg.NegativeFor = 5 * time.Second
	})
	ask := func() { t.Helper(); m.Get(t.Context(), "t", []string{"none"}, 0) }
	ask()
	c.advance(4 * time.Second)
	ask()
	s.wantAsked(t, []string{"none"})
	c.advance(2 * time.Second)
	ask()
	s.wantAsked(t, []string{"none"}, []string{"none"})
}

func TestManyAgesOfARecord(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newMany(t, s, cache.Tiers{Now: c.Now}, func(cfg *cache.ManyConfig[string, row, row]) {
		cfg.AgesOf = func(r row) cache.Ages {
			switch r.ID {
			case "ended":
				return cache.Ages{Fresh: time.Hour, Stale: time.Hour, Dead: time.Hour}
			case "wrong":
				return cache.Ages{}
			default:
				return ages
			}
		}
	})
	keys := []string{"ended", "running", "wrong"}
	if o := m.Get(t.Context(), "t", keys, 0)["wrong"]; o.Err == nil {
		t.Errorf("wrong = %+v, want an error of its ages", o)
	}
	c.advance(20 * time.Minute)
	out := m.Get(t.Context(), "t", keys[:2], 0)
	wantMany(t, out, map[string]seen{
		"ended":   {1, cache.Fresh, cache.SourceMemory, true, false},
		"running": {2, cache.Fresh, cache.SourceUpstream, true, false},
	})
}

func TestManyMaxAge(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newMany(t, s, cache.Tiers{Now: c.Now})
	value := func(maxAge time.Duration) int {
		t.Helper()
		o := m.Get(t.Context(), "t", []string{"a"}, maxAge)["a"]
		if o.Err != nil {
			t.Fatalf("Get: %v", o.Err)
		}
		return o.Held.Value.Value
	}
	got := []int{value(time.Second)}
	c.advance(5 * time.Second)
	got = append(got, value(6*time.Second), value(time.Second))
	c.advance(5 * time.Second)
	got = append(got, value(time.Second)) // forced less than a minute ago
	if diff := cmp.Diff([]int{1, 1, 2, 2}, got); diff != "" {
		t.Errorf("fetches answered (-want +got):\n%s", diff)
	}
}

func TestManyExpiredBeforeDeadline(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newMany(t, s, cache.Tiers{Now: c.Now})
	m.Get(t.Context(), "t", []string{"a", "b"}, 0)
	c.advance(2 * time.Minute)
	s.set(func(s *shelf) { s.gate = make(chan struct{}) })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	out := m.Get(ctx, "t", []string{"a", "b"}, 0)
	if ctx.Err() != nil {
		t.Error("answered after the deadline")
	}
	for _, key := range []string{"a", "b"} {
		if o := out[key]; o.Err != nil || o.Held.State != cache.Expired || o.Held.Reason == nil {
			t.Errorf("%s = %+v, want expired with a reason", key, o)
		}
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if o := m.Get(gone, "t", []string{"z"}, 0)["z"]; !errors.Is(o.Err, context.Canceled) {
		t.Errorf("z = %+v, want Canceled", o)
	}
}

func TestManyDropForgetsAlsoWhatIsUnderWay(t *testing.T) {
	s := newShelf()
	m := newMany(t, s, cache.Tiers{})
	m.Get(t.Context(), "t", []string{"a"}, 0)
	<-s.began
	if err := m.Drop(t.Context(), "t", "a"); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	gate := make(chan struct{})
	s.set(func(s *shelf) { s.gate = gate })
	got := make(chan map[string]cache.Outcome[row], 1)
	go func() { got <- m.Get(t.Context(), "t", []string{"a"}, 0) }()
	<-s.began
	if err := m.Drop(t.Context(), "t", "a", "never held"); err != nil {
		t.Fatalf("Drop: %v", err)
	}
	close(gate)
	wantMany(t, <-got, map[string]seen{"a": {3, cache.Fresh, cache.SourceUpstream, true, false}})
	wantMany(t, m.Get(t.Context(), "t", []string{"a"}, 0), map[string]seen{
		"a": {3, cache.Fresh, cache.SourceMemory, true, false},
	})
}

func TestManyIsBounded(t *testing.T) {
	s := newShelf()
	m := newMany(t, s, cache.Tiers{}, func(cfg *cache.ManyConfig[string, row, row]) { cfg.MaxBytes = 100 * 300 })
	keys := make([]string, 1000)
	for i := range keys {
		keys[i] = time.Duration(i).String()
	}
	if out := m.Get(t.Context(), "t", keys, 0); len(out) != len(keys) {
		t.Fatalf("%d answers, want %d", len(out), len(keys))
	}
	held := func() (n int) {
		for _, key := range keys {
			if _, ok := m.Peek(t.Context(), "t", key); ok {
				n++
			}
		}
		return n
	}
	eventually(t, func() bool { return held() <= 150 })
}

func TestManyClose(t *testing.T) {
	s := newShelf()
	m := newMany(t, s, cache.Tiers{})
	m.Get(t.Context(), "t", []string{"a"}, 0)
	m.Close()
	if o := m.Get(t.Context(), "t", []string{"b"}, 0)["b"]; !errors.Is(o.Err, cache.ErrClosed) {
		t.Errorf("b = %+v, want ErrClosed", o)
	}
	if _, ok := m.Peek(t.Context(), "t", "a"); !ok {
		t.Error("Peek after Close is false")
	}
}
