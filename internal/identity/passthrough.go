package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	headerToken  = "X-Auth-Token"
	headerDomain = "X-Hcso-Domain-Id"
	// checkTimeout bounds a check whose caller has no deadline yet.
	checkTimeout = 5 * time.Second
	// renewShare is the last part of an acceptance, in which a request has the pair checked anew in the background: a
	// regular caller waits for no check, and notices no shorter outage.
	renewShare = 0.25
	// outageRest is how long a pair that could not be checked is not checked again.
	outageRest = time.Second
)

// domainPattern is what a domain id looks like. It becomes part of keys, and a header upstream.
var domainPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// pairKey is a keyed hash of a token with its domain id.
type pairKey [sha256.Size]byte

// passthrough identifies callers by their tokens, as the upstream judges them. A pair of token and domain id that the
// upstream did not accept within the set time gets no answer, not even held data: this check comes before all data.
//
// Each replica asks the upstream itself, so that the set time is a bound for all of them.
type passthrough struct {
	secret      []byte
	byToken     bool // each token is a scope of its own
	acceptedFor time.Duration
	refusedFor  time.Duration
	upstream    Upstream
	addresses   *addresses
	checks      atomic.Pointer[rates] // by address
	logger      *slog.Logger
	now         func() time.Time

	taken   *lru.Cache[pairKey, time.Time] // until when a pair is accepted
	refused *lru.Cache[pairKey, rejection]

	life context.Context // of the gateway, not of a call
	end  context.CancelFunc
	work sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	checking map[pairKey]*pairCheck
}

// rejection is a pair that the upstream did not take, or that it could not be asked about.
type rejection struct {
	refusal *gqlerror.Error
	until   time.Time
}

// pairCheck is one check under way, for all who wait for it.
type pairCheck struct {
	done     chan struct{} // closed once until or refusal is set
	until    time.Time
	refusal  *gqlerror.Error
	outdated bool // the upstream refused the pair meanwhile; guarded by passthrough.mu
}

func newPassthrough(
	cfg config.Config, secret []byte, from *addresses, upstream Upstream, logger *slog.Logger, now func() time.Time,
) (*passthrough, error) {
	p := &passthrough{
		secret: secret, byToken: cfg.Auth.Scope == config.AuthScopeToken,
		acceptedFor: cfg.Auth.AcceptedFor, refusedFor: cfg.Auth.RefusedFor,
		upstream: upstream, addresses: from, logger: logger, now: now, checking: map[pairKey]*pairCheck{},
	}
	checks, err := newRates(cfg.Callers.Checks, cfg.Callers.CheckBurst, cfg.Callers.Known, now)
	if err != nil {
		return nil, err
	}
	p.checks.Store(checks)
	if p.taken, err = lru.New[pairKey, time.Time](cfg.Callers.Known); err != nil {
		return nil, fmt.Errorf("memory of accepted callers: %w", err)
	}
	if p.refused, err = lru.New[pairKey, rejection](cfg.Callers.Known); err != nil {
		return nil, fmt.Errorf("memory of refused callers: %w", err)
	}
	p.life, p.end = context.WithCancel(context.Background())
	return p, nil
}

func (p *passthrough) Observers() []rest.Observer { return []rest.Observer{p} }

func (*passthrough) Challenge() string { return headerToken + ` realm="opsgraph"` }

// close ends the checks under way and waits for them.
func (p *passthrough) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.end()
	p.work.Wait()
}

func (p *passthrough) identify(r *http.Request) (context.Context, Caller, *gqlerror.Error) {
	token, domain, refused := pairOf(r.Header)
	if refused != nil {
		return nil, Caller{}, refused
	}
	pair := p.pair(token, domain)
	who := Caller{
		Key: hex.EncodeToString(pair[:]), Tenant: keyOf(p.secret, domainTenant, domain), DomainID: domain,
	}
	if who.Scope = domain; domain == "" || p.byToken {
		who.Scope = tokenScope + who.Key
	}
	identity := rest.Identity{Scope: who.Scope, Token: rest.Secret(token), DomainID: domain}
	until, refused := p.known(pair)
	switch {
	case refused != nil:
	case until.IsZero():
		until, refused = p.ask(r, pair, identity)
	case until.Sub(p.now()) < time.Duration(float64(p.acceptedFor)*renewShare):
		p.renew(pair, identity)
	}
	if refused != nil {
		return nil, Caller{}, refused
	}
	who.ExpiresAt = until
	return rest.WithIdentity(r.Context(), identity), who, nil
}

// pairOf reads token and domain id. Errors don't repeat them.
func pairOf(header http.Header) (token, domain string, refused *gqlerror.Error) {
	tokens, domains := header.Values(headerToken), header.Values(headerDomain)
	switch {
	case len(tokens) > 1 || len(domains) > 1:
		return "", "", refusal.New(refusal.CodeBadRequest,
			"The headers X-Auth-Token and X-HCSO-Domain-Id must come once.")
	case len(tokens) == 0 || tokens[0] == "":
		return "", "", refusal.Unauthenticated("Send a token of the upstream in the header X-Auth-Token.")
	case !graphic(tokens[0]):
		return "", "", refusal.Unauthenticated("The token has characters that no token has.")
	case len(domains) == 0:
		return tokens[0], "", nil
	case !domainPattern.MatchString(domains[0]):
		return "", "", refusal.New(refusal.CodeBadRequest,
			"The header X-HCSO-Domain-Id has 1 to 64 letters, digits, - and _.")
	}
	return tokens[0], domains[0], nil
}

// graphic reports whether a text has visible ASCII characters only.
func graphic(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func (p *passthrough) pair(token, domain string) pairKey {
	return digest(p.secret, "pair", token, domain)
}

// known returns until when a pair is accepted, or why it is refused; neither for an unknown pair.
func (p *passthrough) known(pair pairKey) (time.Time, *gqlerror.Error) {
	now := p.now()
	if until, ok := p.taken.Get(pair); ok && now.Before(until) {
		return until, nil
	}
	return time.Time{}, p.rejected(pair, now)
}

// rejected is the refusal of a pair that the upstream refused, or could not be asked about, a moment ago; else nil.
func (p *passthrough) rejected(pair pairKey, now time.Time) *gqlerror.Error {
	held, ok := p.refused.Get(pair)
	if !ok {
		return nil
	}
	if !now.Before(held.until) {
		p.refused.Remove(pair)
		return nil
	}
	return copied(held.refusal)
}

// copied is a copy of an error, which gets the id of its own request.
func copied(refused *gqlerror.Error) *gqlerror.Error {
	again := refusal.New(refusal.CodeOf(refused), "%s", refused.Message)
	maps.Copy(again.Extensions, refused.Extensions)
	return again
}

func (p *passthrough) Accepted(ctx context.Context) bool {
	identity := rest.IdentityFrom(ctx)
	until, _ := p.known(p.pair(identity.Token.Reveal(), identity.DomainID))
	return !until.IsZero()
}

// Attempt implements rest.Observer: a caller's token that the upstream refuses is not accepted from this moment on.
func (p *passthrough) Attempt(ctx context.Context, a rest.Attempt) {
	identity := rest.IdentityFrom(ctx)
	if a.Kind != rest.Unauthenticated || identity.Token == "" {
		return
	}
	pair := p.pair(identity.Token.Reveal(), identity.DomainID)
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.checking[pair]; c != nil {
		c.outdated = true
	}
	p.taken.Remove(pair)
}
