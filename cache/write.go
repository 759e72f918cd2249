package cache

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// entryToWrite is one value on its way to Redis.
type entryToWrite struct {
	id     identity
	header header
	value  any // JSON of it is the body; nil: no body
	ttl    time.Duration
}

// write stores values in one trip, besides one for each chunk of a large one. What is too large is
// left out, what is older than the stored value is refused; both are events, not errors.
func (r *shared) write(ctx context.Context, entries []entryToWrite) error {
	raws := make([][]byte, 0, len(entries))
	kept := make([]entryToWrite, 0, len(entries))
	for _, e := range entries {
		raw, err := r.encode(ctx, &e)
		if errors.Is(err, errTooLarge) {
			r.events.fail(EventTooLarge, err)
			continue
		}
		if err != nil {
			return err
		}
		raws, kept = append(raws, raw), append(kept, e)
	}
	if len(kept) == 0 {
		return nil
	}
	replies, err := r.script(ctx, putScript, len(kept), func(i int) (string, []any) {
		generation := prefixOf(kept[i].header.Generation, 0)[len(magic) : len(magic)+digits]
		return kept[i].id.name, []any{magic, generation, raws[i], kept[i].ttl.Milliseconds()}
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
		r.tidy(ctx, &kept[i], answer)
	}
	return failed
}

// encode makes the stored form of an entry; the pieces of a large one are stored by then.
func (r *shared) encode(ctx context.Context, e *entryToWrite) (raw []byte, err error) {
	defer catch(&err)
	var body []byte
	if e.value != nil {
		plain, err := json.Marshal(e.value)
		if err != nil {
			return nil, fmt.Errorf("encode records: %w", err)
		}
		if len(plain) > r.maxPlain {
			return nil, fmt.Errorf("%w: %d bytes", errTooLarge, len(plain))
		}
		e.header.Plain = len(plain)
		body, e.header.Packed = r.codec.encode(plain)
	}
	if len(body) > chunkLen {
		if err := r.putChunks(ctx, e.id, &e.header, body, e.ttl); err != nil {
			return nil, err
		}
		body = nil
	}
	return seal(e.header, body)
}

// tidy lets the chunks go that no manifest lists: of the replaced value, or of a refused one.
func (r *shared) tidy(ctx context.Context, e *entryToWrite, answer []any) {
	if len(answer) != 2 {
		return
	}
	stored, _ := answer[0].(int64)
	old, _ := answer[1].(string)
	if stored == 0 {
		r.events.emit(EventFenced)
		r.expire(ctx, e.id.name, e.header.Generation, len(e.header.Chunks), 0)
		return
	}
	if generation, chunks, ok := glimpse(old); ok && generation != e.header.Generation {
		r.expire(ctx, e.id.name, generation, chunks, lingerFor)
	}
}

// ttlOf is how long Redis keeps data of that life: until they are dead, or a little less, so that
// what was written together does not go together. 0: not at all.
func ttlOf(l *life, now time.Time, random func() float64) time.Duration {
	left := l.deadAt.Sub(now)
	return max(left-scale(left, jitterShare/2*random()), 0).Truncate(time.Millisecond)
}
