// Package events carries changes to their followers in bounded streams: in Redis for all replicas, or in the process
// without one. Events of a stream are numbered without gaps, so that a follower can go on after a position that it
// names; one notice counts the events that are no longer held. One reader serves all followers of a replica. A follower
// is a position in the events that the replica holds, without a queue of its own.
//
// The last published state is kept beside the stream and changes with it in one step, so that a publisher that starts
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
	// ErrConflict is the error of a publication that does not follow the last state: another publisher was faster.
	ErrConflict = errors.New("the published state has changed")
	// ErrInvalidPosition is the error of a text that is no position of this gateway.
	ErrInvalidPosition = errors.New("not an event id that this gateway gave out")
)

// State is the last published state of a part of a stream.
type State struct {
	// Known is false before the first publication, and after the stream was lost.
	Known bool
	// Generation orders publications; the next one's must be higher.
	Generation uint64
	// At is the moment of the state.
	At time.Time
	// Data is the publisher's own.
	Data []byte
}

// Publication is the next step of a part of a stream.
type Publication[E any] struct {
	// Before is the generation of the state that this one follows; zero when none was known.
	Before uint64
	// Generation must be higher than Before.
	Generation uint64
	// At is the moment of the state.
	At time.Time
	// Data is the new state; nil leaves it as it was.
	Data []byte
	// Events are the changes, in order.
	Events []E
	// Missed counts changes without an event; followers get one notice instead.
	Missed int
}

// Event is a change, or the notice that some were missed.
type Event[E any] struct {
	// Position is the place to go on after.
	Position Position
	// Value is the change, shared with other followers: do not modify it. Empty in a notice.
	Value E
	// Lagged marks a notice: events were missed, and the follower goes on with new ones.
	Lagged bool
	// Missed counts the missed events, also those that the follower's filter would have left out; 0 is unknown.
	Missed int
}
