package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/cache/record"
	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/internal/cost"
	"github.com/opsgraph/opsgraph/internal/upstreams"
	"github.com/opsgraph/opsgraph/resolvers"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// upstreamOptions are what the clients of the upstreams are made of.
func (g *replica) upstreamOptions() upstreams.Options {
	options := upstreams.Options{
		Config: g.cfg, Redis: g.stores.Coordination, Leases: g.stores.Leases(g.cfg),
		Metrics: g.metrics, Logger: g.logger, Now: g.now, Rand: g.random,
		Observers: append(g.present().callers.Observers(), cost.CallObserver{}),
	}
	if g.tracing != nil {
		options.Begins, options.Observers = g.tracing.BeginAttempt, append(options.Observers, g.tracing)
	}
	return options
}

// sourcesConfig is what the sources are made of.
func (g *replica) sourcesConfig() dataset.Config {
	cfg := g.cfg
	s := dataset.Config{
		ESM:             g.upstreams.ESM,
		GaussDB:         g.upstreams.GaussDB,
		Workspace:       g.upstreams.Workspace,
		BSS:             g.upstreams.BSS,
		Project:         g.upstreams.Project,
		Language:        cfg.Upstream.Language,
		ReadReports:     cfg.GaussDB.ReadReports,
		ReadExports:     cfg.Workspace.ReadExports,
		Tiers:           g.tiers(),
		PageSize:        cfg.Upstream.PageSize,
		SlowPageSize:    cfg.Upstream.PageSizeMinute,
		Commands:        g.stores.Registry(cfg, g.now),
		DefaultDomainID: g.upstreams.DomainID,
		MeterZone:       cfg.Zones.Usage.Location(),
		CapacityZone:    cfg.Zones.CapacityDay.Location(),
		TextZone:        cfg.Zones.Text.Location(),
		DesktopZone:     cfg.Zones.DesktopDay.Location(),
		NotFoundFor:     cfg.Ages.NotFound,
		Windows:         windowsOf(cfg.Windows),
		Ages: dataset.Ages{
			Capacity:         agesOf(cfg.Ages.Capacity),
			CapacityHistory:  agesOf(cfg.Ages.CapacityHistory),
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
			Boards:           agesOf(cfg.Ages.Boards),
		},
		HostQuotaLeft:      g.upstreams.HostQuotaLeft(cfg.Quota.Operations),
		NetworkMetricNames: cfg.Upstream.NetworkMetricNames.Of(),
		DCCWord:            cfg.Upstream.DCCServiceType,
		Unknown:            g.metrics.UnknownEnum,
		Unreadable:         g.metrics.UnreadableValue,
		Now:                g.now,
		Logger:             g.logger,
	}
	for _, region := range cfg.Regions {
		s.Regions = append(s.Regions, dataset.RegionConfig{Code: region.Code, Name: region.Name, NameEn: region.NameEN})
	}
	return s
}

// upstreamsConfig is what the field upstream shows.
func (g *replica) upstreamsConfig() monitor.Config {
	return monitor.Config{
		Counter: g.upstreams.Monitor, Operations: g.upstreams.Operations, Quota: g.upstreams.Quota, Demo: g.demo != nil,
	}
}

// liveConfig is how subscriptions find changes.
func (g *replica) liveConfig() live.Config {
	cfg := g.cfg
	return live.Config{
		Leases:        g.stores.Leases(cfg),
		LeaseFor:      cfg.Live.LeaseFor,
		AlarmsFresh:   cfg.Ages.Alarms.Fresh,
		CapacityFresh: cfg.Ages.Capacity.Fresh,
		Events: events.Options{
			Redis: g.stores.Coordination, Environment: cfg.Redis.Environment, Length: cfg.Live.Events, KeptFor: cfg.Live.KeptFor,
			LookEvery: cfg.Live.LookEvery,
		},
		Now:    g.now,
		Logger: g.logger,
	}
}

func windowsOf(w config.Windows) dataset.Windows {
	const day = 24 * time.Hour
	return dataset.Windows{
		CapacityDays:   w.CapacityDays,
		Alarms:         time.Duration(w.AlarmDays) * day,
		Hosts:          time.Duration(w.HostDays) * day,
		Instances:      time.Duration(w.InstanceHours) * time.Hour,
		AuditDays:      w.AuditDays,
		AlarmRange:     time.Duration(w.AlarmRangeDays) * day,
		InstanceRange:  time.Duration(w.InstanceRangeDays) * day,
		Metrics:        time.Duration(w.MetricHours) * time.Hour,
		NetworkAll:     time.Duration(w.NetworkAllMinutes) * time.Minute,
		Performance:    time.Duration(w.PerformanceDays) * day,
		Boards:         time.Duration(w.BoardMinutes) * time.Minute,
		PlacementHosts: w.PlacementHosts,
	}
}

func agesOf(age config.Age) cache.Ages {
	return cache.Ages{Fresh: age.Fresh, Stale: age.Stale, Dead: age.Dead}
}

// tiers is where everything is kept: in memory and, when there is one, in Redis.
func (g *replica) tiers() cache.Tiers {
	tiers := cache.Tiers{
		Redis:       g.stores.Cache,
		Codec:       record.NewCodec(),
		Leases:      g.stores.Leases(g.cfg),
		Now:         g.now,
		Rand:        g.random,
		Logger:      g.logger,
		Environment: g.cfg.Redis.Environment,
		ForceEvery:  g.cfg.Ages.ForcedRefresh,
		MaxBytes:    g.cfg.Limits.CacheBytes,
		OnEvent: func(ctx context.Context, e cache.Event) {
			kind := string(e.Kind)
			if e.Rest != "" {
				kind += "_" + string(e.Rest)
			}
			g.metrics.CacheEvent(e.Operation, kind, e.Count)
			if e.Kind == cache.EventRefresh {
				g.metrics.FetchBatch(e.Operation, e.Count)
			}
			g.upstreams.Monitor.CacheEvent(e)
			if g.tracing != nil {
				g.tracing.CacheEvent(ctx, e)
			}
		},
		EncodeError:  g.encodeFailure,
		DecodeError:  g.decodeFailure,
		LevelOf:      dataset.LevelOf,
		CallersFault: callersFault,
	}
	if g.tracing != nil {
		tiers.OnTask = g.tracing.CacheTask
	}
	return tiers
}

// callersFault recognises a refusal of a caller's own token, which does not concern other callers of the tenant.
func callersFault(err error) bool {
	failure, ok := errors.AsType[*rest.Error](err)
	return ok && !failure.GatewayCredentials && (failure.Kind == rest.Unauthenticated || failure.Kind == rest.Forbidden)
}

// sharedFailure is a failed call as one replica reports it to another: enough to decide by, and no secret.
type sharedFailure struct {
	System     string        `json:"system"`
	Operation  string        `json:"operation"`
	Kind       rest.Kind     `json:"kind"`
	Status     int           `json:"status,omitempty"`
	Code       string        `json:"code,omitempty"`
	RetryAfter time.Duration `json:"retryAfter,omitempty"`
	// RetryIn is how long after the report a client should ask again.
	RetryIn   time.Duration `json:"retryIn,omitempty"`
	Retryable bool          `json:"retryable,omitempty"`
	Gateway   bool          `json:"gateway,omitempty"`
}

// sharedEmpty is an empty answer that was distrusted, as one replica reports it to another.
const sharedEmpty = "empty once"

func (g *replica) encodeFailure(err error) string {
	if errors.Is(err, cache.ErrEmptyOnce) {
		return sharedEmpty
	}
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return ""
	}
	shared := sharedFailure{
		System: failure.System, Operation: failure.Operation, Kind: failure.Kind, Status: failure.Status, Code: failure.Code,
		RetryAfter: failure.RetryAfter, Retryable: failure.Retryable, Gateway: failure.GatewayCredentials,
	}
	if !failure.RetryAt.IsZero() {
		shared.RetryIn = failure.RetryAt.Sub(g.now())
	}
	text, err := json.Marshal(shared)
	if err != nil {
		return ""
	}
	return string(text)
}

// decodeFailure is a failure that another replica reported some time ago.
func (g *replica) decodeFailure(text string, age time.Duration) error {
	if text == sharedEmpty {
		return cache.ErrEmptyOnce
	}
	var shared sharedFailure
	if json.Unmarshal([]byte(text), &shared) != nil || shared.Kind == rest.None {
		return &cache.RemoteError{Text: "refresh failed"}
	}
	failure := &rest.Error{
		System: shared.System, Operation: shared.Operation, Kind: shared.Kind, Status: shared.Status, Code: shared.Code,
		RetryAfter: shared.RetryAfter, Retryable: shared.Retryable, GatewayCredentials: shared.Gateway,
		Err: errors.New("reported by another replica"),
	}
	if shared.RetryIn != 0 {
		failure.RetryAt = g.now().Add(shared.RetryIn - age)
	}
	return failure
}

// checkWindow is the window of a check, which asks for one row; the upstream demands a window.
const checkWindow = time.Hour

// checkCredentials asks ESM whether it takes the credentials of a context.
func (g *replica) checkCredentials(ctx context.Context) error {
	now := g.now()
	if err := g.upstreams.ESM.CheckCredentials(ctx, esm.Window{From: now.Add(-checkWindow), To: now}); err != nil {
		return fmt.Errorf("check credentials: %w", err)
	}
	return nil
}

// describe is what a client sees of an error.
func describe(err error) (code, message string) {
	failure := resolvers.Describe(err)
	return failure.Code, failure.Message
}
