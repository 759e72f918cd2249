// Package events carries what changed to everyone who follows it: bounded streams, in Redis for all replicas and in the
// process without one. Events of a stream are numbered without gaps, so that a follower can go on after a place that it
// names, and is told, as one notice with a count, of what it can no longer have. One reader serves all followers of a
// replica; a follower is a place in the events that the replica holds and costs no queue of its own.
//
// What was published last is kept beside the stream and changes with it in one step, so that a publisher that starts
// again neither loses nor repeats a change. The package must not know what events mean.
package events

import (
	"errors"
	"time"
)

// Errors of this package.
var (
	// ErrClosed is the error of a follower whose hub was closed.
	ErrClosed = errors.New("the event streams are closed")
	// ErrConflict is the error of a publication whose state was not the last one: somebody else has published.
	ErrConflict = errors.New("the published state has changed")
	// ErrInvalidPosition is the answer to a text that is no position of this gateway.
	ErrInvalidPosition = errors.New("not an event id that this gateway gave out")
)

// State is what a publisher published last of its part of a stream.
type State struct {
	// Known is false before the first publication, and after the stream was lost.
	Known bool
	// Generation orders publications; the next one's must be higher.
	Generation uint64
	// At is the moment that the state is of.
	At time.Time
	// Data is the publisher's own.
	Data []byte
}

// Publication is the next step of a part of a stream.
type Publication[E any] struct {
	// Before is the generation of the state that this one follows; zero where none was known.
	Before uint64
	// Generation must be higher than Before.
	Generation uint64
	// At is the moment that the state is of.
	At time.Time
	// Data is the new state; nil leaves it as it was.
	Data []byte
	// Events are what changed, in order.
	Events []E
	// Missed counts changes that are not told one by one; followers get a notice instead.
	Missed int
}

// Event is what a follower gets.
type Event[E any] struct {
	// Position is the place to go on after.
	Position Position
	// Value is what changed; shared with other followers and not to be changed. Empty in a notice.
	Value E
	// Lagged tells that this is a notice: events were missed, and the follower goes on with those to come.
	Lagged bool
	// Missed counts the events that were missed, also those that the follower would not have wanted; 0 is unknown.
	Missed int
}
