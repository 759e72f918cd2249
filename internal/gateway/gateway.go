package gateway

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opsgraph/opsgraph/internal/answers"
	"github.com/opsgraph/opsgraph/internal/burden"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/documents"
	"github.com/opsgraph/opsgraph/internal/gateway/stores"
	"github.com/opsgraph/opsgraph/internal/gateway/tracing"
	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/internal/identity"
	"github.com/opsgraph/opsgraph/internal/journal"
	"github.com/opsgraph/opsgraph/internal/listen"
	"github.com/opsgraph/opsgraph/internal/purge"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/upstreams"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/web"
)

// Dependencies are what the process gives the gateway.
type Dependencies struct {
	// Logger is required.
	Logger *slog.Logger
	// Metrics counts; nil counts nothing.
	Metrics *telemetry.Metrics
	// Version is what /readyz reports.
	Version string
	// Now is the clock of ages and ranges; nil means time.Now.
	Now func() time.Time
	// Rand returns numbers in [0, 1) that spread ages, retries and refusals; nil means math/rand.
	Rand func() float64
	// Listening is called with the address of users once it is bound; may be nil.
	Listening func(address string)
	// Pages are the built pages for browsers; nil means those that the binary was built with.
	Pages fs.FS
}

// replica is what a [Gateway] is made of: its upstream clients, caches, sources and servers.
type replica struct {
	cfg       config.Config // of the start: of a key that reloads, an edition has the value
	logger    *slog.Logger
	metrics   *telemetry.Metrics
	version   string
	now       func() time.Time
	random    func() float64 // nil means math/rand
	listening func(string)
	pages     fs.FS

	demo      *demo // nil unless the embedded simulator is the upstream
	stores    *stores.Stores
	upstreams *upstreams.Clients
	sources   *sources.Sources
	changes   *live.Source
	live      *streams.Connections
	sharing   *streams.Sharing
	memory    *listen.MemoryGuard
	gate      *burden.Gate
	figures   *burden.Figures
	answers   *answers.Store   // nil where none are kept
	tracing   *tracing.Tracing // nil where nothing is traced
	journal   *journal.Journal // nil where no operation is told of
	purger    *purge.Purger    // nil where operators have no token

	registered *documents.Store // nil where clients register none
	exports    chan struct{}    // the files of exports that are being read
	edition    atomic.Pointer[edition]

	closing   sync.Once
	reloading sync.Mutex
	settings  config.Config     // as taken over last; guarded by reloading, as are files and closed
	files     [sha256.Size]byte // that the edition in force is made of
	closed    bool              // no other edition comes in force
	refused   atomic.Bool       // the configuration as it was read last

	users       atomic.Pointer[listen.Server] // nil before Serve
	certificate *listen.Certificate           // nil without TLS
	browsers    *httpapi.Pages                // nil where neither the console nor the playground is served

	address  atomic.Pointer[string]
	draining atomic.Bool
}

// New wires a gateway: clients -> cache -> sources -> loaders -> resolvers -> HTTP. It binds only the address of the
// embedded simulator, where there is one. The caller ends it with Serve, or with Close where it never serves.
func New(ctx context.Context, cfg config.Config, d Dependencies) (Gateway, error) {
	g, err := open(ctx, cfg, d)
	if err != nil {
		return nil, err
	}
	return g, nil
}

func open(ctx context.Context, cfg config.Config, d Dependencies) (*replica, error) {
	g := &replica{
		cfg: cfg, logger: d.Logger, metrics: d.Metrics, version: d.Version, now: d.Now, listening: d.Listening,
		pages: d.Pages, random: d.Rand,
	}
	if g.now == nil {
		g.now = time.Now
	}
	if g.listening == nil {
		g.listening = func(string) {}
	}
	if g.pages == nil {
		g.pages = web.Files()
	}
	if err := g.wire(ctx); err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return g, nil
}

// wire makes the parts from the bottom up.
func (g *replica) wire(ctx context.Context) error {
	var err error
	if g.cfg.Demo() {
		if g.demo, err = startDemo(ctx, g.cfg, g.logger); err != nil {
			return err
		}
		g.cfg = g.demo.configure(g.cfg)
	}
	if g.tracing, err = tracing.Open(tracing.Options{
		Config: g.cfg.Tracing, Environment: g.cfg.Redis.Environment, Version: g.version,
		Metrics: g.metrics, Logger: g.logger, Now: g.now, Outcome: outcomeOf, Uses: usesOf,
	}); err != nil {
		return err
	}
	if g.stores, err = stores.Open(ctx, g.cfg, g.logger, g.metrics); err != nil {
		return err
	}
	first := &edition{replica: g, cfg: g.cfg}
	upstream := identity.Upstream{Check: g.checkCredentials, Describe: describe}
	first.callers, err = identity.New(g.cfg, upstream, g.stores.Bounds(g.cfg, g.logger), g.logger, g.now)
	if err != nil {
		return err
	}
	g.edition.Store(first)
	if g.upstreams, err = upstreams.New(g.upstreamOptions()); err != nil {
		return err
	}
	if g.sources, err = sources.New(g.sourcesConfig(), g.upstreamsConfig()); err != nil {
		return err
	}
	if err = g.showStates(); err != nil {
		return err
	}
	g.changes = live.New(g.liveConfig(), g.sources)
	if g.cfg.Server.TLSCertificateFile != "" {
		if g.certificate, err = listen.LoadCertificate(certificateFiles(g.cfg)); err != nil {
			return err
		}
	}
	if g.browsers, err = g.openPages(); err != nil {
		return err
	}
	g.live = streams.NewConnections(0) // admission bounds them
	g.sharing = streams.NewSharing(g.now)
	if err = g.openAnswers(); err != nil {
		return err
	}
	g.memory = listen.NewMemoryGuard(g.cfg.Limits.Memory, time.Now)
	g.memory.Relieve(func() { g.dropAnswers(answers.DroppedMemory) })
	g.journal = g.newJournal()
	g.purger = g.newPurger(ctx)
	g.figures = burden.NewFigures(pricesOf(g.cfg.Server.Executor))
	if g.gate, err = g.newGate(); err != nil {
		return err
	}
	if g.cfg.Persisted.Automatic {
		if g.registered, err = g.stores.Documents(g.cfg); err != nil {
			return err
		}
	}
	g.exports = make(chan struct{}, g.cfg.Limits.Exports)
	if g.files, err = filesOf(g.cfg); err != nil {
		return err
	}
	g.settings = g.cfg
	return first.addHandler()
}

// Close implements Gateway.
func (g *replica) Close() (err error) {
	g.closing.Do(func() { err = g.end() })
	return err
}

func (g *replica) end() error {
	g.reloading.Lock() // a change that was prepared is over
	g.closed = true
	g.reloading.Unlock()
	var errs []error
	if g.live != nil {
		g.endLive(context.Background())
	}
	g.purger.Close()
	if g.changes != nil {
		g.changes.Close()
	}
	if g.sources != nil {
		g.sources.Close()
	}
	if e := g.present(); e != nil {
		e.callers.Close()
	}
	if g.upstreams != nil {
		g.upstreams.Close()
	}
	if g.stores != nil {
		errs = append(errs, g.stores.Close())
	}
	if g.demo != nil {
		errs = append(errs, g.demo.stop())
	}
	g.tracing.Close() // last: what ends before is traced
	return errors.Join(errs...)
}

// Addr implements Gateway.
func (g *replica) Addr() string {
	if address := g.address.Load(); address != nil {
		return *address
	}
	return ""
}

// Handler implements Gateway.
func (g *replica) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.present().handler.ServeHTTP(w, r) })
}

// Serve implements Gateway.
func (g *replica) Serve(ctx context.Context) error {
	users, err := listen.On(ctx, g.cfg.Server.Listen, "OPSGRAPH_LISTEN")
	if err != nil {
		return errors.Join(err, g.Close())
	}
	var operators net.Listener
	adminAddress := ""
	if g.cfg.Admin.Enabled() {
		if operators, err = listen.On(ctx, g.cfg.Admin.Listen, "OPSGRAPH_ADMIN_LISTEN"); err != nil {
			return errors.Join(err, users.Close(), g.Close())
		}
		adminAddress = operators.Addr().String()
	}
	address := users.Addr().String()
	g.address.Store(&address)
	g.logger.InfoContext(ctx, "serving", slog.String("address", address), slog.String("admin_address", adminAddress))
	g.upstreams.LogIn()
	g.listening(address)
	err = g.serveUntil(ctx, users, operators)
	return errors.Join(err, g.Close())
}
