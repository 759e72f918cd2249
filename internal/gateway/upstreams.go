package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/quota"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/gaussdb"
	"github.com/opsgraph/opsgraph/upstream/iam"
	"github.com/opsgraph/opsgraph/upstream/rest"
	"github.com/opsgraph/opsgraph/upstream/workspace"
)

// upstreams are the clients of the upstream systems, with one quota for all of them.
type upstreams struct {
	quota     *quota.Quota
	groups    map[string]string // of operations with a quota of their own
	shared    rest.Quota        // the same, shared out among tenants where there are several
	clients   []*rest.Client
	tokens    []*iam.TokenSource
	project   func(context.Context) (string, error) // of the gateway's own token; nil where callers bring theirs
	domainID  string                                // of the gateway's own calls; empty where callers bring theirs
	esm       *esm.Client
	gaussdb   *gaussdb.Client
	workspace *workspace.Client
	bss       *bss.Client

	monitor    *monitor.Counter
	operations []monitor.Operation
}

func newUpstreams(
	cfg config.Config, s *stores, metrics *telemetry.Metrics, logger *slog.Logger, now func() time.Time, watching ...rest.Observer,
) (*upstreams, error) {
	u := &upstreams{monitor: monitor.NewCounter(now), groups: quotaGroups(cfg.Quota.Operations)}
	var err error
	if u.quota, u.shared, err = newQuota(cfg, s, metrics, logger); err != nil {
		return nil, err
	}
	base := rest.ClientConfig{
		Quota:          u.shared,
		QuotaGroups:    u.groups,
		Observers:      append([]rest.Observer{attemptLog{metrics: metrics, logger: logger}, u.monitor}, watching...),
		Timeout:        cfg.Upstream.Timeout,
		DialTimeout:    cfg.Upstream.DialTimeout,
		MaxBytes:       cfg.Upstream.BodyBytes,
		MaxHeaderBytes: cfg.Upstream.HeaderBytes,
		MaxInFlight:    cfg.Upstream.MaxInFlight,
		Now:            now,
	}
	retriesOf(&base, cfg.Upstream.Retry)
	base.Breaker = breakerOf(cfg.Upstream.Breaker)
	if leases := s.leases(cfg); leases != nil {
		base.Probing = lease.NewProbes(leases)
	}
	identity, err := u.client(base, "iam", cfg.IAM.URL, nil, nil)
	if err != nil {
		return nil, err
	}
	project := u.tokenSource(identity, iam.Credentials{
		Username: cfg.IAM.Username, Password: rest.Secret(cfg.IAM.Password.Reveal()),
		DomainName: cfg.IAM.DomainName, ProjectID: cfg.IAM.ProjectID,
	}, now)
	// With callers' tokens the gateway has no credentials of its own but the AppCodes: no call can fall back to them.
	var tokens rest.TokenSource
	if cfg.Auth.Mode != config.AuthPassthrough {
		tokens, u.domainID, u.project = project, cfg.ESM.DomainID, project.Project
	}
	operational, err := u.client(base, "esm", cfg.ESM.URL, map[string]rest.Secret{
		"X-APIG-Appcode":  rest.Secret(cfg.ESM.APIG().Reveal()),
		"x-hcso-appcode":  rest.Secret(cfg.ESM.HCSO().Reveal()),
		"x-hcso-domainid": rest.Secret(u.domainID),
	}, tokens)
	if err != nil {
		return nil, err
	}
	u.esm = esm.New(operational, esm.Options{
		Elbv3Path:    esmPrefix + cfg.Upstream.ELBV3Path,
		SlowPageSize: cfg.Upstream.PageSizeMinute, FastPageSize: cfg.Upstream.PageSize, MaxPages: cfg.Upstream.Pages,
	})
	u.know(identity, iam.Endpoints())
	u.know(operational, esm.Endpoints())
	if err := u.others(base, cfg, identity, tokens, now); err != nil {
		return nil, err
	}
	if err := u.checkQuotas(cfg.Quota.Operations); err != nil {
		u.close()
		return nil, err
	}
	return u, nil
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
	base.RetryBudget = rest.RetryBudget{Ratio: retry.Budget, Window: retry.BudgetWindow}
	base.RetryAfter = rest.RetryAfter{Default: retry.DefaultRetryAfter, Longest: retry.MaxRetryAfter}
}

func breakerOf(b config.Breaker) rest.Breaker {
	return rest.Breaker{
		ScarceFailures: b.FailuresMinute, ScarceOpen: b.OpenMinute,
		Ratio: b.Ratio, Calls: b.Calls, Window: b.Window, Open: b.Open,
	}
}

// know notes which client sends operations, for the field upstream.
func (u *upstreams) know(client *rest.Client, specs []rest.Spec) {
	for _, spec := range specs {
		u.operations = append(u.operations, monitor.Operation{Spec: client.Spec(spec), Client: client})
	}
}

// others makes the clients of the systems beside ESM. GaussDB and Workspace take a token of the project; BSS, which is not of a
// region, takes one of the account. Without a source of project tokens the callers' tokens go out, to all of them.
func (u *upstreams) others(
	base rest.ClientConfig, cfg config.Config, identity *rest.Client, project rest.TokenSource, now func() time.Time,
) error {
	databases, err := u.client(base, "gaussdb", cfg.GaussDB.URL, nil, project)
	if err != nil {
		return err
	}
	u.gaussdb = gaussdb.New(databases)
	u.know(databases, gaussdb.Endpoints())
	if cfg.GaussDB.ReadReports {
		u.know(databases, gaussdb.OutsideEndpoints())
	}
	desktops, err := u.client(base, "workspace", cfg.Workspace.URL, nil, project)
	if err != nil {
		return err
	}
	u.workspace = workspace.New(desktops, workspace.Options{TimeLayout: cfg.Zones.WorkspaceLayout})
	u.know(desktops, workspace.Endpoints())
	account := u.tokenSource(identity, iam.Credentials{
		Username: cfg.IAM.Username, Password: rest.Secret(cfg.IAM.Password.Reveal()),
		DomainName: cfg.IAM.DomainName, DomainScope: true,
	}, now)
	base.SuccessCode = bss.SuccessCode
	var accountTokens rest.TokenSource
	if project != nil {
		accountTokens = account
	}
	billing, err := u.client(base, "bss", cfg.BSS.URL, nil, accountTokens)
	if err != nil {
		return err
	}
	u.know(billing, bss.Endpoints())
	u.bss = bss.New(billing, bss.Options{Language: billingLanguage(cfg.Upstream.Language), MaxPages: cfg.Upstream.Pages})
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

func (u *upstreams) client(
	base rest.ClientConfig, system string, address config.URL, headers map[string]rest.Secret, tokens rest.TokenSource,
) (*rest.Client, error) {
	base.System, base.BaseURL, base.Tokens, base.Headers = system, address.Reveal(), tokens, map[string]rest.Secret{}
	for name, value := range headers {
		if value != "" {
			base.Headers[name] = value
		}
	}
	client, err := rest.NewClient(base)
	if err != nil {
		u.close()
		return nil, fmt.Errorf("upstream %s: %w", system, err)
	}
	u.clients = append(u.clients, client)
	return client, nil
}

func (u *upstreams) tokenSource(client *rest.Client, credentials iam.Credentials, now func() time.Time) *iam.TokenSource {
	source := iam.NewTokenSource(client, credentials, now)
	u.tokens = append(u.tokens, source)
	return source
}

func (u *upstreams) close() {
	for _, source := range u.tokens {
		source.Close()
	}
	for _, client := range u.clients {
		client.Close()
	}
	u.quota.Close()
}

// attemptLog counts and, at level debug, tells every attempt at an upstream.
type attemptLog struct {
	metrics *telemetry.Metrics
	logger  *slog.Logger
}

// Attempt implements rest.Observer.
func (l attemptLog) Attempt(ctx context.Context, a rest.Attempt) {
	kind := "ok"
	if a.Kind != rest.None {
		kind = a.Kind.String()
	}
	if a.Sent {
		l.metrics.UpstreamAttempt(a.System, a.Operation, kind, a.Duration)
	}
	l.logger.DebugContext(ctx, "upstream attempt", slog.String("system", a.System), slog.String("operation", a.Operation), slog.Int("attempt", a.Number),
		slog.Bool("sent", a.Sent), slog.Int("status", a.Status), slog.String("outcome", kind), slog.Duration("waited", a.Wait), slog.Duration("took", a.Duration))
}
