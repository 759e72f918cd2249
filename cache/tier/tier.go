// Package tier keeps records in Redis, where all replicas find them: under names that no two sets of data share, in a
// form that is checked on reading, in pieces where it is large, and never replaced by an older generation. Beside them
// stand the marks by which replicas learn that a refresh failed elsewhere.
//
// A value that is missing, damaged or another's is a miss; only a Redis that can't be reached is an error. The package
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

// errTooLarge means that a value is too large for Redis.
var errTooLarge = errors.New("too large to share")

// Incident is what went wrong and harmed nobody.
type Incident string

// Incidents.
const (
	// Corrupt: a value was not what its key promises.
	Corrupt Incident = "corrupt"
	// Failed: Redis failed.
	Failed Incident = "redis_error"
	// Fenced: a write was refused because the same or a newer generation is stored. It has no error.
	Fenced Incident = "fenced"
	// TooLarge: a value is too large for Redis and was left out.
	TooLarge Incident = "too_large"
)

// Options say what a [Tier] keeps.
type Options struct {
	Redis *redis.Connection
	// Environment, Operation and Shape are part of every name: installations, data and versions of their form stay apart.
	Environment, Operation, Shape string
	// Report receives what goes wrong. It must be safe for concurrent use.
	Report func(Incident, error)
}

// Tier is what Redis keeps of one operation. It is safe for concurrent use.
type Tier struct {
	redis    *redis.Connection
	codec    *codec
	options  Options
	report   func(Incident, error)
	replica  string // sets our own marks apart from others'
	maxPlain int    // bytes of records above which a value is not shared
}

// New makes a tier. It asks nobody anything.
func New(o Options) (*Tier, error) {
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	return &Tier{
		redis: o.Redis, codec: codec, options: o, report: o.Report, replica: rand.Text(), maxPlain: maxPlain,
	}, nil
}

// ID names the data of one key.
func (t *Tier) ID(scope, part string) ID {
	o := &t.options
	return ID{
		Name:      nameOf(o.Environment, o.Operation, o.Shape, scope, part),
		operation: o.Operation, scope: scope, part: part, shape: o.Shape,
	}
}

// Drop leaves a tombstone under each name, above the generation floor, which keeps refreshes that began before from
// writing until ttl is over.
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
		if generation, chunks, ok := glimpse(text); ok {
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

// answered reports whether an error was sent by Redis, rather than one of reaching it.
func answered(err error) bool {
	var e goredis.Error
	return errors.As(err, &e)
}

func wrongType(err error) bool { return goredis.HasErrorPrefix(err, "WRONGTYPE") }
