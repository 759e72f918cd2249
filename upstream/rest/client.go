package rest

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"

	"github.com/opsgraph/opsgraph/upstream/rest/budget"
	"github.com/opsgraph/opsgraph/upstream/rest/circuit"
	"github.com/opsgraph/opsgraph/upstream/rest/dial"
)

// TokenSource provides the gateway's own token. Both methods may be called by many goroutines at once.
type TokenSource interface {
	// Token returns the current token, fetching one when there is none.
	Token(ctx context.Context) (string, error)
	// Renew returns a token newer than the rejected one, which was answered with 401. Concurrent callers share one
	// renewal.
	Renew(ctx context.Context, rejected string) (string, error)
}

// Quota counts the calls that an upstream allows, over all replicas that share it.
type Quota interface {
	// Take waits for one token of group and returns how long it waited. When the wait would outlast the deadline of ctx,
	// it fails at once with an error that has RetryAfter() time.Duration and, where the pause after a refusal by the
	// upstream is the cause, Paused() bool. The lane is a [Lane]. giveBack returns the token
	// of a call of which nothing was sent, in the background.
	Take(ctx context.Context, group string, lane int) (waited time.Duration, giveBack func(), err error)
	// Slow reports a refusal by the upstream: no token before retryAfter has passed, then a lower rate.
	Slow(ctx context.Context, group string, retryAfter time.Duration)
}

// ClientConfig is the configuration of a [Client]. Zero values are documented at the fields.
type ClientConfig struct {
	// System names the upstream in errors and metrics.
	System string
	// BaseURL is scheme, host and an optional path. Empty means not configured: every call fails with
	// [NotConfigured] and does no I/O.
	BaseURL string
	// Headers are sent with every authenticated call: X-APIG-Appcode, x-hcso-appcode, x-hcso-domainid. Names begin
	// with "X-"; X-Auth-Token comes from Tokens.
	Headers map[string]Secret
	// Tokens gives the gateway's own token; nil sends none.
	Tokens TokenSource
	// Quota grants each attempt of an endpoint that has a quota group; nil means no limit.
	Quota Quota
	// QuotaGroups replaces the quota groups of single operations, by name.
	QuotaGroups map[string]string
	// SuccessCode reports whether an error code inside a 2xx means success (QUIRKS 85); nil means none does.
	SuccessCode func(code string) bool
	// Observers see every attempt.
	Observers []Observer
	// Begins is told of each attempt before anything is done for it, and returns its context, which observers get. It may
	// set headers that tell the upstream of it, but no credentials. Nil: the context of the call.
	Begins func(ctx context.Context, spec Spec, number int, header http.Header) context.Context
	// Timeout bounds an attempt, its body included; zero means 1.5 s, five times the slowest of a thousand calls that the
	// document of ESM states (QUIRKS 94). An endpoint may ask for more.
	Timeout time.Duration
	// Retries is the number of attempts after the first, of operations that only read: zero means 1, negative none; at
	// most 2. ScarceRetries is the same for a scarce quota; at most 1.
	Retries, ScarceRetries int
	// RetryBudget bounds the retries of all calls together.
	RetryBudget budget.Settings
	// RetryAfter is how long a refusal makes calls wait.
	RetryAfter RetryAfter
	// Breaker configures the circuits of the operations.
	Breaker circuit.Settings
	// Probing chooses the replica that probes an open circuit; nil means this one.
	Probing Probing
	// MaxInFlight bounds the requests under way at once; zero means 64.
	MaxInFlight int
	// DialTimeout bounds the dialling of a connection, and again its TLS handshake; zero means 1 s.
	DialTimeout time.Duration
	// MaxBytes bounds a body after decompression; zero means 32 MiB. An endpoint may ask for less.
	MaxBytes int64
	// Room bounds the bytes of answers that are in memory at once, and may be shared with other clients; nil means a room
	// of its own.
	Room *Room
	// MaxHeaderBytes bounds the header of an answer; zero means 64 KiB.
	MaxHeaderBytes int64
	// TLS holds roots and client certificates; nil means the system's roots. Verification cannot be turned off.
	TLS *tls.Config
	// Now is the clock of budget, breaker and receive times; nil means time.Now.
	Now func() time.Time
	// Rand returns a number in [0, 1) for the jitter of retries; nil means math/rand.
	Rand func() float64
}

// Client sends the requests of one upstream system. It is safe for use by many goroutines.
type Client struct {
	system      string
	base        *url.URL                    // nil: not configured
	headers     atomic.Pointer[http.Header] // never changed, only replaced
	tokens      TokenSource
	quota       Quota
	groups      map[string]string // of the quota, by operation
	successCode func(string) bool
	observers   []Observer
	begins      func(context.Context, Spec, int, http.Header) context.Context
	timeout     time.Duration
	maxBytes    int64
	room        *Room
	retries     int
	scarce      int // retries where the quota is scarce
	budget      *budget.Budget
	retryAfter  RetryAfter
	breaker     circuit.Settings
	probing     Probing
	slots       bulkhead.Bulkhead[*reply]
	transport   atomic.Pointer[http.Transport]
	wires       dial.Limits // of each transport
	now         func() time.Time
	rand        func() float64
	send        sender
	closed      atomic.Bool
	calls       atomic.Int64 // so far, for their numbers
	clock       remoteClock

	mu       sync.Mutex
	breakers map[string]*circuit.Breaker // by operation
}

// NewClient returns a client. It fails on a base URL, a header or a TLS configuration that may not be used. It does no
// I/O; [Client.Close] releases its idle connections.
func NewClient(cfg ClientConfig) (*Client, error) {
	var base *url.URL
	if cfg.BaseURL != "" {
		var err error
		if base, err = parseBaseURL(cfg.BaseURL); err != nil {
			return nil, fmt.Errorf("base url of %s: %w", cfg.System, err)
		}
	}
	headers, err := fixedHeaders(cfg.Headers)
	if err != nil {
		return nil, fmt.Errorf("headers of %s: %w", cfg.System, err)
	}
	inFlight := cmp.Or(max(cfg.MaxInFlight, 0), 64)
	wires := dial.Limits{InFlight: inFlight, Timeout: cfg.DialTimeout, HeaderBytes: cfg.MaxHeaderBytes}
	transport, err := dial.Transport(wires, cfg.TLS)
	if err != nil {
		return nil, fmt.Errorf("tls of %s: %w", cfg.System, err)
	}
	c := &Client{
		system:      cfg.System,
		base:        base,
		tokens:      cfg.Tokens,
		quota:       cfg.Quota,
		groups:      cfg.QuotaGroups,
		successCode: cfg.SuccessCode,
		observers:   cfg.Observers,
		begins:      cfg.Begins,
		timeout:     cmp.Or(cfg.Timeout, defaultTimeout),
		maxBytes:    cmp.Or(cfg.MaxBytes, defaultMaxBytes),
		room:        cfg.Room,
		retries:     min(max(cmp.Or(cfg.Retries, 1), 0), 2),
		scarce:      min(max(cmp.Or(cfg.ScarceRetries, 1), 0), 1),
		retryAfter:  cfg.RetryAfter.withDefaults(),
		breaker:     cfg.Breaker.WithDefaults(),
		probing:     cfg.Probing,
		slots:       bulkhead.New[*reply](uint(inFlight)),
		wires:       wires,
		now:         cfg.Now,
		rand:        cfg.Rand,
		breakers:    make(map[string]*circuit.Breaker),
	}
	c.headers.Store(&headers)
	c.transport.Store(transport)
	if c.now == nil {
		c.now = time.Now
	}
	if c.rand == nil {
		c.rand = rand.Float64
	}
	if c.room == nil {
		c.room = NewRoom(0)
	}
	c.budget = budget.New(cfg.RetryBudget, c.now)
	c.send = c.chain()
	return c, nil
}

// Configured reports whether the system has a base URL.
func (c *Client) Configured() bool { return c.base != nil }

// Spec returns spec with the quota group that the configuration gives the operation.
func (c *Client) Spec(spec Spec) Spec {
	if group, ok := c.groups[spec.Operation]; ok {
		spec.Quota = group
	}
	return spec
}

// Circuit returns the state of an operation's breaker: "closed", "open" or "half-open".
func (c *Client) Circuit(operation string) string {
	c.mu.Lock()
	b := c.breakers[operation]
	c.mu.Unlock()
	if b == nil {
		return circuit.Closed
	}
	return b.State(c.now())
}

// Close closes the idle connections. Calls under way go on; their connections are closed when they end.
func (c *Client) Close() {
	c.closed.Store(true)
	c.transport.Load().CloseIdleConnections()
}

// prepare turns a request into a call for the chain, or refuses it.
func (c *Client) prepare(ctx context.Context, spec Spec, r Request) (*outgoing, error) {
	spec.System = cmp.Or(spec.System, c.system)
	spec = c.Spec(spec)
	o := &outgoing{spec: spec, number: c.calls.Add(1), identity: IdentityFrom(ctx)}
	if c.base == nil {
		return nil, spec.Fail(NotConfigured, nil)
	}
	if err := ctx.Err(); err != nil {
		return nil, o.failure(err)
	}
	if !visible(o.identity.Token.Reveal()) {
		return nil, o.fail(Unauthenticated, "token has characters that a header cannot hold", nil)
	}
	if err := o.address(c.base, r); err != nil {
		return nil, &Error{System: spec.System, Operation: spec.Operation, Kind: Rejected, Err: err, reason: err.Error()}
	}
	return o, nil
}

func parseBaseURL(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("not a url")
	}
	switch {
	case base.Scheme != "http" && base.Scheme != "https":
		return nil, errors.New("scheme must be http or https")
	case base.Hostname() == "":
		return nil, errors.New("host is missing")
	case base.User != nil, base.RawQuery != "", base.Fragment != "":
		return nil, errors.New("user, query and fragment are not allowed")
	}
	base.Path, base.RawPath = strings.TrimSuffix(base.Path, "/"), ""
	return base, nil
}

// fixedHeaders checks the configured headers: names of our own making only, values that fit on one line.
func fixedHeaders(headers map[string]Secret) (http.Header, error) {
	fixed := make(http.Header, len(headers))
	for name, value := range headers {
		key := textproto.CanonicalMIMEHeaderKey(name)
		if !strings.HasPrefix(key, "X-") || key == tokenHeader {
			return nil, fmt.Errorf("name %q is not allowed", name)
		}
		if !visible(value.Reveal()) {
			return nil, fmt.Errorf("value of %q has characters that a header cannot hold", name)
		}
		if value != "" {
			fixed.Set(key, value.Reveal())
		}
	}
	return fixed, nil
}

// visible reports whether text is fit for a header: printable ASCII only.
func visible(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}
