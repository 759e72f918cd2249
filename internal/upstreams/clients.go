package upstreams

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/gaussdb"
	"github.com/opsgraph/opsgraph/upstream/iam"
	"github.com/opsgraph/opsgraph/upstream/rest"
	"github.com/opsgraph/opsgraph/upstream/rest/budget"
	"github.com/opsgraph/opsgraph/upstream/rest/circuit"
	"github.com/opsgraph/opsgraph/upstream/workspace"
)

// Clients are the clients of the upstream systems, with one quota for all of them.
type Clients struct {
	ESM       *esm.Client
	GaussDB   *gaussdb.Client
	Workspace *workspace.Client
	BSS       *bss.Client

	// Project returns the project of the gateway's own token; nil where callers have theirs.
	Project func(context.Context) (string, error)
	// DomainID is that of the gateway's own calls; empty where callers have theirs.
	DomainID string
	// Quota is that of all calls, Groups the group of each operation with a quota of its own.
	Quota  *quota.Quota
	Groups map[string]string
	// Monitor watches every attempt; Operations are those that can be called.
	Monitor    *monitor.Counter
	Operations []monitor.Operation

	// GroupNames are the groups of the quota.
	GroupNames []string

	troubles *troubles
	shared   rest.Quota              // Quota, shared out among tenants where there are several
	clients  map[string]*rest.Client // by system
	tokens   []*iam.TokenSource
	project  *iam.TokenSource // of the gateway's own project
	secrets  atomic.Pointer[secrets]
}

// Options are what the clients are made of.
type Options struct {
	Config config.Config
	// Redis coordinates replicas; nil where there is one replica.
	Redis *redis.Connection
	// Leases make one replica try a broken upstream for all; nil has each replica try.
	Leases  *lease.Leases
	Metrics *telemetry.Metrics
	Logger  *slog.Logger
	Now     func() time.Time
	// Rand returns numbers in [0, 1) that spread retries and refusals; nil means math/rand.
	Rand func() float64
	// Observers watch every attempt; Begins is that of [rest.ClientConfig].
	Observers []rest.Observer
	Begins    func(ctx context.Context, spec rest.Spec, number int, header http.Header) context.Context

	once bool // a refused token is not renewed
}

// New makes the clients.
func New(o Options) (*Clients, error) {
	cfg, now := o.Config, o.Now
	c := &Clients{
		Monitor: monitor.NewCounter(now), Groups: quotaGroups(cfg.Quota.Operations),
		troubles: newTroubles(cfg, o.Logger, now), clients: map[string]*rest.Client{},
	}
	held, err := secretsOf(cfg)
	if err != nil {
		return nil, err
	}
	c.secrets.Store(held)
	if err = c.openQuota(o); err != nil {
		return nil, err
	}
	base := rest.ClientConfig{
		Quota:       c.shared,
		QuotaGroups: c.Groups,
		Observers: append(
			[]rest.Observer{attemptLog{metrics: o.Metrics, logger: o.Logger}, c.Monitor, c.troubles}, o.Observers...),
		Begins:         o.Begins,
		Timeout:        cfg.Upstream.Timeout,
		DialTimeout:    cfg.Upstream.DialTimeout,
		MaxBytes:       cfg.Upstream.BodyBytes,
		Room:           rest.NewRoom(cfg.Upstream.BytesInFlight),
		MaxHeaderBytes: cfg.Upstream.HeaderBytes,
		MaxInFlight:    cfg.Upstream.MaxInFlight,
		TLS:            held.tls,
		Now:            now,
		Rand:           o.Rand,
	}
	retriesOf(&base, cfg.Upstream.Retry)
	base.Breaker = breakerOf(cfg.Upstream.Breaker)
	if o.Leases != nil {
		base.Probing = lease.NewProbes(o.Leases)
	}
	identity, err := c.client(base, "iam", cfg.IAM.URL, nil, nil)
	if err != nil {
		return nil, err
	}
	c.project = c.tokenSource(identity, iam.Credentials{
		Username: cfg.IAM.Username, Password: rest.Secret(cfg.IAM.Password.Reveal()),
		DomainName: cfg.IAM.DomainName, ProjectID: cfg.IAM.ProjectID, ProjectName: cfg.IAM.ProjectName,
	}, now)
	// With callers' tokens the gateway has no credentials of its own but the AppCodes: no call can fall back to them.
	var tokens rest.TokenSource
	if cfg.Auth.Mode != config.AuthPassthrough {
		tokens, c.DomainID, c.Project = o.source(c.project), cfg.ESM.DomainID, c.project.Project
	}
	operational, err := c.client(base, "esm", cfg.ESM.URL, c.esmHeaders(cfg), tokens)
	if err != nil {
		return nil, err
	}
	c.ESM = esm.New(operational, esm.Options{
		Elbv3Path: esmPrefix + cfg.Upstream.ELBV3Path, InstanceWindow: esm.WindowNotation(cfg.Upstream.InstanceWindow),
		SlowPageSize: cfg.Upstream.PageSizeMinute, FastPageSize: cfg.Upstream.PageSize, MaxPages: cfg.Upstream.Pages,
	})
	c.know(identity, iam.Endpoints())
	c.know(operational, esm.Endpoints())
	if err := c.others(base, o, identity, tokens); err != nil {
		return nil, err
	}
	if err := c.checkQuotas(cfg.Quota.Operations); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// retriesOf sets when reads are repeated. Negative means none: zero would be the package's default.
func retriesOf(base *rest.ClientConfig, retry config.Retry) {
	base.Retries, base.ScarceRetries = retry.Attempts-1, retry.AttemptsMinute-1
	if base.Retries <= 0 {
		base.Retries = -1
	}
	if base.ScarceRetries <= 0 {
		base.ScarceRetries = -1
	}
	base.RetryBudget = budget.Settings{Ratio: retry.Budget, Window: retry.BudgetWindow}
	base.RetryAfter = rest.RetryAfter{Default: retry.DefaultRetryAfter, Longest: retry.MaxRetryAfter}
}

func breakerOf(b config.Breaker) circuit.Settings {
	return circuit.Settings{
		ScarceFailures: b.FailuresMinute, ScarceOpen: b.OpenMinute,
		Ratio: b.Ratio, Calls: b.Calls, Window: b.Window, Open: b.Open,
	}
}

// know notes the client that sends operations, for the field upstream.
func (c *Clients) know(client *rest.Client, specs []rest.Spec) {
	for _, spec := range specs {
		c.Operations = append(c.Operations, monitor.Operation{Spec: client.Spec(spec), Client: client})
	}
}

// others makes the clients of the systems beside ESM. GaussDB and Workspace take a token of the project; BSS, which is
// not of a region, takes one of the account. Without a source of project tokens callers' tokens go to all of them.
func (c *Clients) others(
	base rest.ClientConfig, o Options, identity *rest.Client, project rest.TokenSource,
) error {
	cfg := o.Config
	databases, err := c.client(base, "gaussdb", cfg.GaussDB.URL, nil, project)
	if err != nil {
		return err
	}
	c.GaussDB = gaussdb.New(databases)
	c.know(databases, gaussdb.Endpoints())
	if cfg.GaussDB.ReadReports {
		c.know(databases, gaussdb.OutsideEndpoints())
	}
	desktops, err := c.client(base, "workspace", cfg.Workspace.URL, nil, project)
	if err != nil {
		return err
	}
	c.Workspace = workspace.New(desktops, workspace.Options{
		TimeLayout: cfg.Zones.WorkspaceLayout, FileBytes: cfg.Limits.ExportBytes,
	})
	c.know(desktops, workspace.Endpoints())
	if cfg.Workspace.ReadExports {
		c.know(desktops, workspace.OutsideEndpoints())
	}
	account := c.tokenSource(identity, iam.Credentials{
		Username: cfg.IAM.Username, Password: rest.Secret(cfg.IAM.Password.Reveal()),
		DomainName: cfg.IAM.DomainName, DomainScope: true,
	}, o.Now)
	base.SuccessCode = bss.SuccessCode
	var accountTokens rest.TokenSource
	if project != nil {
		accountTokens = o.source(account)
	}
	billing, err := c.client(base, "bss", cfg.BSS.URL, nil, accountTokens)
	if err != nil {
		return err
	}
	c.know(billing, bss.Endpoints())
	c.BSS = bss.New(billing, bss.Options{
		Language: billingLanguage(cfg.Upstream.Language), MaxPages: cfg.Upstream.Pages,
	})
	return nil
}

// billingLanguage is a configured language in the spelling of BSS (quirk 42).
func billingLanguage(configured string) bss.Language {
	if configured == "zh-cn" {
		return bss.Chinese
	}
	return bss.English
}

// esmPrefix begins the paths of the ESM data calls.
const esmPrefix = "/rest/dataapi/homs/open-api"

func (c *Clients) client(
	base rest.ClientConfig, system string, address config.URL, headers map[string]rest.Secret, tokens rest.TokenSource,
) (*rest.Client, error) {
	base.System, base.BaseURL, base.Tokens, base.Headers = system, address.Reveal(), tokens, headers
	client, err := rest.NewClient(base)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("upstream %s: %w", system, err)
	}
	c.clients[system] = client
	return client, nil
}

// source is a source of tokens as calls use it.
func (o Options) source(tokens *iam.TokenSource) rest.TokenSource {
	if o.once {
		return once{tokens}
	}
	return tokens
}

func (c *Clients) tokenSource(
	client *rest.Client, credentials iam.Credentials, now func() time.Time,
) *iam.TokenSource {
	source := iam.NewTokenSource(client, credentials, now)
	c.tokens = append(c.tokens, source)
	return source
}

// LogIn has the token of the gateway's own project fetched now, in the background, and renewed before calls would wait
// for that. It makes no login where callers have tokens of their own or IAM has no address. The account's token, which
// billing alone needs, is left to the first call that needs it: not every user may have one.
func (c *Clients) LogIn() {
	if c.Project != nil && c.clients["iam"].Configured() {
		c.project.Ahead()
	}
}

// Troubles says which systems can't be used because of a setting, and which ones to look at; empty where all can. It
// makes no call.
func (c *Clients) Troubles() []string { return c.troubles.reasons() }

// TroubleWith is how many settings a system shows to be wrong: of credentials that it refuses, and of an address at
// which it can't be reached. It makes no call.
func (c *Clients) TroubleWith(system string) (credentials, unreachable int) {
	return c.troubles.count(system)
}

// Configured are the systems that have an address, in their order.
func (c *Clients) Configured() []string {
	var systems []string
	for system, client := range c.clients {
		if client.Configured() {
			systems = append(systems, system)
		}
	}
	slices.Sort(systems)
	return systems
}

// Close ends the background work of the clients.
func (c *Clients) Close() {
	for _, source := range c.tokens {
		source.Close()
	}
	for _, client := range c.clients {
		client.Close()
	}
	c.Quota.Close()
}

// attemptLog counts and, at level debug, logs every attempt at an upstream.
type attemptLog struct {
	metrics *telemetry.Metrics
	logger  *slog.Logger
}

// Attempt implements rest.Observer.
func (l attemptLog) Attempt(ctx context.Context, a rest.Attempt) {
	kind := kindOf(a)
	switch {
	case a.Sent:
		l.metrics.UpstreamAttempt(a.System, a.Operation, kind, a.Duration)
	case a.Counts():
		l.metrics.UpstreamUnreached(a.System, a.Operation, kind)
	}
	if a.Notice.Code != "" {
		l.logger.WarnContext(ctx, "upstream answered with a code that is not known as success",
			slog.String("system", a.System), slog.String("operation", a.Operation), slog.Int("status", a.Status),
			slog.String("code", a.Notice.Code), slog.String("message", a.Notice.Message))
	}
	l.logger.DebugContext(ctx, "upstream attempt", slog.String("system", a.System),
		slog.String("operation", a.Operation), slog.Int("attempt", a.Number),
		slog.Bool("sent", a.Sent), slog.Int("status", a.Status), slog.String("outcome", kind),
		slog.Duration("waited", a.Wait), slog.Duration("took", a.Duration))
}

// kindOf is the label of what became of an attempt. A call without credentials, such as a login, fails as rejected
// whatever the upstream refuses; operators want to know that the password is wrong.
func kindOf(a rest.Attempt) string {
	switch {
	case a.Kind == rest.None:
		return "ok"
	case a.Kind == rest.Rejected && a.Status == http.StatusUnauthorized:
		return rest.Unauthenticated.String()
	case a.Kind == rest.Rejected && a.Status == http.StatusForbidden:
		return rest.Forbidden.String()
	default:
		return a.Kind.String()
	}
}
