// Package redis opens the gateway's connections to Redis: one kind of client for a single server, a Cluster or a
// Sentinel group, with short limits and a circuit breaker, so that a Redis that is down, frozen or slow costs the
// caller at most some tens of milliseconds, and soon nothing. It knows no keys and no values. The packages above it
// decide what happens without Redis.
package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	goredis "github.com/redis/go-redis/v9"
)

// ErrUnavailable is the error of every command while the circuit breaker is open: Redis failed several times in a row
// and is tried only once in [Options.RetryAfter].
var ErrUnavailable = errors.New("redis is unavailable")

// Connection is one Redis (server, Cluster or Sentinel group) with its pool and breaker, in a Cluster those of each
// node. It is safe for concurrent use.
type Connection struct {
	client  any // a goredis.UniversalClient, see Universal
	reached func() bool
	health  *health
	address string
}

// Open prepares a connection to the Redis of a URL and tries it once, as long as ctx lives. A Redis that does not
// answer is no error: the connection recovers by itself. Only an invalid URL and files of the options that can't be
// read are errors, whose text never has the URL, because that may have a password.
func Open(ctx context.Context, rawURL string, o Options) (*Connection, error) {
	t, err := parseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("redis url: %w", err)
	}
	o = o.withDefaults()
	if o.PasswordFile != "" {
		if _, err := readPassword(o.PasswordFile); err != nil {
			return nil, err
		}
	}
	secured, err := tlsOf(o)
	if err != nil {
		return nil, err
	}
	c := &Connection{address: t.String()}
	client := newClient(t, o, secured)
	c.client, c.health = client, newHealth(o, c.address, client)
	if nodes, ok := client.(*goredis.ClusterClient); ok {
		watched := watchCluster(nodes, o, c.health)
		c.reached = func() bool { return !watched.away.any() }
	} else {
		breaker := newBreaker(o, c.address)
		client.AddHook(&breakerHook{breaker: breaker, health: c.health})
		c.reached = breaker.IsClosed
	}
	if err := c.Ping(ctx); err != nil {
		o.Logger.LogAttrs(ctx, slog.LevelWarn, "redis does not answer yet",
			slog.String("redis_address", c.address), slog.Any("error", err))
	}
	return c, nil
}

// Over is a connection of a client that was made elsewhere, for tests that steer what lies between it and Redis. It
// keeps its own limits, has no breaker, and counts as healthy. Closing it closes the client.
func Over(client goredis.UniversalClient) *Connection {
	c := &Connection{client: client, reached: func() bool { return true }}
	c.health = newHealth(Options{}.withDefaults(), c.address, client)
	return c
}

// Client returns the client of a connection, for all commands. Its errors are go-redis's own, or [ErrUnavailable];
// [Options.Timeout] and its context bound each command.
//
// It is no method, and exported types hold a Connection instead of a client: else each package that uses a cache would
// read the types of all commands of Redis when it is compiled, a CPU second each. It returns the commands alone, since
// whoever sees a whole client compiles all methods of it once more.
func Client(c *Connection) goredis.Cmdable { return c.client.(goredis.Cmdable) }

// Universal is the whole client, for hooks and commands of another kind: see [Client] for what it costs its callers.
func Universal(c *Connection) goredis.UniversalClient { return c.client.(goredis.UniversalClient) }

// Healthy reports whether the last commands reached Redis, in a Cluster every node that they were for. It makes no
// call: it is the state of the breakers, true before the first failure.
func (c *Connection) Healthy() bool { return c.reached() }

// Faults returns why Redis refuses commands now; empty when it takes all that were sent lately. It makes no call. A
// fault ends with the success of its command, one of writes when a write succeeds, or two minutes after it was last
// seen.
func (c *Connection) Faults() []Fault { return c.health.present() }

// Ping sends a PING. A success after an outage closes the breaker again.
func (c *Connection) Ping(ctx context.Context) error {
	if err := Client(c).Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping redis: %w", err)
	}
	return nil
}

// Address returns scheme and hosts for logs, without user and password.
func (c *Connection) Address() string { return c.address }

// Close closes the pool. Running commands fail.
func (c *Connection) Close() error {
	if err := Universal(c).Close(); err != nil {
		return fmt.Errorf("close redis: %w", err)
	}
	return nil
}
