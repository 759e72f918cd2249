package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/bounds"
	"github.com/opsgraph/opsgraph/internal/coordination/documents"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
)

// stores are the connections to Redis: of the cache, which may evict, and of coordination, which must not. They may be
// the same, and are nil without Redis.
type stores struct {
	cache        *redis.Connection
	coordination *redis.Connection
}

// openStores connects. A Redis that is down does not count as an error: it misses until it is back. One that evicts
// keys is refused where it was named for coordination, else there is a warning.
func openStores(ctx context.Context, cfg config.Config, logger *slog.Logger) (*stores, error) {
	s := &stores{}
	if cfg.Redis.Coordination() == "" {
		return s, nil
	}
	options := redis.Options{
		DialTimeout: cfg.Redis.DialTimeout, Timeout: cfg.Redis.Timeout, PoolSize: cfg.Redis.PoolSize, Logger: logger,
	}
	redis.LogTo(logger)
	var err error
	if cfg.Redis.URL != "" {
		if s.cache, err = redis.Open(ctx, cfg.Redis.URL.Reveal(), options); err != nil {
			return nil, fmt.Errorf("OPSGRAPH_REDIS_URL: %w", err)
		}
	}
	s.coordination = s.cache
	if cfg.Redis.CoordinationURL != "" {
		if s.coordination, err = redis.Open(ctx, cfg.Redis.CoordinationURL.Reveal(), options); err != nil {
			return nil, errors.Join(fmt.Errorf("OPSGRAPH_COORDINATION_REDIS_URL: %w", err), s.close())
		}
	}
	evicts, err := s.coordination.Evicts(ctx)
	switch {
	case err != nil:
		logger.WarnContext(ctx, "eviction policy of the coordination redis not known", slog.Any("error", err))
	case evicts && cfg.Redis.CoordinationURL != "":
		return nil, errors.Join(errors.New(
			"OPSGRAPH_COORDINATION_REDIS_URL: this Redis evicts keys, and a quota that is evicted starts anew: "+
				"set maxmemory-policy noeviction"),
			s.close())
	case evicts:
		logger.WarnContext(ctx, "the redis of the cache evicts keys, those of the quota too: "+
			"name one that does not in OPSGRAPH_COORDINATION_REDIS_URL")
	}
	return s, nil
}

// registry remembers commands: in the Redis that coordinates replicas, else in the process.
func (s *stores) registry(cfg config.Config, now func() time.Time) *registry.Registry {
	if s.coordination == nil {
		return registry.New(nil, cfg.Redis.Environment, now)
	}
	return registry.New(s.coordination, cfg.Redis.Environment, now)
}

// documents keeps the texts that clients register, in the Redis of the cache too, which may evict them.
func (s *stores) documents(cfg config.Config) (*documents.Store, error) {
	options := documents.Options{
		Environment: cfg.Redis.Environment, Bytes: cfg.Persisted.Bytes, Lives: cfg.Persisted.Lives,
	}
	if s.cache != nil {
		options.Redis = s.cache
	}
	return documents.New(options)
}

// leases are what makes one replica refresh for all; nil without Redis.
func (s *stores) leases(cfg config.Config) *lease.Leases {
	if s.coordination == nil {
		return nil
	}
	return lease.New(s.coordination, cfg.Redis.Environment)
}

// bounds counts what callers do for all replicas; nil without Redis.
func (s *stores) bounds(cfg config.Config, logger *slog.Logger) *bounds.Bounds {
	if s.coordination == nil {
		return nil
	}
	return bounds.New(s.coordination, cfg.Redis.Environment, logger)
}

func (s *stores) close() error {
	var errs []error
	if s.coordination != nil && s.coordination != s.cache {
		errs = append(errs, s.coordination.Close())
	}
	if s.cache != nil {
		errs = append(errs, s.cache.Close())
	}
	return errors.Join(errs...)
}
