// Package tier keeps records in Redis for all replicas. No two entries share a name; values are checked on reading,
// large ones are stored in chunks, and an older generation never replaces a newer one. Marks beside the values tell
// replicas that a refresh failed in another one.
//
// A value that is missing, damaged or not ours is a miss; only a Redis that can't be reached is an error. The package
// must not know what is refreshed, when, or by whom.
package tier

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
)

// Incident names a harmless fault.
type Incident string

// Incidents.
const (
	// Corrupt: a value did not match its key or checksum.
	Corrupt Incident = "corrupt"
	// Failed: Redis failed.
	Failed Incident = "redis_error"
	// Fenced: a write was refused because the same or a newer generation is stored. It has no error.
	Fenced Incident = "fenced"
	// TooLarge: a value is too large for Redis and was left out.
	TooLarge Incident = "too_large"
)

// Options are the settings of a [Tier].
type Options struct {
	Redis *redis.Connection
	// Environment, Operation and Shape are part of every name, to keep installations, data and versions of their form
	// apart.
	Environment, Operation, Shape string
	// Report gets the incidents. It must be safe for concurrent use.
	Report func(Incident, error)
}

// Tier keeps the data of one operation in Redis. It is safe for concurrent use.
type Tier struct {
	redis   *redis.Connection
	options Options
	report  func(Incident, error)
	replica string // tells our own marks from those of others
}

// New makes a tier. It makes no call.
func New(o Options) *Tier {
	return &Tier{redis: o.Redis, options: o, report: o.Report, replica: rand.Text()}
}

// ID returns the ID of one key.
func (t *Tier) ID(scope, part string) ID {
	o := &t.options
	return ID{
		Name:      nameOf(o.Environment, o.Operation, o.Shape, scope, part),
		operation: o.Operation, scope: scope, part: part, shape: o.Shape,
	}
}

// Drop leaves a tombstone under each name, with a generation above floor. For the time of ttl, refreshes that began
// earlier can't write.
func (t *Tier) Drop(ctx context.Context, ids []ID, floor uint64, ttl time.Duration) error {
	olds, err := run(ctx, t, dropScript, len(ids), func(i int) (string, []any) {
		return ids[i].Name, []any{magic, strconv.FormatUint(floor, 10), ttl.Milliseconds()}
	})
	if err != nil {
		return err
	}
	for i, old := range olds {
		text, err := old.Text()
		if err != nil {
			return fmt.Errorf("drop in redis: %w", err)
		}
		if generation, chunks, ok := parsePrefix(text); ok {
			t.expire(ctx, ids[i].Name, generation, chunks, 0)
		}
	}
	return nil
}

// run runs one script for n keys in one trip. Only a failing Redis is an error; each reply may have one of its own.
func run(
	ctx context.Context, t *Tier, script *goredis.Script, n int, of func(i int) (key string, args []any),
) ([]*goredis.Cmd, error) {
	cmds, err := redis.RunEach(ctx, redis.Client(t.redis), script, n, func(i int) ([]string, []any) {
		key, args := of(i)
		return []string{key}, args
	})
	if err != nil && !answered(err) {
		return nil, fmt.Errorf("script in redis: %w", err)
	}
	return cmds, nil
}

// pipe sends commands for n keys in one trip. action names the trip in its error.
func (t *Tier) pipe(ctx context.Context, action string, n int, add func(pipe goredis.Pipeliner, i int)) error {
	_, err := redis.Client(t.redis).Pipelined(ctx, func(pipe goredis.Pipeliner) error {
		for i := range n {
			add(pipe, i)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

// answered reports whether Redis itself sent the error, so that it was reached.
func answered(err error) bool {
	var e goredis.Error
	return errors.As(err, &e)
}

func wrongType(err error) bool { return goredis.HasErrorPrefix(err, "WRONGTYPE") }
