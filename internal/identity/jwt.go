package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/refusal"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	headerAuthorization = "Authorization"
	longestBearer       = 16 << 10
)

// bearerPattern is a signed JWT in its compact form: three parts, of which none is empty.
var bearerPattern = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

// bearers identifies callers by the tokens of one issuer, which divide no data: all callers read with the gateway's own
// credentials, and so in its own scope.
type bearers struct {
	secret           []byte
	verifier         *oidc.IDTokenVerifier
	keys             *issuerKeys
	issuer, audience string
	tenantClaim      string
	skew             time.Duration
	now              func() time.Time
}

func newBearers(cfg config.Config, secret []byte, logger *slog.Logger, now func() time.Time) (*bearers, error) {
	keys, err := newIssuerKeys(cfg, logger, now)
	if err != nil {
		return nil, err
	}
	return &bearers{
		secret: secret, keys: keys, issuer: cfg.Auth.Issuer, audience: cfg.Auth.Audience,
		tenantClaim: cfg.Auth.TenantClaim, skew: cfg.Auth.ClockSkew, now: now,
		verifier: oidc.NewVerifier(cfg.Auth.Issuer, keys, &oidc.Config{
			ClientID: cfg.Auth.Audience, SupportedSigningAlgs: cfg.Auth.Algorithms, Now: now,
		}),
	}, nil
}

// Accepted is true: calls have the gateway's own credentials, which end with no caller.
func (*bearers) Accepted(context.Context) bool { return true }

func (*bearers) Observers() []rest.Observer { return nil }

func (*bearers) Challenge() string { return `Bearer realm="opsgraph"` }

func (b *bearers) close() { b.keys.close() }

// identify verifies the token anew for each request: it may have ended.
func (b *bearers) identify(r *http.Request) (context.Context, Caller, *gqlerror.Error) {
	raw, refused := bearerOf(r.Header)
	if refused != nil {
		return nil, Caller{}, refused
	}
	ctx, keyFault := withKeyFault(r.Context())
	token, err := b.verifier.Verify(ctx, raw)
	switch {
	case errors.Is(*keyFault, errKeysUnavailable):
		return nil, Caller{}, refusal.Later(refusal.CodeUpstreamUnavailable,
			"The keys of the tokens' issuer can't be read now.", time.Second)
	case r.Context().Err() != nil:
		return nil, Caller{}, refusal.New(refusal.CodeClientClosed, "The request was given up.")
	case err != nil:
		return nil, Caller{}, refusal.Unauthenticated("The token is not accepted.")
	}
	who, err := b.caller(token)
	if err != nil {
		return nil, Caller{}, refusal.Unauthenticated("The token is not accepted.")
	}
	return r.Context(), who, nil
}

// bearerOf reads the token; errors don't repeat it. The name of the scheme has no case (RFC 9110).
func bearerOf(header http.Header) (string, *gqlerror.Error) {
	values := header.Values(headerAuthorization)
	if len(values) > 1 {
		return "", refusal.New(refusal.CodeBadRequest, "The header Authorization must come once.")
	}
	if len(values) == 0 {
		return "", refusal.Unauthenticated("Send a token in the header Authorization: Bearer.")
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") || len(token) > longestBearer || !bearerPattern.MatchString(token) {
		return "", refusal.Unauthenticated("The header Authorization has no bearer token that can be read.")
	}
	return token, nil
}

// caller reads the caller from a token whose signature is good and of whose claims the library found none bad.
func (b *bearers) caller(token *oidc.IDToken) (Caller, error) {
	c, err := claimsOf(token)
	if err != nil {
		return Caller{}, err
	}
	if c.text("iss") != b.issuer || !c.names("aud", b.audience) {
		return Caller{}, fmt.Errorf("%w: another issuer or audience", errClaims)
	}
	expires, err := c.valid(b.now(), b.skew)
	if err != nil {
		return Caller{}, err
	}
	subject, tenant := c.text("sub"), ""
	if b.tenantClaim != "" {
		tenant = c.text(b.tenantClaim)
	}
	if subject == "" || b.tenantClaim != "" && tenant == "" {
		return Caller{}, fmt.Errorf("%w: nobody is named", errClaims)
	}
	who := Caller{Key: keyOf(b.secret, "jwt", b.issuer, subject, tenant), ExpiresAt: expires}
	if who.Tenant = who.Key; tenant != "" {
		who.Tenant = keyOf(b.secret, "jwt tenant", b.issuer, tenant)
	}
	return who, nil
}
