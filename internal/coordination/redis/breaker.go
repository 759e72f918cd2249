package redis

import (
	"context"
	"errors"
	"log/slog"
	"net"

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

// breakerHook puts the breaker before every command and pipeline. It works the same for a single
// server, a Cluster and Sentinel, which go-redis's own Limiter does not.
type breakerHook struct {
	breaker circuitbreaker.CircuitBreaker[any]
}

// admitted is the context key of a command that holds a permit. The commands by which go-redis
// greets a new connection come through the hook again, inside the command that needed it: they
// must not ask for a second permit, of which a half-open breaker has none.
type admitted struct{}

// admit asks the breaker; inner tells that an outer command was admitted already.
func (h *breakerHook) admit(ctx context.Context) (_ context.Context, inner, ok bool) {
	if ctx.Value(admitted{}) != nil {
		return ctx, true, true
	}
	if !h.breaker.TryAcquirePermit() {
		return ctx, false, false
	}
	return context.WithValue(ctx, admitted{}, true), false, true
}

// DialHook leaves dialling alone: a failed dial is the failure of the command that needed it.
func (h *breakerHook) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook runs a single command through the breaker.
func (h *breakerHook) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		ctx, inner, ok := h.admit(ctx)
		if !ok {
			cmd.SetErr(ErrUnavailable)
			return ErrUnavailable
		}
		err := next(ctx, cmd)
		if !inner {
			h.record(ctx, err)
		}
		return err
	}
}

// ProcessPipelineHook runs a pipeline through the breaker as one call.
func (h *breakerHook) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		ctx, inner, ok := h.admit(ctx)
		if !ok {
			for _, cmd := range cmds {
				cmd.SetErr(ErrUnavailable)
			}
			return ErrUnavailable
		}
		err := next(ctx, cmds)
		if !inner {
			h.record(ctx, err)
		}
		return err
	}
}

// record tells the breaker how a call ended. An error that Redis itself sent shows that it lives. A call that its
// caller gave up shows nothing, except in the half-open state, where the one trial must be given back.
func (h *breakerHook) record(ctx context.Context, err error) {
	var answered goredis.Error
	switch {
	case err == nil, errors.As(err, &answered):
		h.breaker.RecordSuccess()
	case ctx.Err() != nil && !isTimeout(err) && h.breaker.IsClosed():
	case errors.Is(err, context.Canceled) && h.breaker.IsClosed():
	default:
		h.breaker.RecordFailure()
	}
}

// isTimeout tells a socket that ran into its deadline from a caller that went away.
func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout() && !errors.Is(err, context.DeadlineExceeded)
}
