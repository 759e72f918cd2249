package identity

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/bounds"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Caller is who sent a request: what limits count by, and whose data are read.
type Caller struct {
	// Key distinguishes callers for limits. It is a keyed hash: neither a token nor a name can be read from it.
	Key string
	// Tenant distinguishes tenants for limits, by what their callers can't make up: the accepted domain id (all callers
	// without one are one tenant), the tenant that the issuer names, or else the caller itself. A keyed hash like Key.
	Tenant string
	// Scope is the tenant whose data the caller reads: part of every cache key. Empty means the gateway's own.
	Scope string
	// ExpiresAt is when the caller must be admitted anew; zero means that only another admission shows it.
	ExpiresAt time.Time

	DomainID string // that the caller came with; empty where the gateway's own credentials go upstream
}

// GatewayTenant is the id of the tenant whose data are the gateway's own.
const GatewayTenant = "gateway"

// shortID is how many digits of a keyed hash name a caller or a tenant to operators: by chance two of a million would
// share one in forty million.
const shortID = 16

// ShortID is the part of a caller's Key or Tenant that operators see; empty for none.
func ShortID(key string) string { return key[:min(len(key), shortID)] }

// TenantID names the tenant whose data the caller reads, as logs do: [GatewayTenant], else the hash of its account, or
// of the caller where its token is a scope of its own.
func (c Caller) TenantID() string {
	switch {
	case c.Scope == "":
		return GatewayTenant
	case isTokenScope(c.Scope):
		return ShortID(c.Key)
	default:
		return ShortID(c.Tenant)
	}
}

// tokenScope begins the scope of a token that has one of its own; no domain id begins like this.
const tokenScope = "~"

func isTokenScope(scope string) bool { return strings.HasPrefix(scope, tokenScope) }

var errNoSuchMode = errors.New("there is no such mode")

type callerContextKey struct{}

func withCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerContextKey{}, c)
}

// CallerFrom is the caller of the context's request; zero outside of any request.
func CallerFrom(ctx context.Context) Caller {
	c, _ := ctx.Value(callerContextKey{}).(Caller)
	return c
}

// identifier finds the caller by the headers of a request; the context that it returns has the credentials of the calls
// upstream. There is one for each auth mode.
type identifier interface {
	identify(r *http.Request) (context.Context, Caller, *gqlerror.Error)
	// Accepted reports, without a call, whether the credentials in a context are accepted now: work in the background,
	// such as a poll for subscribers, must not use others.
	Accepted(ctx context.Context) bool
	// Observers watch the attempts at upstreams.
	Observers() []rest.Observer
	// Challenge is the value of WWW-Authenticate for unknown callers.
	Challenge() string
	close()
}

// Upstream judges callers in the mode with tokens of the upstream.
type Upstream struct {
	// Check asks the upstream whether it takes the credentials of a context.
	Check func(context.Context) error
	// Describe decides what a client sees of an error of Check.
	Describe func(error) (code, message string)
}

// Callers admits requests: who the caller is, and whether it may send one now. It never changes; Again makes the next
// one, for other settings.
type Callers struct {
	identifier

	limits  *limits
	secret  []byte
	domains bool   // tenants are told by the domain ids of their callers
	checks  *rates // of passthrough; else nil
	keys    string // where the issuer's keys are from and, of a file, what they are (jwt)

	replaces bool // the identifier is not that of the one before
}

// New makes the admission of the configured mode. shared counts for all replicas, and is nil where there is one; Close
// ends it.
func New(
	cfg config.Config, upstream Upstream, shared *bounds.Bounds, logger *slog.Logger, now func() time.Time,
) (*Callers, error) {
	secret, err := secretOf(cfg, shared != nil)
	if err != nil {
		return nil, err
	}
	addresses, err := newAddresses(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	c := &Callers{
		secret:  secret,
		domains: cfg.Auth.Mode == config.AuthPassthrough && cfg.Auth.Scope == config.AuthScopeDomain,
	}
	if c.limits, err = newLimits(cfg, shared, now); err != nil {
		return nil, err
	}
	switch cfg.Auth.Mode {
	case config.AuthPassthrough:
		var p *passthrough
		if p, err = newPassthrough(cfg, secret, addresses, upstream, logger, now); err == nil {
			c.identifier, c.checks = p, p.checks.Load()
		}
	case config.AuthJWT:
		var b *bearers
		if b, err = newBearers(cfg, secret, logger, now); err == nil {
			c.identifier, c.keys = b, b.keys.source()
		}
	case config.AuthNone:
		c.identifier, err = newAnonymous(cfg, secret, addresses)
	}
	if err == nil && c.identifier == nil {
		err = fmt.Errorf("auth mode %q: %w", cfg.Auth.Mode, errNoSuchMode)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Admit finds the caller and whether it may send a request now. It is cheap for known callers.
func (c *Callers) Admit(r *http.Request) (context.Context, *gqlerror.Error) {
	ctx, who, refused := c.identify(r)
	if refused != nil {
		return nil, refused
	}
	if refused := c.limits.request(ctx, who); refused != nil {
		return nil, refused
	}
	return withCaller(ctx, who), nil
}

// TenantOf is [Caller.TenantID] of whoever reads the data of a scope.
func (c *Callers) TenantOf(scope string) string {
	switch {
	case scope == "":
		return GatewayTenant
	case isTokenScope(scope):
		return ShortID(strings.TrimPrefix(scope, tokenScope))
	default:
		return ShortID(keyOf(c.secret, domainTenant, scope))
	}
}

// MayBeDomain reports whether a text could be the scope of a tenant: a domain id, in the mode in which they are.
func (c *Callers) MayBeDomain(text string) bool { return c.domains && domainPattern.MatchString(text) }

// domainTenant is the kind of hash that a domain id's tenant has.
const domainTenant = "domain"

// Place takes a place for one more operation of the caller of a context; leave gives it back.
func (c *Callers) Place(ctx context.Context) (leave func(), refused *gqlerror.Error) {
	return c.limits.operation(ctx, CallerFrom(ctx))
}

// Stay takes a place for one more WebSocket or event stream of the caller of a context; leave gives it back.
func (c *Callers) Stay(ctx context.Context) (leave func(), ok bool) {
	return c.limits.connection(ctx, CallerFrom(ctx))
}

type readmissionKey struct{}

// Readmit checks a caller who is connected already. It does not count as a request of the caller, nor as a try of an
// unknown token where the token was accepted before.
func (c *Callers) Readmit(r *http.Request) (context.Context, *gqlerror.Error) {
	ctx, who, refused := c.identify(r.WithContext(context.WithValue(r.Context(), readmissionKey{}, true)))
	if refused != nil {
		return nil, refused
	}
	return withCaller(ctx, who), nil
}

// Close ends the work in the background.
func (c *Callers) Close() {
	c.close()
	c.limits.close()
}

// secretOf is the key of all hashes. Where callers' tokens are hashed and replicas share, it is configured; else
// replicas that share make it of what they have in common, and a single one at random.
func secretOf(cfg config.Config, shared bool) ([]byte, error) {
	if configured := cfg.Auth.SecretKey.Reveal(); configured != "" {
		return []byte(configured), nil
	}
	if shared {
		common := digest([]byte("opsgraph callers"), cfg.Redis.Environment, cfg.IAM.Password.Reveal(),
			cfg.ESM.APIG().Reveal(), cfg.ESM.HCSO().Reveal())
		return common[:], nil
	}
	secret := make([]byte, sha256.Size)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("random secret key: %w", err)
	}
	return secret, nil
}

// anonymous admits everyone who reaches the address, with the gateway's own credentials upstream: mode none.
type anonymous struct {
	secret    []byte
	addresses *addresses
	keys      *lru.Cache[string, string] // by address: it takes longer to make one than to answer what is kept
}

func newAnonymous(cfg config.Config, secret []byte, from *addresses) (anonymous, error) {
	keys, err := lru.New[string, string](cfg.Callers.Known)
	if err != nil {
		return anonymous{}, fmt.Errorf("memory of callers: %w", err)
	}
	return anonymous{secret: secret, addresses: from, keys: keys}, nil
}

func (a anonymous) identify(r *http.Request) (context.Context, Caller, *gqlerror.Error) {
	address := a.addresses.of(r)
	key, known := a.keys.Get(address)
	if !known {
		key = keyOf(a.secret, "address", address)
		a.keys.Add(address, key)
	}
	return r.Context(), Caller{Key: key, Tenant: key}, nil
}

func (anonymous) Accepted(context.Context) bool { return true }

func (anonymous) Observers() []rest.Observer { return nil }

func (anonymous) Challenge() string { return "" }

func (anonymous) close() {}

// digest is a keyed hash of texts, each with its length, so that no two lists of texts can look alike.
func digest(secret []byte, texts ...string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, secret)
	var size [8]byte
	for _, text := range texts {
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		mac.Write(size[:])
		mac.Write([]byte(text))
	}
	return [sha256.Size]byte(mac.Sum(nil))
}

// keyOf is a digest as text.
func keyOf(secret []byte, texts ...string) string {
	sum := digest(secret, texts...)
	return hex.EncodeToString(sum[:])
}
