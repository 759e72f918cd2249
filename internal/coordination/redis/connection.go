// Package redis opens the gateway's connections to Redis: a single server, a Cluster or a Sentinel group behind one
// client, with short limits and a circuit breaker, so that a Redis which is down, frozen or slow costs the caller at
// most some tens of milliseconds and soon nothing. It knows no keys and no values, and it must not decide what happens
// without Redis: that is for the packages above it.
package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	goredis "github.com/redis/go-redis/v9"
)

// ErrUnavailable is the error of every command while the circuit breaker is open: Redis failed
// several times in a row and is asked again only once in [Options.RetryAfter].
var ErrUnavailable = errors.New("redis is unavailable")

// Connection is one Redis (server, Cluster or Sentinel group) with its pool and its breaker.
// It is safe for concurrent use.
type Connection struct {
	client  any // a goredis.UniversalClient, see Client
	breaker circuitbreaker.CircuitBreaker[any]
	address string
}

// Open prepares a connection to the Redis that rawURL names and tries it once. A Redis that does
// not answer is no error: the connection heals by itself. Only a URL that cannot be understood
// is an error, and its text never holds the URL, which may carry a password. ctx bounds the trial.
func Open(ctx context.Context, rawURL string, o Options) (*Connection, error) {
	t, err := parseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("redis url: %w", err)
	}
	o = o.withDefaults()
	c := &Connection{address: t.String()}
	c.breaker = newBreaker(o, c.address)
	client := newClient(t, o)
	client.AddHook(&breakerHook{breaker: c.breaker})
	c.client = client
	if err := c.Ping(ctx); err != nil {
		o.Logger.LogAttrs(ctx, slog.LevelWarn, "redis does not answer yet",
			slog.String("redis_address", c.address), slog.Any("error", err))
	}
	return c, nil
}

// Client returns the client of a connection, which all commands go through. Its errors are go-redis's own, or
// [ErrUnavailable]; each command is bounded by [Options.Timeout] and by its context.
//
// It is no method, and types that other packages see hold the connection and not the client: else every package that
// hands a cache on would read the types of all commands of Redis when it is compiled, a CPU second each.
func Client(c *Connection) goredis.UniversalClient { return c.client.(goredis.UniversalClient) }

// Healthy tells whether the last commands reached Redis. It asks nothing: it is the state of the
// breaker, true before the first failure.
func (c *Connection) Healthy() bool { return c.breaker.IsClosed() }

// Ping asks Redis for a sign of life. A success after an outage closes the breaker again.
func (c *Connection) Ping(ctx context.Context) error {
	if err := Client(c).Ping(ctx).Err(); err != nil {
		return fmt.Errorf("ping redis: %w", err)
	}
	return nil
}

// Address names the server or servers for logs: scheme and hosts, without user and password.
func (c *Connection) Address() string { return c.address }

// Close closes the pool. Commands that still run fail.
func (c *Connection) Close() error {
	if err := Client(c).Close(); err != nil {
		return fmt.Errorf("close redis: %w", err)
	}
	return nil
}
