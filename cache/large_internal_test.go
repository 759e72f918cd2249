package cache

import (
	"errors"
	"strings"
	"testing"
)

// The limits of a stored value are too far off to be reached from outside in a test's time.
func TestTooLargeIsNotShared(t *testing.T) {
	codec, err := newCodec()
	if err != nil {
		t.Fatalf("newCodec: %v", err)
	}
	var kinds []EventKind
	r := &shared{codec: codec, maxPlain: 1000, events: emitter{on: func(e Event) { kinds = append(kinds, e.Kind) }}}
	entry := entryToWrite{value: strings.Repeat("x", 2000)}
	if _, err := r.encode(t.Context(), &entry); !errors.Is(err, errTooLarge) {
		t.Errorf("encode = %v, want errTooLarge", err)
	}
	if err := r.write(t.Context(), []entryToWrite{entry}); err != nil {
		t.Errorf("write: %v", err)
	}
	if len(kinds) != 1 || kinds[0] != EventTooLarge {
		t.Errorf("events %v, want one of too_large", kinds)
	}
	if err := r.putChunks(t.Context(), identity{}, &header{}, make([]byte, maxChunks*chunkLen+1), 0); !errors.Is(err, errTooLarge) {
		t.Errorf("putChunks = %v, want errTooLarge", err)
	}
	if _, err := seal(header{Part: strings.Repeat("x", maxHeader)}, nil); !errors.Is(err, errTooLarge) {
		t.Errorf("seal = %v, want errTooLarge", err)
	}
}
