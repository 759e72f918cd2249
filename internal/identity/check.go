package identity

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// ask asks the upstream about an unknown pair, once for all requests at the same time, and waits for the answer.
func (p *passthrough) ask(r *http.Request, pair pairKey, identity rest.Identity) (time.Time, *gqlerror.Error) {
	c, refused := p.join(r, pair, identity)
	if refused != nil {
		return time.Time{}, refused
	}
	select {
	case <-c.done:
	case <-r.Context().Done():
		return time.Time{}, refusal.New(refusal.CodeClientClosed, "The request was given up.")
	}
	if c.refusal != nil {
		return time.Time{}, copied(c.refusal)
	}
	return c.until, nil
}

// join returns the check of the pair that is under way, or begins one.
func (p *passthrough) join(r *http.Request, pair pairKey, identity rest.Identity) (*pairCheck, *gqlerror.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.checking[pair]; c != nil {
		return c, nil
	}
	if until, refused := p.known(pair); !until.IsZero() || refused != nil {
		c := &pairCheck{done: make(chan struct{}), until: until, refusal: refused}
		close(c.done) // it ended since the caller looked
		return c, nil
	}
	if p.closed {
		return nil, refusal.Later(refusal.CodeOverloaded, "The gateway is stopping.", 0)
	}
	// A caller who was admitted before is not trying out tokens.
	if again, _ := r.Context().Value(readmissionKey{}).(bool); !again {
		if wait, ok := p.checks.Load().allow(p.addresses.of(r)); !ok {
			return nil, refusal.RateLimited("Too many tokens that are not known come from this address.", wait)
		}
	}
	return p.begin(pair, identity), nil
}

// renew checks an accepted pair in the background, unless a check is under way or has just failed.
func (p *passthrough) renew(pair pairKey, identity rest.Identity) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed && p.checking[pair] == nil && p.rejected(pair, p.now()) == nil {
		p.begin(pair, identity)
	}
}

// begin starts a check. p.mu is held.
func (p *passthrough) begin(pair pairKey, identity rest.Identity) *pairCheck {
	c := &pairCheck{done: make(chan struct{})}
	p.checking[pair] = c
	p.work.Go(func() { p.run(pair, identity, c) })
	return c
}

// run asks the upstream. It depends on no caller: others may wait for it. An acceptance counts from before the
// question, since the token may end at any moment after the answer.
func (p *passthrough) run(pair pairKey, identity rest.Identity, c *pairCheck) {
	began := p.now()
	ctx, cancel := context.WithTimeout(rest.WithIdentity(p.life, identity), checkTimeout)
	defer cancel()
	err := p.upstream.Check(ctx)
	refused := p.refusalOf(ctx, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.checking, pair)
	switch {
	case err == nil:
		c.until = began.Add(p.acceptedFor)
		if !c.outdated {
			p.taken.Add(pair, c.until)
		}
	case refusal.CodeOf(refused) == refusal.CodeUnauthenticated, refusal.CodeOf(refused) == refusal.CodeForbidden:
		p.taken.Remove(pair)
		p.refused.Add(pair, rejection{refusal: refused, until: p.now().Add(p.refusedFor)})
	default: // frequent requests must not make the outage worse, nor count as tries of unknown tokens
		p.refused.Add(pair, rejection{refusal: refused, until: p.now().Add(outageRest)})
	}
	c.refusal = refused
	close(c.done)
}

// refusalOf is the refusal for a check that failed; nil when it did not. An outage does not make a token invalid.
func (p *passthrough) refusalOf(ctx context.Context, err error) *gqlerror.Error {
	if err == nil {
		return nil
	}
	failure, _ := errors.AsType[*rest.Error](err)
	status, code := 0, ""
	if failure != nil {
		status, code = failure.Status, failure.Code
	}
	p.logger.InfoContext(ctx, "caller not accepted by the upstream",
		slog.String("kind", rest.KindOf(err).String()), slog.Int("status", status), slog.String("code", code))
	switch rest.KindOf(err) {
	case rest.Unauthenticated:
		return refusal.Unauthenticated("The token is not accepted.")
	case rest.Forbidden:
		refused := refusal.New(refusal.CodeForbidden,
			"The token is not accepted with this domain id, or has no right to the upstream's data.")
		refused.Extensions["retryable"] = false
		return refused
	case rest.Timeout, rest.Unavailable, rest.RateLimited, rest.QuotaExhausted, rest.Canceled:
		wait := time.Second
		if failure != nil {
			wait = max(wait, failure.RetryAfter)
		}
		return refusal.Later(refusal.CodeUpstreamUnavailable, "The upstream can't be asked about the token now.", wait)
	default:
		code, message := p.upstream.Describe(err)
		return refusal.New(code, "The upstream can't be asked about the token. %s", message)
	}
}
