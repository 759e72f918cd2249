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

// shelf is an upstream with records by key: every key but "none" exists, and its record has the number of the fetch.
type shelf struct {
	mu           sync.Mutex
	asked        [][]string
	scopes       []string
	errs         map[string]error
	gate         chan struct{}
	began        chan struct{}
	inBackground []bool
}

func newShelf() *shelf { return &shelf{began: make(chan struct{}, 1000), errs: map[string]error{}} }

func (s *shelf) fetch(ctx context.Context, scope string, keys []string) map[string]cache.Result[row] {
	s.mu.Lock()
	s.asked = append(s.asked, slices.Sorted(slices.Values(keys)))
	s.scopes = append(s.scopes, scope)
	s.inBackground = append(s.inBackground, cache.Awaited(ctx) != nil)
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

type recordSet = cache.Set[string, row]

func recordsOf(s *shelf) records {
	return records{
		Operation: "showRow", Ages: ages, Key: asText, Fetch: s.fetch,
		Build: func(_, _ string, r row) (row, int64) { return r, 10 },
	}
}

func newRecords(t *testing.T, s *shelf, tiers cache.Tiers, change ...func(*records)) recordSet {
	t.Helper()
	d := recordsOf(s)
	return newSet(t, &d, tiers, change)
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

func wantRecords(t *testing.T, got map[string]cache.Outcome[row], want map[string]seen) {
	t.Helper()
	if diff := cmp.Diff(want, short(got)); diff != "" {
		t.Fatalf("outcomes (-want +got):\n%s", diff)
	}
}

func TestRecordsAsksOnlyForWhatIsMissing(t *testing.T) {
	s, events := newShelf(), &tally{}
	m := newRecords(t, s, cache.Tiers{OnEvent: events.on})
	wantRecords(t, m.Get(t.Context(), "t", []string{"a", "b", "a", "none"}, 0), map[string]seen{
		"a":    {1, cache.Fresh, cache.SourceUpstream, true, false},
		"b":    {1, cache.Fresh, cache.SourceUpstream, true, false},
		"none": {0, cache.Fresh, cache.SourceUpstream, false, false},
	})
	wantRecords(t, m.Get(t.Context(), "t", []string{"a", "c", "none"}, 0), map[string]seen{
		"a":    {1, cache.Fresh, cache.SourceMemory, true, false},
		"c":    {2, cache.Fresh, cache.SourceUpstream, true, false},
		"none": {0, cache.Fresh, cache.SourceMemory, false, false},
	})
	wantRecords(t, m.Get(t.Context(), "other", []string{"a"}, 0), map[string]seen{
		"a": {3, cache.Fresh, cache.SourceUpstream, true, false},
	})
	wantRecords(t, m.Get(t.Context(), "t", nil, 0), map[string]seen{})
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

func TestRecordsConcurrentGetsJoin(t *testing.T) {
	s := newShelf()
	s.gate = make(chan struct{})
	m := newRecords(t, s, cache.Tiers{})
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

func TestRecordsStaleIsRefreshedBehind(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newRecords(t, s, cache.Tiers{Now: c.Now})
	m.Get(t.Context(), "t", []string{"a", "b"}, 0)
	c.Advance(11 * time.Second)
	gate := make(chan struct{})
	s.set(func(s *shelf) { s.gate = gate })
	for range 3 {
		o, ok := m.Peek(t.Context(), "t", "a")
		if !ok || o.Held.State != cache.Stale || o.Held.Value.Value != 1 {
			t.Fatalf("Peek = %+v, %t, want the first, stale", o, ok)
		}
		wantRecords(t, m.Get(t.Context(), "t", []string{"a", "b"}, 0), map[string]seen{
			"a": {1, cache.Stale, cache.SourceMemory, true, false},
			"b": {1, cache.Stale, cache.SourceMemory, true, false},
		})
	}
	s.wantAsked(t, []string{"a", "b"}, []string{"a", "b"})
	close(gate)
	eventually(t, func() bool { o, ok := m.Peek(t.Context(), "t", "b"); return ok && o.Held.State == cache.Fresh })
	if diff := cmp.Diff([]bool{false, true}, s.inBackground); diff != "" {
		t.Errorf("Background in the fetches (-want +got):\n%s", diff)
	}
}

// A page of stale records costs one fetch for each tenant, although each is peeked at alone.
func TestRecordsPeeksGather(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newRecords(t, s, cache.Tiers{Now: c.Now})
	keys := []string{"a", "b", "c", "d"}
	m.Get(t.Context(), "t", keys, 0)
	m.Get(t.Context(), "other", keys[:1], 0)
	c.Advance(11 * time.Second)
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

func TestRecordsStaleRidesAlongWithMissing(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newRecords(t, s, cache.Tiers{Now: c.Now})
	m.Get(t.Context(), "t", []string{"a"}, 0)
	c.Advance(11 * time.Second)
	wantRecords(t, m.Get(t.Context(), "t", []string{"a", "b"}, 0), map[string]seen{
		"a": {1, cache.Stale, cache.SourceMemory, true, false},
		"b": {2, cache.Fresh, cache.SourceUpstream, true, false},
	})
	s.wantAsked(t, []string{"a"}, []string{"a", "b"})
}

func TestRecordsNegativeEntriesEnd(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newRecords(t, s, cache.Tiers{Now: c.Now}, func(d *records) {
		d.NotFoundFor = 5 * time.Second
	})
	ask := func() { t.Helper(); m.Get(t.Context(), "t", []string{"none"}, 0) }
	ask()
	c.Advance(4 * time.Second)
	ask()
	s.wantAsked(t, []string{"none"})
	c.Advance(2 * time.Second)
	ask()
	s.wantAsked(t, []string{"none"}, []string{"none"})
}

func TestRecordsAgesOfARecord(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newRecords(t, s, cache.Tiers{Now: c.Now}, func(d *records) {
		d.AgesOf = func(r row) cache.Ages {
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
	c.Advance(20 * time.Minute)
	out := m.Get(t.Context(), "t", keys[:2], 0)
	wantRecords(t, out, map[string]seen{
		"ended":   {1, cache.Fresh, cache.SourceMemory, true, false},
		"running": {2, cache.Fresh, cache.SourceUpstream, true, false},
	})
}

func TestRecordsExpiredBeforeDeadline(t *testing.T) {
	s, c := newShelf(), newClock()
	m := newRecords(t, s, cache.Tiers{Now: c.Now})
	m.Get(t.Context(), "t", []string{"a", "b"}, 0)
	c.Advance(2 * time.Minute)
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

func TestRecordsDropForgetsAlsoWhatIsUnderWay(t *testing.T) {
	s := newShelf()
	m := newRecords(t, s, cache.Tiers{})
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
	wantRecords(t, <-got, map[string]seen{"a": {3, cache.Fresh, cache.SourceUpstream, true, false}})
	wantRecords(t, m.Get(t.Context(), "t", []string{"a"}, 0), map[string]seen{
		"a": {3, cache.Fresh, cache.SourceMemory, true, false},
	})
}

func TestRecordsIsBounded(t *testing.T) {
	s := newShelf()
	m := newRecords(t, s, cache.Tiers{}, func(d *records) { d.MaxBytes = 100 * 300 })
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

func TestRecordsClose(t *testing.T) {
	s := newShelf()
	m := newRecords(t, s, cache.Tiers{})
	m.Get(t.Context(), "t", []string{"a"}, 0)
	m.Close()
	if o := m.Get(t.Context(), "t", []string{"b"}, 0)["b"]; !errors.Is(o.Err, cache.ErrClosed) {
		t.Errorf("b = %+v, want ErrClosed", o)
	}
	if _, ok := m.Peek(t.Context(), "t", "a"); !ok {
		t.Error("Peek after Close is false")
	}
}
