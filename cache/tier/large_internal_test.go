package tier

import (
	"errors"
	"strings"
	"testing"
)

// The limits of a stored value are too large to be reached from outside in a short test.
func TestTooLargeIsNotShared(t *testing.T) {
	codec, err := newCodec()
	if err != nil {
		t.Fatalf("newCodec: %v", err)
	}
	var kinds []Incident
	r := &Tier{codec: codec, maxPlain: 1000, report: func(what Incident, _ error) { kinds = append(kinds, what) }}
	entry := Entry{Record: strings.Repeat("x", 2000)}
	if _, _, err := r.encode(t.Context(), &entry); !errors.Is(err, errTooLarge) {
		t.Errorf("encode = %v, want errTooLarge", err)
	}
	if err := r.Write(t.Context(), []Entry{entry}); err != nil {
		t.Errorf("write: %v", err)
	}
	if len(kinds) != 1 || kinds[0] != TooLarge {
		t.Errorf("events %v, want one of too_large", kinds)
	}
	large := make([]byte, maxChunks*chunkLen+1)
	if err := r.putChunks(t.Context(), ID{}, &header{}, large, 0); !errors.Is(err, errTooLarge) {
		t.Errorf("putChunks = %v, want errTooLarge", err)
	}
	if _, err := seal(header{Part: strings.Repeat("x", maxHeader)}, nil); !errors.Is(err, errTooLarge) {
		t.Errorf("seal = %v, want errTooLarge", err)
	}
}
