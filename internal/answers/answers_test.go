package answers_test

import (
	"context"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/answers"
)

func start() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }

// counted counts events.
type counted struct {
	mu     sync.Mutex
	events map[answers.Event]int
}

func (c *counted) count(event answers.Event, number int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.events == nil {
		c.events = map[answers.Event]int{}
	}
	c.events[event] += number
}

func (c *counted) is(t *testing.T, want map[answers.Event]int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !maps.Equal(c.events, want) {
		t.Errorf("events %v, want %v", c.events, want)
	}
}

func newStore(t *testing.T, o answers.Options) *answers.Store {
	t.Helper()
	store, err := answers.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func key(text string) answers.Key { return answers.Key{Form: answers.Canonical, Text: text} }

func plain(body string) answers.Content {
	return answers.Content{Plain: answers.Packing{Body: []byte(body)}}
}

// set is data of one operation whose fetches a test can see and make fail.
type set struct {
	cache.Set[string, int]

	now     atomic.Int64
	fetches atomic.Int64
	failure atomic.Pointer[error]
}

func newSet(t *testing.T) *set {
	t.Helper()
	s := &set{}
	s.now.Store(start().UnixNano())
	var err error
	s.Set, err = cache.New(cache.Dataset[string, int, int]{
		Operation: "listThings", Ages: cache.Ages{Fresh: time.Minute, Stale: time.Hour, Dead: 2 * time.Hour},
		Key: func(k string) string { return k },
		Fetch: func(_ context.Context, _ string, keys []string) map[string]cache.Result[int] {
			s.now.Add(int64(time.Second)) // what takes long is refreshed ahead of its end
			results := map[string]cache.Result[int]{}
			for _, k := range keys {
				result := cache.Result[int]{Record: int(s.fetches.Add(1))}
				if failure := s.failure.Load(); failure != nil {
					result.Err = *failure
				}
				results[k] = result
			}
			return results
		},
		Build: func(_, _ string, record int) (int, int64) { return record, 8 },
	}, cache.Tiers{
		Now:  func() time.Time { return time.Unix(0, s.now.Load()) },
		Rand: func() float64 { return 0.999999 }, // refreshes begin as early as they may
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func (s *set) read(t *testing.T, k string, maxAge time.Duration) cache.Held[int] {
	t.Helper()
	o := s.One(t.Context(), "", k, maxAge)
	if o.Err != nil || o.Held.Standing == nil {
		t.Fatalf("read: %+v", o)
	}
	return o.Held
}

func TestStore_keysAreComparedWhole(t *testing.T) {
	t.Parallel()
	store := newStore(t, answers.Options{Bytes: 1 << 20})
	view := answers.View{Scope: "a", DomainID: "d", MediaType: "m"}
	kept := answers.Key{View: view, Form: answers.Body, Text: "q"}
	if store.Keep(kept, store.Begin(""), plain("x"), start()) == nil || store.Find(kept, start()) == nil {
		t.Fatal("not kept")
	}
	for name, change := range map[string]func(*answers.Key){
		"scope":      func(k *answers.Key) { k.Scope = "b" },
		"domain id":  func(k *answers.Key) { k.DomainID = "" },
		"media type": func(k *answers.Key) { k.MediaType = "n" },
		"form":       func(k *answers.Key) { k.Form = answers.URL },
		"text":       func(k *answers.Key) { k.Text = "q " },
	} {
		other := kept
		change(&other)
		if store.Find(other, start()) != nil {
			t.Errorf("found with another %s", name)
		}
	}
}

func TestStore_isBoundedInBytes(t *testing.T) {
	t.Parallel()
	var seen counted
	const most = 64 << 10
	store := newStore(t, answers.Options{Bytes: most, Count: seen.count})
	for n := range 200 {
		k := key(strings.Repeat("q", n+1))
		answer := store.Keep(k, store.Begin(""), plain(strings.Repeat("x", 1000)), start())
		store.Alias(answers.Key{Form: answers.Body, Text: k.Text}, answer)
		if store.Find(key("q"), start()) == nil {
			t.Fatalf("the one that is asked for again and again has gone after %d", n)
		}
		if held := store.Bytes(); held > most {
			t.Fatalf("%d bytes are held, %d may", held, most)
		}
	}
	if store.Find(key("qq"), start()) != nil {
		t.Error("the second one is still there")
	}
	if store.Keep(key("large"), store.Begin(""), plain(strings.Repeat("x", answers.Most+1)), start()) != nil {
		t.Error("an answer beyond the largest is kept")
	}
	before := store.Bytes()
	store.Drop(answers.DroppedMemory)
	if before == 0 || store.Bytes() != 0 || store.Find(key("q"), start()) != nil {
		t.Errorf("%d bytes before, %d after all were dropped", before, store.Bytes())
	}
}

func TestStore_packingsCount(t *testing.T) {
	t.Parallel()
	store := newStore(t, answers.Options{Bytes: 10 << 10})
	answer := store.Keep(key("q"), store.Begin(""), plain("x"), start())
	before, made := store.Bytes(), 0
	for range 3 {
		got := answer.Packed(1, func(answers.Content) answers.Packing {
			made++
			return answers.Packing{Body: make([]byte, 500)}
		})
		if len(got.Body) != 500 {
			t.Fatalf("packed to %d bytes", len(got.Body))
		}
	}
	if grown := store.Bytes() - before; made != 1 || grown != 500 {
		t.Errorf("packed %d times, %d bytes more", made, grown)
	}
	answer.Packed(0, func(answers.Content) answers.Packing { return answers.Packing{Body: make([]byte, 20<<10)} })
	if store.Bytes() != 0 || store.Find(key("q"), start()) != nil {
		t.Errorf("an answer that outgrew the bound stays with %d bytes", store.Bytes())
	}
}

func TestStore_aliasesLeadToTheAnswer(t *testing.T) {
	t.Parallel()
	store := newStore(t, answers.Options{Bytes: 1 << 20})
	answer := store.Keep(key("q"), store.Begin(""), plain("x"), start())
	alias := func(n int) answers.Key { return answers.Key{Form: answers.Body, Text: strings.Repeat("a", n)} }
	for n := range 100 {
		store.Alias(alias(n), answer)
	}
	if store.Find(alias(99), start()) != answer || store.Find(key("q"), start()) != answer {
		t.Error("the newest alias or the query itself does not lead there")
	}
	if store.Find(alias(0), start()) != nil {
		t.Error("aliases are not bounded")
	}
	other := store.Keep(key("other"), store.Begin(""), plain("y"), start())
	store.Alias(alias(99), other)
	if store.Find(alias(99), start()) != other {
		t.Error("an alias does not move")
	}
	store.Keep(key("q"), store.Begin(""), plain("z"), start())
	if store.Find(alias(98), start()) != nil {
		t.Error("an alias leads to an answer that was replaced")
	}
}

func TestStore_endsWithItsTime(t *testing.T) {
	t.Parallel()
	var seen counted
	store := newStore(t, answers.Options{Bytes: 1 << 20, Count: seen.count})
	content := plain("x")
	content.Until = start().Add(time.Minute)
	store.Keep(key("q"), store.Begin(""), content, start())
	if store.Find(key("q"), start().Add(time.Minute-1)) == nil {
		t.Error("gone before its time")
	}
	if store.Find(key("q"), start().Add(time.Minute)) != nil || store.Bytes() != 0 {
		t.Error("there after its time")
	}
	if store.Keep(key("q"), store.Begin(""), content, start().Add(time.Hour)) != nil {
		t.Error("kept though its time is over")
	}
	seen.is(t, map[answers.Event]int{answers.DroppedAge: 1})
}

func TestStore_endsWithAnyGenerationBehindIt(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, s *set){
		"a newer generation": func(t *testing.T, s *set) {
			t.Helper()
			s.now.Add(int64(time.Second))
			s.read(t, "b", time.Nanosecond)
		},
		"dropped":             func(t *testing.T, s *set) { t.Helper(); _ = s.Drop(t.Context(), "", "b") },
		"a newer one is told": func(t *testing.T, s *set) { t.Helper(); s.Want("", "b", 1<<63) },
		"a failed refresh": func(t *testing.T, s *set) {
			t.Helper()
			failure := error(&cache.RemoteError{Text: "no"})
			s.failure.Store(&failure)
			s.now.Add(int64(time.Second))
			s.One(t.Context(), "", "b", time.Nanosecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen counted
			store, data := newStore(t, answers.Options{Bytes: 1 << 20, Count: seen.count}), newSet(t)
			content := plain("x")
			content.Standings = []*cache.Standing{data.read(t, "a", 0).Standing, data.read(t, "b", 0).Standing}
			begun := store.Begin("")
			store.Keep(key("q"), begun, content, start())
			if store.Find(key("q"), start()) == nil {
				t.Fatal("not kept")
			}
			end(t, data)
			if store.Find(key("q"), start()) != nil {
				t.Error("given although a read gives something else")
			}
			if store.Keep(key("q"), begun, content, start()) != nil {
				t.Error("kept anew although it has ended")
			}
			seen.is(t, map[answers.Event]int{answers.DroppedNews: 1})
		})
	}
}

// A flight that was late must not leave an answer behind that a change has overtaken.
func TestStore_whatChangesMeanwhileIsNotKept(t *testing.T) {
	t.Parallel()
	var revision atomic.Uint64
	store := newStore(t, answers.Options{Bytes: 1 << 20, Revision: func(string) uint64 { return revision.Load() }})
	begun := store.Begin("")
	revision.Add(1)
	if store.Keep(key("q"), begun, plain("x"), start()) != nil {
		t.Error("kept although what all answers depend on has changed since it began")
	}
	store.Keep(key("q"), store.Begin(""), plain("x"), start())
	revision.Add(1)
	if store.Find(key("q"), start()) != nil {
		t.Error("given after such a change")
	}
	begun = store.Begin("")
	store.Drop(answers.DroppedChange)
	if store.Keep(key("q"), begun, plain("x"), start()) != nil {
		t.Error("kept although all were dropped since it began")
	}
}

// What is given again counts as a read: it begins the refresh that a read would begin.
func TestAnswer_useBeginsTheRefreshThatAReadWould(t *testing.T) {
	t.Parallel()
	store, data := newStore(t, answers.Options{Bytes: 1 << 20}), newSet(t)
	held := data.read(t, "a", 0)
	content := plain("x")
	content.Standings, content.Until = []*cache.Standing{held.Standing}, held.StaleAt
	answer := store.Keep(key("q"), store.Begin(""), content, start())
	changed := data.Changed("", "a")
	answer.Use(t.Context, start())
	data.now.Store(held.StaleAt.Add(-time.Millisecond).UnixNano())
	now := time.Unix(0, data.now.Load())
	answer.Use(t.Context, now)
	select {
	case <-changed:
	case <-time.After(20 * time.Second):
		t.Fatal("no refresh began")
	}
	if store.Find(key("q"), now) != nil || data.fetches.Load() != 2 {
		t.Errorf("%d fetches, or the old answer is given after the refresh", data.fetches.Load())
	}
}

func TestStore_race(t *testing.T) {
	t.Parallel()
	store := newStore(t, answers.Options{Bytes: 32 << 10})
	var work sync.WaitGroup
	for worker := range 8 {
		work.Go(func() {
			for n := range 300 {
				k := key(strings.Repeat("q", 1+(n*7+worker)%20))
				answer := store.Find(k, start())
				if answer == nil {
					answer = store.Keep(k, store.Begin(""), plain(strings.Repeat("x", 2000)), start())
				}
				if answer == nil {
					continue
				}
				store.Alias(answers.Key{Form: answers.Body, Text: k.Text + "b"}, answer)
				answer.Packed(n%answers.Encodings, func(c answers.Content) answers.Packing {
					return answers.Packing{Body: c.Plain.Body[:100]}
				})
				if n%100 == 99 {
					store.Drop(answers.DroppedMemory)
				}
			}
		})
	}
	work.Wait()
	store.Drop(answers.DroppedMemory)
	if held := store.Bytes(); held != 0 {
		t.Errorf("%d bytes are held by nothing", held)
	}
}
