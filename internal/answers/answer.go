package answers

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opsgraph/opsgraph/cache"
)

// View is what of a caller and its request changes an answer, beside the query.
type View struct {
	// Scope is the tenant whose data are read; DomainID the account that the caller came with.
	Scope, DomainID string
	// MediaType is that of the answer.
	MediaType string
	// Settings are those that it was answered under.
	Settings uint64
}

// Form says what the text of a key is.
type Form byte

// The forms of a query.
const (
	// Body is the body of a request as it came, URL the query of its address.
	Body Form = iota + 1
	URL
	// Canonical is document, operation and variables, whatever the way in which they came.
	Canonical
)

// Key names a query of a caller. Keys are compared whole: no hash has to be trusted.
type Key struct {
	View

	Form Form
	Text string
}

// Line is a header line of an answer, its name in the canonical spelling. The values are shared, and never changed.
type Line struct {
	Name   string
	Values []string
}

// Packing is an answer in one encoding, ready to be written.
type Packing struct {
	Lines []Line
	Body  []byte
}

// Content is what an answer is made of.
type Content struct {
	// Plain is the answer without any encoding.
	Plain Packing
	// Tag is its validator; empty when its client may not keep it.
	Tag string
	// Oldest is when the oldest of its data were fetched; zero for an answer without data of the upstream.
	Oldest time.Time
	// Until is the moment from which it is not given again; zero sets none.
	Until time.Time
	// Standings are those of all generations behind it.
	Standings []*cache.Standing
	// Note is what its keeper wants to know when it is given again; nil for nothing.
	Note any
}

// Answer is an answer that is kept.
type Answer struct {
	Content

	reads   []cache.Tally
	made    time.Time
	earlyAt time.Time    // zero for never
	used    atomic.Int64 // Unix nanoseconds
	era     era

	store   *Store
	keys    []Key // canonical first; guarded by the store
	bytes   int64 // what it counts for; guarded by the store
	gone    bool  // guarded by the store
	packing [Encodings]packing
}

// Encodings is how many ways there are to pack an answer; which is which is the writer's business.
const Encodings = 2

type packing struct {
	once sync.Once
	made Packing
}

// Packed is the answer in an encoding. It is made once, when it is first asked for, and counts from then on.
func (a *Answer) Packed(encoding int, pack func(Content) Packing) *Packing {
	p := &a.packing[encoding]
	p.once.Do(func() {
		p.made = pack(a.Content)
		a.store.grow(a, int64(len(p.made.Body))+linesBytes*int64(len(p.made.Lines)))
	})
	return &p.made
}

// useEvery is how often the data behind an answer are told that they are used.
const useEvery = int64(50 * time.Millisecond)

// Use counts as a read of all data behind the answer; refreshes that it begins have the values of the context.
func (a *Answer) Use(ctx func() context.Context, now time.Time) {
	for _, read := range a.reads {
		read.Hit()
	}
	at := now.UnixNano()
	ago := at - a.used.Load() // less than 0 where the clock was set back
	if now.Before(a.earlyAt) && ago >= 0 && ago < useEvery || len(a.Standings) == 0 {
		return
	}
	a.used.Store(at)
	with := ctx()
	for _, standing := range a.Standings {
		standing.Use(with, now)
	}
}

// hasEnded reports whether an answer has come to its age: by the clock, or by the time that has passed since it was
// made, as the clock may have been set back.
func (a *Answer) hasEnded(now time.Time) bool {
	return !a.Until.IsZero() && (!now.Before(a.Until) || now.Sub(a.made) >= a.Until.Sub(a.made))
}

// lacks is why the answer is not given at a moment; empty when it is.
func (a *Answer) lacks(at time.Time, now era) Event {
	if a.era != now {
		return DroppedChange
	}
	if a.hasEnded(at) {
		return DroppedAge
	}
	for _, standing := range a.Standings {
		if !standing.Unchanged() {
			return DroppedNews
		}
	}
	return ""
}
