package redis

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	goredis "github.com/redis/go-redis/v9"
)

func newBreaker(o Options, address string) circuitbreaker.CircuitBreaker[any] {
	return circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(o.Failures).
		WithSuccessThreshold(1).
		WithDelay(o.RetryAfter).
		WithJitterFactor(0.2). // replicas that lost Redis together do not come back together
		OnOpen(func(e circuitbreaker.StateChangedEvent) {
			if e.OldState == circuitbreaker.ClosedState {
				o.Logger.Warn("redis is unavailable", slog.String("redis_address", address))
			}
		}).
		OnClose(func(circuitbreaker.StateChangedEvent) {
			o.Logger.Info("redis is available again", slog.String("redis_address", address))
		}).
		Build()
}

// breakerHook puts the breaker before every command and pipeline of a server, or of the master that sentinels name. The
// nodes of a Cluster have one each, see [cluster].
type breakerHook struct {
	breaker circuitbreaker.CircuitBreaker[any]
	health  *health
}

// admitted is the context key of a command that holds a permit. go-redis sends the commands for a new connection
// through the hook again, inside the command that needed it: they must not take a second permit, which a half-open
// breaker does not have.
type admitted struct{}

// through sends commands through the breaker as one call.
func (h *breakerHook) through(ctx context.Context, cmds []goredis.Cmder, send func(context.Context) error) error {
	if ctx.Value(admitted{}) != nil {
		return send(ctx)
	}
	if !h.breaker.TryAcquirePermit() {
		for _, cmd := range cmds {
			cmd.SetErr(ErrUnavailable)
		}
		return ErrUnavailable
	}
	ctx = context.WithValue(ctx, admitted{}, true)
	began := time.Now()
	err := send(ctx)
	h.health.o.OnCommand(classOf(cmds), time.Since(began))
	h.health.record(ctx, h.breaker, err)
	h.health.note(ctx, cmds, err)
	return err
}

// DialHook leaves dialling alone: a failed dial is a failure of the command that needed it.
func (h *breakerHook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook runs a single command through the breaker.
func (h *breakerHook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		return h.through(ctx, []goredis.Cmder{cmd}, func(ctx context.Context) error { return next(ctx, cmd) })
	}
}

// ProcessPipelineHook runs a pipeline through the breaker as one call.
func (h *breakerHook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		return h.through(ctx, cmds, func(ctx context.Context) error { return next(ctx, cmds) })
	}
}

// record counts the end of a call in its breaker. An error that Redis itself sent counts as success. A call that its
// caller gave up does not count, except in the half-open state, where the probe must end.
func (h *health) record(ctx context.Context, breaker circuitbreaker.CircuitBreaker[any], err error) {
	var answered goredis.Error
	switch {
	case err == nil, errors.As(err, &answered):
		breaker.RecordSuccess()
	case ctx.Err() != nil && !isTimeout(err) && breaker.IsClosed():
	case errors.Is(err, context.Canceled) && breaker.IsClosed():
	default:
		breaker.RecordFailure()
		h.o.OnError(KindUnreachable)
	}
}

// isTimeout reports whether a socket ran into its deadline, rather than the caller into its own.
func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() && !errors.Is(err, context.DeadlineExceeded)
}
