package cache

import (
	"context"
	"crypto/rand"
	"crypto/sha1" // what scripts in Redis can compute
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// errTooLarge means that a value is too large for Redis.
var errTooLarge = errors.New("too large to share")

// shared is the Redis tier of one operation: names, stored forms, and what goes wrong with them.
type shared struct {
	client      goredis.UniversalClient
	codec       *codec
	events      emitter
	environment string
	operation   string
	shape       string
	kind        string
	replica     string // tells our own marks from others'
	maxPlain    int    // bytes of records above which a value is not shared
}

func newShared(t Tiers, events emitter, kind string, record reflect.Type) (*shared, error) {
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	return &shared{
		client:      t.Redis.Client(),
		codec:       codec,
		events:      events,
		environment: t.Environment,
		operation:   events.operation,
		shape:       shapeOf(record),
		kind:        kind,
		replica:     rand.Text(),
		maxPlain:    maxPlain,
	}, nil
}

func (r *shared) identity(scope, part string) identity {
	return identity{
		name:      nameOf(r.environment, r.kind, r.operation, r.shape, scope, part),
		operation: r.operation,
		scope:     scope,
		part:      part,
		shape:     r.shape,
	}
}

// stored is what Redis has under one name.
type stored struct {
	header     header
	raw        []byte // as it was read, to discard it
	plain      []byte // the records; nil when there are none to use
	generation uint64 // also of a tombstone; 0: nothing is there
	usable     bool   // header and plain are whole, and belong to the key
}

// read gets the values of several keys in one trip. Each that is missing, corrupt or another's is
// left unusable. Only a failing Redis is an error.
//
// GETRANGE in one pipeline rather than MGET: it bounds what a foreign value of any size can cost,
// and it works in a Cluster.
func (r *shared) read(ctx context.Context, ids []identity) ([]stored, error) {
	found := make([]stored, len(ids))
	replies := make([]*goredis.StringCmd, len(ids))
	_, err := r.client.Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		for i, id := range ids {
			replies[i] = pipe.GetRange(ctx, id.name, 0, maxInline)
		}
		return nil
	})
	unreached := 0
	for i, reply := range replies {
		raw, failed := reply.Bytes()
		switch {
		case failed == nil && len(raw) == 0: // missing, or 0 bytes, which is as good
		case failed == nil:
			found[i] = r.unpack(ctx, ids[i], raw)
		case wrongType(failed):
			r.discard(ctx, ids[i], nil, failed)
		case answered(failed):
			r.events.fail(EventRedisError, failed) // LOADING, CLUSTERDOWN…: a miss
		default:
			unreached++
		}
	}
	if unreached == len(ids) {
		return nil, fmt.Errorf("read from redis: %w", err)
	}
	if unreached > 0 { // one server of a Cluster
		r.events.fail(EventRedisError, err)
	}
	return found, nil
}

// unpack checks a value and gives its records. What is corrupt is discarded.
func (r *shared) unpack(ctx context.Context, id identity, raw []byte) stored {
	head, body, tomb, err := open(raw, id)
	switch {
	case err != nil:
		r.discard(ctx, id, raw, err)
		return stored{}
	case tomb:
		return stored{generation: head.Generation}
	}
	if len(head.Chunks) > 0 {
		body, err = r.chunks(ctx, id, &head)
	}
	var plain []byte
	if err == nil {
		plain, err = r.codec.decode(body, head.Packed, head.Plain)
	}
	if errors.Is(err, errCorrupt) {
		r.discard(ctx, id, raw, err)
	} else if err != nil {
		r.events.fail(EventRedisError, err)
	}
	return stored{header: head, raw: raw, plain: plain, generation: head.Generation, usable: err == nil}
}

// discard tells of a value that cannot be used, and deletes it if it still is the one that was read.
func (r *shared) discard(ctx context.Context, id identity, raw []byte, why error) {
	r.events.fail(EventCorrupt, why)
	sum := sha1.Sum(raw)
	err := discardScript.Run(ctx, r.client,
		[]string{id.name}, hex.EncodeToString(sum[:]), maxInline).Err()
	if err != nil {
		r.events.fail(EventRedisError, err)
	}
}

// drop leaves a tombstone under each name, which keeps refreshes that began before from writing.
func (r *shared) drop(ctx context.Context, ids []identity, floor uint64, ttl time.Duration) error {
	olds, err := r.script(ctx, dropScript, len(ids), func(i int) (string, []any) {
		return ids[i].name, []any{magic, strconv.FormatUint(floor, 10), ttl.Milliseconds()}
	})
	if err != nil {
		return err
	}
	for i, old := range olds {
		text, err := old.Text()
		if err != nil {
			return fmt.Errorf("drop in redis: %w", err)
		}
		if generation, chunks, ok := glimpse(text); ok {
			r.expire(ctx, ids[i].name, generation, chunks, 0)
		}
	}
	return nil
}

// script runs one script for n keys in one trip. Only a failing Redis is an error; each reply may
// have one of its own.
func (r *shared) script(
	ctx context.Context, script *goredis.Script, n int, of func(i int) (key string, args []any),
) ([]*goredis.Cmd, error) {
	cmds, err := redis.RunEach(ctx, r.client, script, n, func(i int) ([]string, []any) {
		key, args := of(i)
		return []string{key}, args
	})
	if err != nil && !answered(err) {
		return nil, fmt.Errorf("script in redis: %w", err)
	}
	return cmds, nil
}

// answered tells an error that Redis sent from one of reaching it.
func answered(err error) bool {
	var e goredis.Error
	return errors.As(err, &e)
}

func wrongType(err error) bool { return goredis.HasErrorPrefix(err, "WRONGTYPE") }
