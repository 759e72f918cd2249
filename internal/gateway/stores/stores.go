// Package stores opens the Redis of a configuration and looks after them: how they do, and what of the coordination of
// replicas is made on them.
package stores

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/bounds"
	"github.com/opsgraph/opsgraph/internal/coordination/documents"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// Stores are the connections to Redis. They are safe for concurrent use.
type Stores struct {
	// Cache may evict, Coordination must not. They may be the same, and are nil without Redis.
	Cache, Coordination *redis.Connection

	logger   *slog.Logger
	evicting atomic.Bool // as last seen, of coordination
	stop     context.CancelFunc
	watching sync.WaitGroup
}

// lookEvery is how often a Redis that nobody uses now is looked at, and the eviction policy read again.
const lookEvery = time.Minute

// Open connects. A Redis that is down does not count as an error: it misses until it is back. One that evicts
// keys is refused where it was named for coordination, else there is a warning.
func Open(
	ctx context.Context, cfg config.Config, logger *slog.Logger, metrics *telemetry.Metrics,
) (*Stores, error) {
	s := &Stores{logger: logger, stop: func() {}}
	if cfg.Redis.Coordination() == "" {
		return s, nil
	}
	redis.LogTo(logger)
	var err error
	for _, use := range Uses(cfg) {
		options := use.Options
		options.Logger = logger
		options.OnError = func(kind string) { metrics.RedisError(options.Use, kind) }
		options.OnCommand = func(class string, took time.Duration) { metrics.RedisCommand(options.Use, class, took) }
		connection, err := redis.Open(ctx, use.URL.Reveal(), options)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", options.Settings, err), s.Close())
		}
		if use.Cache {
			s.Cache = connection
		}
		if use.Coordination {
			s.Coordination = connection
		}
	}
	evicts, err := s.Coordination.Evicts(ctx)
	switch {
	case err != nil:
		logger.WarnContext(ctx, "eviction policy of the coordination redis not known", slog.Any("error", err))
	case evicts && cfg.Redis.CoordinationURL != "":
		return nil, errors.Join(errors.New(
			"OPSGRAPH_COORDINATION_REDIS_URL: this Redis evicts keys, and a quota that is evicted starts anew: "+
				"set maxmemory-policy noeviction"),
			s.Close())
	case evicts:
		logger.WarnContext(ctx, "the redis of the cache evicts keys, those of the quota too: "+
			"name one that does not in OPSGRAPH_COORDINATION_REDIS_URL")
	}
	s.evicting.Store(evicts)
	s.watch()
	return s, nil
}

// What a Redis is for, in logs and metrics.
const (
	useCache        = "cache"
	useCoordination = "coordination"
	useBoth         = "cache and coordination"
)

// Use is one Redis of a configuration, and how the gateway connects to it.
type Use struct {
	URL config.URL
	// Cache and Coordination say what it is for: one of them, or both.
	Cache, Coordination bool
	// Options connect to it.
	Options redis.Options
}

// Uses lists the Redis of a configuration: one for everything, or one for each use.
func Uses(cfg config.Config) []Use {
	options := redis.Options{
		DialTimeout: cfg.Redis.DialTimeout, Timeout: cfg.Redis.Timeout, PoolSize: cfg.Redis.PoolSize,
		CAFile: cfg.Redis.CAFile, CertificateFile: cfg.Redis.CertificateFile, KeyFile: cfg.Redis.KeyFile,
	}
	var uses []Use
	if cfg.Redis.URL != "" {
		use := Use{URL: cfg.Redis.URL, Cache: true, Coordination: cfg.Redis.CoordinationURL == "", Options: options}
		use.Options.Use, use.Options.Settings = useCache, "redis.url (OPSGRAPH_REDIS_URL)"
		if use.Coordination {
			use.Options.Use = useBoth
		}
		if use.Options.PasswordFile = cfg.Redis.PasswordFile; use.Options.PasswordFile != "" {
			use.Options.Settings += " and redis.password_file (OPSGRAPH_REDIS_PASSWORD_FILE)"
		}
		uses = append(uses, use)
	}
	if cfg.Redis.CoordinationURL != "" {
		use := Use{URL: cfg.Redis.CoordinationURL, Coordination: true, Options: options}
		use.Options.Use = useCoordination
		use.Options.Settings = "redis.coordination_url (OPSGRAPH_COORDINATION_REDIS_URL)"
		if use.Options.PasswordFile = cfg.Redis.CoordinationPasswordFile; use.Options.PasswordFile != "" {
			use.Options.Settings += " and redis.coordination_password_file (OPSGRAPH_COORDINATION_REDIS_PASSWORD_FILE)"
		}
		uses = append(uses, use)
	}
	return uses
}

// watch looks at Redis from time to time until Close.
func (s *Stores) watch() {
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	s.watching.Go(func() {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.look(ctx)
			}
		}
	})
}

// look sends what is sent at the start, so that faults of a Redis that is not used now are noticed, and their end. A
// policy that evicts since is a warning.
func (s *Stores) look(ctx context.Context) {
	if s.Cache != nil && s.Cache != s.Coordination {
		_ = s.Cache.Ping(ctx) // its health keeps the outcome
	}
	evicts, err := s.Coordination.Evicts(ctx)
	if err != nil {
		return // as above
	}
	if !s.evicting.Swap(evicts) && evicts {
		s.logger.WarnContext(ctx, "the coordination redis evicts keys now, those of the quota too: "+
			"set maxmemory-policy noeviction")
	}
}

// Degraded says why Redis is of no or little use now; empty when it is well, or not configured. It makes no call.
func (s *Stores) Degraded() (reasons []string) {
	of := func(name string, connection *redis.Connection) {
		if !connection.Healthy() {
			reasons = append(reasons, "degraded: "+name+" does not answer")
		}
		for _, fault := range connection.Faults() {
			reasons = append(reasons, "degraded: "+name+" "+fault.Words+": "+fault.Advice)
		}
	}
	if s.Cache != nil {
		of("the cache's redis", s.Cache)
	}
	if s.Coordination != nil && s.Coordination != s.Cache {
		of("the coordination redis", s.Coordination)
	}
	return reasons
}

// States are how each Redis does. It makes no call.
func (s *Stores) States() []telemetry.RedisState {
	var states []telemetry.RedisState
	of := func(use string, connection *redis.Connection) {
		states = append(states, telemetry.RedisState{
			Use: use, Up: connection.Healthy(), Faults: len(connection.Faults()),
		})
	}
	switch {
	case s.Cache != nil && s.Cache == s.Coordination:
		of(useBoth, s.Cache)
	default:
		if s.Cache != nil {
			of(useCache, s.Cache)
		}
		if s.Coordination != nil {
			of(useCoordination, s.Coordination)
		}
	}
	return states
}

// Registry remembers commands: in the Redis that coordinates replicas, else in the process.
func (s *Stores) Registry(cfg config.Config, now func() time.Time) *registry.Registry {
	if s.Coordination == nil {
		return registry.New(nil, cfg.Redis.Environment, now)
	}
	return registry.New(s.Coordination, cfg.Redis.Environment, now)
}

// Documents keeps the texts that clients register, in the Redis of the cache too, which may evict them.
func (s *Stores) Documents(cfg config.Config) (*documents.Store, error) {
	options := documents.Options{
		Environment: cfg.Redis.Environment, Bytes: cfg.Persisted.Bytes, Lives: cfg.Persisted.Lives,
	}
	if s.Cache != nil {
		options.Redis = s.Cache
	}
	return documents.New(options)
}

// Leases are what makes one replica refresh for all; nil without Redis.
func (s *Stores) Leases(cfg config.Config) *lease.Leases {
	if s.Coordination == nil {
		return nil
	}
	return lease.New(s.Coordination, cfg.Redis.Environment)
}

// Bounds counts what callers do for all replicas; nil without Redis.
func (s *Stores) Bounds(cfg config.Config, logger *slog.Logger) *bounds.Bounds {
	if s.Coordination == nil {
		return nil
	}
	return bounds.New(s.Coordination, cfg.Redis.Environment, logger)
}

// Close ends the watch and closes the connections.
func (s *Stores) Close() error {
	s.stop()
	s.watching.Wait()
	var errs []error
	if s.Coordination != nil && s.Coordination != s.Cache {
		errs = append(errs, s.Coordination.Close())
	}
	if s.Cache != nil {
		errs = append(errs, s.Cache.Close())
	}
	return errors.Join(errs...)
}
