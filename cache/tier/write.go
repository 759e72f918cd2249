package tier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache/record"
)

// Entry is a value to be stored in Redis.
type Entry struct {
	ID    ID
	Stamp Stamp
	// Absent is set when the upstream has no such record; else Body is stored.
	Absent bool
	Body   record.Body
	// TTL is how long Redis keeps it.
	TTL time.Duration
}

// Write stores values in one trip, and each chunk of a large one in another. A value that is too large or older than
// the stored one is left out and reported, without an error.
func (t *Tier) Write(ctx context.Context, entries []Entry) error {
	type sealed struct {
		head header
		raw  []byte
		ttl  time.Duration
	}
	kept := make([]sealed, 0, len(entries))
	for i := range entries {
		raw, head, err := t.store(ctx, &entries[i])
		if errors.Is(err, record.ErrTooLarge) {
			t.report(TooLarge, err)
			continue
		}
		if err != nil {
			return err
		}
		kept = append(kept, sealed{head, raw, entries[i].TTL})
	}
	if len(kept) == 0 {
		return nil
	}
	replies, err := run(ctx, t, putScript, len(kept), func(i int) (string, []any) {
		generation := prefixOf(kept[i].head.Generation, 0)[len(magic) : len(magic)+digits]
		return kept[i].head.Name, []any{magic, generation, kept[i].raw, kept[i].ttl.Milliseconds()}
	})
	if err != nil {
		return err
	}
	var failed error
	for i, reply := range replies {
		answer, err := reply.Slice()
		if err != nil {
			failed = fmt.Errorf("write to redis: %w", err)
			continue
		}
		t.tidy(ctx, &kept[i].head, answer)
	}
	return failed
}

// store makes the stored form of an entry, and stores the chunks of a large one.
func (t *Tier) store(ctx context.Context, e *Entry) (raw []byte, head header, err error) {
	head = e.ID.header()
	head.set(e.Stamp)
	head.Absent = e.Absent
	var body []byte
	if !e.Absent {
		head.Plain, head.Packed = e.Body.Plain, e.Body.Packed
		switch pieces := e.Body.Pieces; len(pieces) {
		case 0:
		case 1:
			body = pieces[0]
		default:
			if err := t.putChunks(ctx, e.ID, &head, pieces, e.TTL); err != nil {
				return nil, head, err
			}
		}
	}
	raw, err = seal(head, body)
	return raw, head, err
}

// tidy removes the chunks that no manifest lists any more: of the replaced value, or of a refused one.
func (t *Tier) tidy(ctx context.Context, head *header, answer []any) {
	if len(answer) != 2 {
		return
	}
	stored, _ := answer[0].(int64)
	old, _ := answer[1].(string)
	if stored == 0 {
		t.report(Fenced, nil)
		t.expire(ctx, head.Name, head.Generation, len(head.Chunks), 0)
		return
	}
	if generation, chunks, ok := parsePrefix(old); ok && generation != head.Generation {
		t.expire(ctx, head.Name, generation, chunks, lingerFor)
	}
}
