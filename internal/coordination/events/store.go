package events

import (
	"context"
	"time"
)

// store keeps streams with their states: in Redis or in the process.
type store interface {
	// state gives the last published state of a part.
	state(ctx context.Context, stream, part string) (State, error)
	// publish takes one step of a part; errConflict when the state was another one.
	publish(ctx context.Context, stream, part string, s step) error
	// read gives what follows the places of several streams, each at most a page.
	read(ctx context.Context, asks []ask) ([]page, error)
}

// step is a publication with its events encoded.
type step struct {
	before, generation uint64
	at                 time.Time
	data               []byte
	entries            []entry
}

// entry is one event in a store. since is the moment of the state before it, missed counts what it stands for when it
// is a notice.
type entry struct {
	sequence uint64
	payload  []byte
	missed   int
	since    time.Time
}

// ask names a stream and the place that is known of it.
type ask struct {
	stream string
	after  Position
}

// page is what a store has behind a place: from the beginning when the stream is another one. An empty stream name
// means that there is no stream. head is the number of the last event, which may lie behind the last entry here: then
// there is more to read.
type page struct {
	stream  string
	head    uint64
	entries []entry
}

// complete tells whether nothing follows the page.
func (p page) complete() bool {
	return len(p.entries) < pageEntries || p.entries[len(p.entries)-1].sequence >= p.head
}

// pageEntries is how many events one reading brings at most.
const pageEntries = 500
