package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/answers"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// openAnswers makes the store of kept answers; nil where none are kept.
func (g *replica) openAnswers() error {
	bytes := g.cfg.Limits.KeptAnswersBytes
	if bytes == 0 {
		return nil
	}
	var err error
	g.answers, err = answers.New(answers.Options{
		Bytes: bytes, Revision: g.sources.Regions.Revision, // of a tenant
		Count: func(event answers.Event, number int) { g.metrics.KeptAnswers(string(event), number) },
	})
	if err != nil {
		return fmt.Errorf("kept answers: %w", err)
	}
	for _, event := range answers.Events() {
		g.metrics.KeptAnswers(string(event), 0) // so that the first one shows as an increase
	}
	if err := g.metrics.KeptAnswersBytes(g.answers.Bytes); err != nil {
		return fmt.Errorf("kept answers: %w", err)
	}
	return nil
}

// dropAnswers forgets the kept answers, after a change of what they depend on beside their data.
func (g *replica) dropAnswers(why answers.Event) {
	if g.answers != nil {
		g.answers.Drop(why)
	}
}

// kept is how the transport keeps answers; nil where none are kept.
func (g *edition) kept(p *parts) *httpapi.Kept {
	if g.answers == nil {
		return nil
	}
	limit := g.cfg.Limits.RequestTimeout
	return &httpapi.Kept{
		Store: g.answers, View: g.viewOf, Note: g.noteOf,
		May: mayBeKept, Lasting: p.persisted.Lasting, Credentials: credentialsOf,
		Enter: g.enterKept, Now: g.now,
		Patience: func(ctx context.Context) (context.Context, context.CancelFunc) {
			times := deadline{limit: limit, end: httpapi.Arrival(withReceipt(ctx)).Add(limit)}
			return context.WithDeadline(ctx, times.execution())
		},
		Late: func() *gqlerror.Error { return timedOut(limit) },
	}
}

// viewOf is what of a caller and its request changes an answer: all that its loaders are made with. An explanation
// tells of its own request alone. One of other settings might not be given now.
func (g *edition) viewOf(ctx context.Context) (view answers.View, maxAge time.Duration, ok bool) {
	request, who := cost.RequestOf(ctx), identity.CallerFrom(ctx)
	if request.Explain || request.Plan {
		return view, 0, false
	}
	return answers.View{Scope: who.Scope, DomainID: who.DomainID, Settings: g.number}, request.MaxAge, true
}

// credentialsOf are those that a request's calls have upstream; empty for the gateway's own.
func credentialsOf(ctx context.Context) string {
	if rest.IdentityFrom(ctx).Token == "" {
		return ""
	}
	return identity.CallerFrom(ctx).Key
}

// enterKept counts an operation that is answered without being executed: it takes a place like any other.
func (g *edition) enterKept(ctx context.Context) (leave func(httpapi.Given), refused *gqlerror.Error) {
	started := g.now()
	_, end := g.tracing.Stage(ctx, "kept answer")
	free, refused := g.callers.Place(ctx)
	count := func(given httpapi.Given) {
		outcome, code := outcomeOf(given.Response)
		now := g.now()
		took := now.Sub(started)
		g.metrics.GraphQLOperation("query", outcome, code, took)
		if outcome == "ok" && given.How != httpapi.GivenShared { // whose execution may have waited for an upstream
			g.metrics.WarmQuery(took)
		}
		g.logKept(ctx, given, outcome, code, took, max(0, now.Sub(given.Oldest)))
	}
	if refused != nil {
		count(httpapi.Given{Response: &graphql.Response{Errors: gqlerror.List{refused}}})
		end()
		return nil, refused
	}
	return func(given httpapi.Given) {
		end()
		free()
		if given.Response != nil {
			count(given)
		}
	}, nil
}
