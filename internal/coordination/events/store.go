package events

import (
	"context"
	"time"
)

// store keeps streams with their states: in Redis or in the process.
type store interface {
	// state returns the last published state of a part.
	state(ctx context.Context, stream, part string) (State, error)
	// publish takes one step of a part; ErrConflict when the state was another one.
	publish(ctx context.Context, stream, part string, s step) error
	// read returns a page of each of several streams.
	read(ctx context.Context, asks []ask) ([]page, error)
}

// step is a publication with its events encoded.
type step struct {
	before, generation uint64
	at                 time.Time
	data               []byte
	entries            []entry
}

// entry is one event in a store; missed counts the events that a notice stands for.
type entry struct {
	sequence uint64
	payload  []byte
	missed   int
	step     origin
}

// origin is the step of a part that an event came with: the moments of the states before and after it. since is zero
// when there was none before.
type origin struct {
	part      string
	since, at time.Time
}

// partState is how far a part has come: the moment of its state, and the last generation that changed anything.
type partState struct {
	changed uint64
	at      time.Time
}

// ask names a stream and the position to read from.
type ask struct {
	stream string
	after  Position
}

// page has the entries of a stream after a position: from the beginning when the stream is another one. An empty stream
// means that there is none. head is the number of the last event; there is more to read when no entry has it.
type page struct {
	stream  string
	head    uint64
	entries []entry
	parts   map[string]partState
}

// complete reports whether nothing follows the page.
func (p page) complete() bool {
	return len(p.entries) < pageEntries || p.entries[len(p.entries)-1].sequence >= p.head
}

// pageEntries bounds the events of one page.
const pageEntries = 500
