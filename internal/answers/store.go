package answers

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/opsgraph/opsgraph/cache"
)

const (
	// Most is the largest answer that is kept, in bytes: larger ones are rare, and would drive out many others.
	Most = 1 << 20
	// mostAliases is how many texts of requests lead to one answer; the oldest makes room.
	mostAliases = 8
	// Roughly the memory that lengths do not show: of an answer, of a key, of a header line, of a standing.
	answerBytes, keyBytes, linesBytes, standingBytes = 1024, 192, 64, 96
	// sweptAtOnce is how many old answers are looked at for each new one, so that those that ended make room first.
	sweptAtOnce = 4
)

// Event is something that happened, as metrics name it.
type Event string

// The events.
const (
	// HitText and HitQuery: an answer was given again, found by the text of the request or by its query.
	HitText  Event = "hit_text"
	HitQuery Event = "hit_query"
	// Missed: a query that could be kept had to be executed.
	Missed Event = "miss"
	// Shared: a query was answered by the execution of an equal one.
	Shared Event = "shared"
	// Why answers were dropped: one of their data turned stale, or got a newer generation; the room was needed; memory
	// was short; settings or the known regions changed.
	DroppedAge    Event = "dropped_age"
	DroppedNews   Event = "dropped_news"
	DroppedRoom   Event = "dropped_room"
	DroppedMemory Event = "dropped_memory"
	DroppedChange Event = "dropped_change"
)

// Events are all of them.
func Events() []Event {
	return []Event{
		HitText, HitQuery, Missed, Shared, DroppedAge, DroppedNews, DroppedRoom, DroppedMemory, DroppedChange,
	}
}

// era is a time in which nothing changes that all answers of a scope depend on.
type era struct{ drops, revision uint64 }

// Options are the settings of a Store.
type Options struct {
	// Bytes bounds the memory of all answers together; greater than 0.
	Bytes int64
	// Revision changes with what the answers of a scope depend on beside their data; nil means that there is nothing.
	Revision func(scope string) uint64
	// Count is told of so many events; nil means that nobody counts.
	Count func(event Event, number int)
}

// Store keeps answers, bounded in bytes: the least recently used makes room. Safe for concurrent use.
type Store struct {
	options Options
	drops   atomic.Uint64

	mu     sync.Mutex
	byKey  map[Key]*Answer
	recent *simplelru.LRU[*Answer, struct{}]
	held   int64
}

// New makes an empty store.
func New(o Options) (*Store, error) {
	if o.Bytes <= 0 {
		return nil, fmt.Errorf("answers of %d bytes: it must be greater than 0", o.Bytes)
	}
	if o.Revision == nil {
		o.Revision = func(string) uint64 { return 0 }
	}
	s := &Store{options: o, byKey: map[Key]*Answer{}}
	var err error
	s.recent, err = simplelru.NewLRU[*Answer, struct{}](math.MaxInt32, nil) // bounded by bytes
	if err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	return s, nil
}

// Attempt is the time in which a request begins: an answer that is made in it is kept only as long as the time lasts.
type Attempt struct{ era era }

// Begin is asked before anything is read for an answer of a scope.
func (s *Store) Begin(scope string) Attempt { return Attempt{s.now(scope)} }

func (s *Store) now(scope string) era { return era{s.drops.Load(), s.options.Revision(scope)} }

// Find is the answer of a key, as long as a read would still give what it has; nil when there is none.
func (s *Store) Find(key Key, now time.Time) *Answer {
	s.mu.Lock()
	a := s.byKey[key]
	if a != nil {
		s.recent.Get(a)
	}
	s.mu.Unlock()
	if a == nil {
		return nil
	}
	if why := a.lacks(now, s.now(key.Scope)); why != "" {
		s.mu.Lock()
		dropped := s.remove(a)
		s.mu.Unlock()
		if dropped {
			s.count(why, 1)
		}
		return nil
	}
	return a
}

// Count counts an event that only the caller knows of.
func (s *Store) Count(event Event) { s.count(event, 1) }

func (s *Store) count(event Event, number int) {
	if number > 0 && s.options.Count != nil {
		s.options.Count(event, number)
	}
}

// Keep keeps an answer under its canonical key, unless it is too large or has ended already.
func (s *Store) Keep(key Key, attempt Attempt, content Content, now time.Time) *Answer {
	a := &Answer{Content: content, store: s, era: attempt.era, made: now}
	a.reads = cache.TallyOf(content.Standings)
	for i, standing := range content.Standings {
		if early := standing.EarlyAt(); i == 0 || early.Before(a.earlyAt) {
			a.earlyAt = early
		}
	}
	a.used.Store(now.UnixNano())
	if len(content.Plain.Body) > Most || a.lacks(now, s.now(key.Scope)) != "" {
		return nil
	}
	a.bytes = answerBytes + int64(len(content.Plain.Body)) + linesBytes*int64(len(content.Plain.Lines)) +
		standingBytes*int64(len(content.Standings))
	if a.bytes+weightOf(key) > s.options.Bytes {
		return nil
	}
	s.mu.Lock()
	if before := s.byKey[key]; before != nil {
		s.remove(before)
	}
	s.held += a.bytes
	s.recent.Add(a, struct{}{})
	s.name(a, key)
	ended, crowded := s.makeRoom(a, now)
	s.mu.Unlock()
	s.count(DroppedAge, ended)
	s.count(DroppedRoom, crowded)
	return a
}

// Alias has a key lead to an answer too.
func (s *Store) Alias(key Key, a *Answer) {
	s.mu.Lock()
	if a.gone || s.byKey[key] == a {
		s.mu.Unlock()
		return
	}
	if before := s.byKey[key]; before != nil {
		s.forget(before, slices.Index(before.keys, key))
	}
	if len(a.keys) > mostAliases {
		s.forget(a, 1)
	}
	s.name(a, key)
	_, crowded := s.makeRoom(a, time.Time{})
	s.mu.Unlock()
	s.count(DroppedRoom, crowded)
}

// Drop forgets all answers, and those that are being made, for a reason.
func (s *Store) Drop(why Event) {
	s.drops.Add(1)
	s.mu.Lock()
	dropped := s.recent.Len()
	clear(s.byKey)
	for _, a := range s.recent.Keys() {
		a.gone = true
	}
	s.recent.Purge()
	s.held = 0
	s.mu.Unlock()
	s.count(why, dropped)
}

// Sweep removes the answers that would not be given again, for what happened to their data, and returns how many.
func (s *Store) Sweep(now time.Time) (dropped int) {
	ended := map[Event]int{}
	s.mu.Lock()
	for _, a := range s.recent.Keys() {
		if why := a.lacks(now, s.now(a.keys[0].Scope)); why != "" && s.remove(a) {
			ended[why]++
		}
	}
	s.mu.Unlock()
	for why, number := range ended {
		s.count(why, number)
		dropped += number
	}
	return dropped
}

// Bytes is what the answers take, roughly.
func (s *Store) Bytes() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}

// grow counts what was added to an answer.
func (s *Store) grow(a *Answer, bytes int64) {
	s.mu.Lock()
	if a.gone {
		s.mu.Unlock()
		return
	}
	a.bytes += bytes
	s.held += bytes
	_, crowded := s.makeRoom(a, time.Time{})
	s.mu.Unlock()
	s.count(DroppedRoom, crowded)
}

// makeRoom removes what has ended among the oldest answers, of which a zero moment finds none, then the oldest ones but
// the given, until the rest fits. The lock is held.
func (s *Store) makeRoom(but *Answer, now time.Time) (ended, crowded int) {
	for range sweptAtOnce {
		oldest, _, ok := s.recent.GetOldest()
		if !ok || oldest == but || !oldest.hasEnded(now) {
			break
		}
		s.remove(oldest)
		ended++
	}
	for s.held > s.options.Bytes {
		oldest, _, ok := s.recent.GetOldest()
		if !ok {
			break
		}
		s.remove(oldest) // at last the given one, where its packings make it too large
		crowded++
	}
	return ended, crowded
}

// name has a key lead to an answer. The lock is held.
func (s *Store) name(a *Answer, key Key) {
	weight := weightOf(key)
	a.keys, a.bytes, s.held = append(a.keys, key), a.bytes+weight, s.held+weight
	s.byKey[key] = a
}

// forget removes one key of an answer. The lock is held.
func (s *Store) forget(a *Answer, at int) {
	weight := weightOf(a.keys[at])
	delete(s.byKey, a.keys[at])
	a.keys, a.bytes, s.held = slices.Delete(a.keys, at, at+1), a.bytes-weight, s.held-weight
}

// remove removes an answer; false when it is gone already. The lock is held.
func (s *Store) remove(a *Answer) bool {
	if a.gone {
		return false
	}
	a.gone = true
	for _, key := range a.keys {
		delete(s.byKey, key)
	}
	s.recent.Remove(a)
	s.held -= a.bytes
	return true
}

// weightOf is roughly the memory of a key.
func weightOf(key Key) int64 { return keyBytes + int64(len(key.Text)) }
