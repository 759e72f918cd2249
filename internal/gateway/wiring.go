package gateway

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// sourcesConfig says what the sources are made of.
func (g *Gateway) sourcesConfig() sources.Config {
	cfg := g.cfg
	s := sources.Config{
		ESM:         g.upstreams.esm,
		GaussDB:     g.upstreams.gaussdb,
		Workspace:   g.upstreams.workspace,
		BSS:         g.upstreams.bss,
		Project:     g.upstreams.project,
		Language:    cfg.Upstream.Language,
		ReadReports: cfg.GaussDB.ReadReports,
		Upstream: sources.UpstreamConfig{
			Monitor: g.upstreams.monitor, Operations: g.upstreams.operations, Quota: g.upstreams.quota, Demo: g.demo != nil,
		},
		Tiers:           g.tiers(),
		PageSize:        cfg.Upstream.PageSize,
		SlowPageSize:    cfg.Upstream.PageSizeMinute,
		Commands:        g.stores.registry(cfg, g.now),
		DefaultDomainID: g.upstreams.domainID,
		MeterZone:       cfg.Zones.Usage.Location(),
		CapacityZone:    cfg.Zones.CapacityDay.Location(),
		TextZone:        cfg.Zones.Text.Location(),
		DesktopZone:     cfg.Zones.DesktopDay.Location(),
		NotFoundFor:     cfg.Ages.NotFound,
		Windows:         windowsOf(cfg.Windows),
		Ages: sources.Ages{
			Capacity:         agesOf(cfg.Ages.Capacity),
			PhysicalCapacity: agesOf(cfg.Ages.PhysicalCapacity),
			Alarms:           agesOf(cfg.Ages.Alarms),
			Hosts:            agesOf(cfg.Ages.Hosts),
			VirtualMachines:  agesOf(cfg.Ages.VirtualMachines),
			Job:              agesOf(cfg.Ages.Jobs),
			FinishedJob:      agesOf(cfg.Ages.FinishedJobs),
			Assets:           agesOf(cfg.Ages.Assets),
			Audit:            agesOf(cfg.Ages.Audit),
			Instances:        agesOf(cfg.Ages.Instances),
			Metrics:          agesOf(cfg.Ages.Metrics),
		},
		HostQuotaLeft:      g.upstreams.hostQuotaLeft(cfg.Quota.Operations),
		NetworkMetricNames: cfg.Upstream.NetworkMetricNames.Of(),

		Live: sources.LiveConfig{
			LeaseFor: cfg.Live.LeaseFor,
			Events: events.Options{
				Redis: g.stores.coordination, Environment: cfg.Redis.Environment, Length: cfg.Live.Events, KeptFor: cfg.Live.KeptFor,
				LookEvery: cfg.Live.LookEvery,
			},
		},

		Unknown:    g.metrics.UnknownEnum,
		Unreadable: g.metrics.UnreadableValue,
		Now:        g.now,
		Logger:     g.logger,
	}
	for _, region := range cfg.Regions {
		s.Regions = append(s.Regions, sources.RegionConfig{Code: region.Code, Name: region.Name, NameEn: region.NameEN})
	}
	return s
}

func windowsOf(w config.Windows) sources.Windows {
	const day = 24 * time.Hour
	return sources.Windows{
		CapacityDays:   w.CapacityDays,
		Alarms:         time.Duration(w.AlarmDays) * day,
		Hosts:          time.Duration(w.HostDays) * day,
		Instances:      time.Duration(w.InstanceHours) * time.Hour,
		AuditDays:      w.AuditDays,
		InstanceRange:  time.Duration(w.InstanceRangeDays) * day,
		Metrics:        time.Duration(w.MetricHours) * time.Hour,
		NetworkAll:     time.Duration(w.NetworkAllMinutes) * time.Minute,
		Performance:    time.Duration(w.PerformanceDays) * day,
		PlacementHosts: w.PlacementHosts,
	}
}

func agesOf(age config.Age) cache.Ages {
	return cache.Ages{Fresh: age.Fresh, Stale: age.Stale, Dead: age.Dead}
}

// tiers is where everything is kept: in memory and, when there is one, in Redis.
func (g *Gateway) tiers() cache.Tiers {
	return cache.Tiers{
		Redis:       g.stores.cache,
		Leases:      g.stores.leases(g.cfg),
		Now:         g.now,
		Logger:      g.logger,
		Environment: g.cfg.Redis.Environment,
		ForceEvery:  g.cfg.Ages.ForcedRefresh,
		MaxBytes:    g.cfg.Limits.CacheBytes,
		OnEvent: func(e cache.Event) {
			g.metrics.CacheEvent(e.Operation, string(e.Kind))
			g.upstreams.monitor.CacheEvent(e)
		},
		EncodeError:  encodeFailure,
		DecodeError:  decodeFailure,
		CallersFault: callersFault,
	}
}

// callersFault tells a refusal of a caller's own token: it says nothing about other callers of the tenant.
func callersFault(err error) bool {
	failure, ok := errors.AsType[*rest.Error](err)
	return ok && !failure.GatewayCredentials && (failure.Kind == rest.Unauthenticated || failure.Kind == rest.Forbidden)
}

// toldFailure is a failed call as one replica tells it to another: enough to decide by, nothing secret.
type toldFailure struct {
	System     string        `json:"system"`
	Operation  string        `json:"operation"`
	Kind       rest.Kind     `json:"kind"`
	Status     int           `json:"status,omitempty"`
	Code       string        `json:"code,omitempty"`
	RetryAfter time.Duration `json:"retryAfter,omitempty"`
	Retryable  bool          `json:"retryable,omitempty"`
	Gateway    bool          `json:"gateway,omitempty"`
}

// toldEmpty is an empty answer that was distrusted, as one replica tells it to another.
const toldEmpty = "empty once"

func encodeFailure(err error) string {
	if errors.Is(err, cache.ErrEmptyOnce) {
		return toldEmpty
	}
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return ""
	}
	text, err := json.Marshal(toldFailure{
		System: failure.System, Operation: failure.Operation, Kind: failure.Kind, Status: failure.Status, Code: failure.Code,
		RetryAfter: failure.RetryAfter, Retryable: failure.Retryable, Gateway: failure.GatewayCredentials,
	})
	if err != nil {
		return ""
	}
	return string(text)
}

func decodeFailure(text string) error {
	if text == toldEmpty {
		return cache.ErrEmptyOnce
	}
	var told toldFailure
	if json.Unmarshal([]byte(text), &told) != nil || told.Kind == rest.None {
		return &cache.RemoteError{Text: "refresh failed"}
	}
	return &rest.Error{
		System: told.System, Operation: told.Operation, Kind: told.Kind, Status: told.Status, Code: told.Code,
		RetryAfter: told.RetryAfter, Retryable: told.Retryable, GatewayCredentials: told.Gateway,
		Err: errors.New("told by another replica"),
	}
}
