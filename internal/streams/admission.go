package streams

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/resolvers/live"
)

// leastAdmission is the shortest time between two admissions, also where an acceptance has ended by a clock that
// stands.
const leastAdmission = 50 * time.Millisecond

// admission is the right of a long-lived connection to stay, which is asked for again and again.
type admission struct {
	options Options
	request *http.Request
	held    atomic.Pointer[context.Context]
}

// newAdmission asks for the first time.
func newAdmission(r *http.Request, options Options) (*admission, *gqlerror.Error) {
	a := &admission{options: options, request: r}
	return a, a.ask(options.HTTP.Admit)
}

// admitted is the admission of a request that has been admitted, with the context that it was given.
func admitted(ctx context.Context, r *http.Request, options Options) *admission {
	a := &admission{options: options, request: r}
	a.held.Store(&ctx)
	return a
}

// renew asks again; a refusal leaves the last context.
func (a *admission) renew() *gqlerror.Error {
	if a.options.Readmit != nil {
		return a.ask(a.options.Readmit)
	}
	return a.ask(a.options.HTTP.Admit)
}

func (a *admission) ask(admit func(*http.Request) (context.Context, *gqlerror.Error)) *gqlerror.Error {
	ctx, refused := admit(a.request)
	if refused != nil {
		return refused
	}
	a.held.Store(&ctx)
	return nil
}

// due is how long until the next question: an acceptance may end before the set time has passed.
func (a *admission) due() time.Duration {
	wait := a.options.AdmitEvery
	if ends := identity.CallerFrom(*a.held.Load()).ExpiresAt; !ends.IsZero() {
		wait = min(wait, max(ends.Sub(a.options.Now()), leastAdmission))
	}
	return wait
}

// present is the last context, for its values.
func (a *admission) present() context.Context { return context.WithoutCancel(*a.held.Load()) }

// accepted is the last context, and whether its credentials are still accepted.
func (a *admission) accepted() (context.Context, bool) {
	ctx := a.present()
	return ctx, a.options.Accepted(ctx)
}

// presentContext has the values of a long-lived caller's present context in place of its first one's.
type presentContext struct {
	context.Context
	present context.Context
}

// Value implements context.Context.
func (c presentContext) Value(key any) any {
	if value := c.present.Value(key); value != nil {
		return value
	}
	return c.Context.Value(key)
}

type presentKey struct{}

// Present returns the context of an event with the credentials that its caller was last admitted with; ctx itself
// outside of long-lived connections.
func Present(ctx context.Context) context.Context {
	if a, ok := ctx.Value(presentKey{}).(*admission); ok {
		return presentContext{ctx, a.present()}
	}
	return ctx
}

// withAdmission lets the events of an operation, and the polls for them, use the credentials admitted last.
func withAdmission(ctx context.Context, a *admission) context.Context {
	return live.WithCaller(context.WithValue(ctx, presentKey{}, a), a.accepted)
}
