package tier

import (
	"context"
	"crypto/sha1" // what scripts in Redis can compute
	"encoding/hex"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/cache/record"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Value is what Redis has under one name.
type Value struct {
	// Stamp is that of the data; of a tombstone it has the generation alone, and without a value it is zero.
	Stamp Stamp
	// Usable is set when the value is whole and belongs to the key.
	Usable bool
	// Absent is set when the upstream has no such record; Body is empty then.
	Absent bool
	Body   record.Body

	raw []byte // as it was read, to discard it
}

// Read reads the values of several keys in one trip, and each chunk of a large one in another. now is the time of the
// reader's clock. Only a failing Redis is an error.
//
// It uses GETRANGE in a pipeline, because MGET does not work in a Cluster and reads foreign values of any size.
func (t *Tier) Read(ctx context.Context, now time.Time, ids []ID) ([]Value, error) {
	found := make([]Value, len(ids))
	replies := make([]*goredis.StringCmd, len(ids))
	err := t.pipe(ctx, "read from redis", len(ids), func(pipe goredis.Pipeliner, i int) {
		replies[i] = pipe.GetRange(ctx, ids[i].Name, 0, maxInline)
	})
	unreached := 0
	for i, reply := range replies {
		raw, failed := reply.Bytes()
		switch {
		case failed == nil && len(raw) == 0: // missing or empty
		case failed == nil:
			found[i] = t.unpack(ctx, now, ids[i], raw)
		case wrongType(failed):
			t.Discard(ctx, ids[i], Value{}, failed)
		case answered(failed):
			t.report(Failed, failed) // LOADING, CLUSTERDOWN…: a miss
		default:
			unreached++
		}
	}
	if unreached > 0 && unreached == len(ids) {
		return nil, err
	}
	if unreached > 0 { // one server of a Cluster
		t.report(Failed, err)
	}
	return found, nil
}

// unpack checks a value and takes its body out. It discards corrupt values.
func (t *Tier) unpack(ctx context.Context, now time.Time, id ID, raw []byte) Value {
	head, body, tomb, err := open(raw, id)
	v := Value{raw: raw}
	switch {
	case err != nil:
		t.Discard(ctx, id, v, err)
		return Value{}
	case tomb:
		return Value{Stamp: Stamp{Generation: head.Generation}}
	}
	v.Stamp, v.Absent = head.stamp(now), head.Absent
	v.Body = record.Body{Pieces: [][]byte{body}, Packed: head.Packed, Plain: head.Plain}
	if len(head.Chunks) > 0 {
		v.Body.Pieces, err = t.chunks(ctx, id, &head)
	}
	if errors.Is(err, record.ErrCorrupt) {
		t.Discard(ctx, id, v, err)
	} else if err != nil {
		t.report(Failed, err)
	}
	v.Usable = err == nil
	return v
}

// Discard reports a value that can't be used, and deletes it unless it has changed since it was read.
func (t *Tier) Discard(ctx context.Context, id ID, v Value, why error) {
	t.report(Corrupt, why)
	sum := sha1.Sum(v.raw)
	err := discardScript.Run(ctx, redis.Client(t.redis), []string{id.Name}, hex.EncodeToString(sum[:]), maxInline).Err()
	if err != nil {
		t.report(Failed, err)
	}
}
