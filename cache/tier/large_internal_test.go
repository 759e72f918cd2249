package tier

import (
	"errors"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/cache/record"
)

// The limits of a stored value are too large to be reached from outside in a short test.
func TestTooLargeIsNotShared(t *testing.T) {
	var kinds []Incident
	r := &Tier{report: func(what Incident, _ error) { kinds = append(kinds, what) }}
	entry := Entry{Body: record.Body{Pieces: make([][]byte, maxChunks+1)}}
	if _, _, err := r.store(t.Context(), &entry); !errors.Is(err, record.ErrTooLarge) {
		t.Errorf("store = %v, want ErrTooLarge", err)
	}
	if err := r.Write(t.Context(), []Entry{entry}); err != nil {
		t.Errorf("write: %v", err)
	}
	if len(kinds) != 1 || kinds[0] != TooLarge {
		t.Errorf("events %v, want one of too_large", kinds)
	}
	if _, err := seal(header{Part: strings.Repeat("x", maxHeader)}, nil); !errors.Is(err, record.ErrTooLarge) {
		t.Errorf("seal = %v, want ErrTooLarge", err)
	}
}
