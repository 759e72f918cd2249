package events

import (
	"sort"
	"sync"
	"time"
)

// feed holds the latest events of a stream that is followed in this process, each decoded once.
type feed[E any] struct {
	name   string
	length int
	decode func([]byte) (E, error)
	now    func() time.Time
	// news is called before followers can see the events of a part.
	news func(part string, generation uint64)

	reading sync.Mutex // one reading at a time

	mu        sync.Mutex
	known     bool // the store has been read
	stream    string
	head      uint64
	items     []item[E] // rising; never changed in place, followers hold parts of it
	parts     map[string]partState
	doubted   bool // a follower came with a place that was not found, and the store could not be read
	woken     chan struct{}
	followers int
}

type item[E any] struct {
	sequence uint64
	value    E
	missed   int // a notice when it is not zero
	step     origin
	taken    time.Time // by the clock of this process
}

func newFeed[E any](o *Options, name string, w Wish[E], decode func([]byte) (E, error)) *feed[E] {
	f := &feed[E]{name: name, length: o.Length, decode: decode, now: o.Now, news: w.News, woken: make(chan struct{})}
	if f.news == nil {
		f.news = func(string, uint64) {}
	}
	return f
}

func (f *feed[E]) lock() func() {
	f.reading.Lock()
	return f.reading.Unlock
}

func (f *feed[E]) ask() ask {
	f.mu.Lock()
	defer f.mu.Unlock()
	return ask{stream: f.name, after: Position{Stream: f.stream, Sequence: f.head}}
}

// take adds a page of the store. A stream that is gone changes nothing: its next id shows that it was lost.
func (f *feed[E]) take(p page) {
	for part, state := range p.parts {
		if state.changed != f.parts[part].changed { // only take changes it
			f.news(part, state.changed)
		}
	}
	items := make([]item[E], 0, len(p.entries))
	now := f.now()
	for _, e := range p.entries {
		it := item[E]{sequence: e.sequence, missed: e.missed, step: e.step, taken: now}
		if e.missed == 0 {
			var err error
			if it.value, err = f.decode(e.payload); err != nil {
				it.missed = 1 // from another version of the program, although the stream's name should keep versions apart
			}
		}
		items = append(items, it)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	awaited := !f.known || f.doubted
	f.known, f.doubted = true, false
	if p.stream != "" {
		f.parts = p.parts
	}
	if p.stream == "" || p.stream == f.stream && p.head == f.head {
		if awaited {
			f.wake()
		}
		return
	}
	if p.stream != f.stream {
		f.stream, f.items, f.head = p.stream, nil, 0
	}
	f.items = append(f.items, items...)
	if extra := len(f.items) - f.length; extra > 0 {
		f.items = append(make([]item[E], 0, f.length+f.length/4), f.items[extra:]...)
	}
	f.head = p.head
	if !p.complete() {
		f.head = items[len(items)-1].sequence
	}
	f.wake()
}

// wake wakes the followers. f.mu is held.
func (f *feed[E]) wake() {
	close(f.woken)
	f.woken = make(chan struct{})
}

// after returns the items after a number; false when some of them are no longer held. f.mu is held.
func (f *feed[E]) after(sequence uint64) (items []item[E], whole bool) {
	at := sort.Search(len(f.items), func(i int) bool { return f.items[i].sequence > sequence })
	items = f.items[at:]
	if len(items) == 0 {
		return nil, sequence == f.head
	}
	return items, items[0].sequence == sequence+1
}
