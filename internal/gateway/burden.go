package gateway

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/burden"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/internal/streams"
)

// copies is how often the bytes of an answer are held while it is written: by the executor and by the writer.
const copies = 2

// pricesOf are those of an executor, by BenchmarkExecutors in internal/e2e/load and BenchmarkCrowd in
// internal/e2e/process. What is held has as much again for garbage.
func pricesOf(executor string) burden.Prices {
	if executor == config.ExecutorPlan {
		return burden.Prices{CPU: 400 * time.Nanosecond, AnswerBytes: 30, HeldBytes: 8}
	}
	return burden.Prices{CPU: 3 * time.Microsecond, AnswerBytes: 30, HeldBytes: 20}
}

// newGate makes what lets operations begin.
func (g *replica) newGate() (*burden.Gate, error) {
	gate := burden.NewGate(burden.Options{
		CPU: g.cfg.Limits.CPU, Wait: g.cfg.Limits.Queue, Cores: runtime.GOMAXPROCS(0), Spare: g.memory.Spare, Now: time.Now,
		OnWait: g.metrics.QueueWait, OnRefusal: func(why burden.Reason) { g.metrics.Overloaded(string(why)) },
	})
	for _, why := range burden.Reasons() {
		g.metrics.OverloadKnown(string(why))
	}
	return gate, g.metrics.Burden(func() (cpu time.Duration, bytes int64, waiting int) {
		state := gate.State()
		return state.CPU, state.Bytes, state.Waiting
	})
}

// inTurn lets an operation begin when there is room for what it needs. A subscription needs none: its events are small.
func (g *edition) inTurn(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if streams.IsSubscription(ctx) {
		return next(ctx)
	}
	operation := graphql.GetOperationContext(ctx)
	tenant, fields := identity.CallerFrom(ctx).Tenant, cost.ExpectedOf(operation).Fields
	document := g.figures.Document(tenant, operation.RawQuery, operation.OperationName)
	waiting, end := g.tracing.Stage(ctx, "queue")
	pass, err := g.gate.Enter(waiting, burden.Ask{
		Need: g.figures.Need(document, fields), Tenant: tenant,
		Deadline: deadlineOf(ctx, g.cfg.Limits.RequestTimeout).execution(),
	})
	end()
	if overload, ok := errors.AsType[*burden.OverloadError](err); ok {
		refused := refusal.Later(refusal.CodeOverloaded, "The gateway has more to do than it can in time.",
			overload.RetryAfter)
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{refused}})
	}
	if err != nil {
		return func(context.Context) *graphql.Response { return nil } // the client is gone
	}
	responses := next(burden.With(ctx, pass))
	return func(answering context.Context) (response *graphql.Response) {
		defer func() {
			size := int64(0)
			if response != nil {
				size = int64(len(response.Data))
			}
			took, _ := pass.Finish(copies * size)
			if size > 0 {
				g.figures.Learn(document, fields, took, size)
			}
			context.AfterFunc(ctx, pass.Release) // the request ends when its answer is written
		}()
		return responses(answering)
	}
}
