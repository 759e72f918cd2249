// Package sources knows, for each domain, what to fetch and how: the call plan, the snapshot with its indexes and orders, and the
// conversion of upstream records to models. Sources live as long as the process and are shared by all queries; what they hand out
// is immutable. They know nothing of GraphQL beyond the models.
package sources

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/gaussdb"
	"github.com/opsgraph/opsgraph/upstream/workspace"
)

// Config is what the sources need.
type Config struct {
	// ESM is the client of the ESM calls.
	ESM *esm.Client
	// GaussDB, Workspace and BSS are the clients of the other systems; one without an address refuses every call.
	GaussDB   *gaussdb.Client
	Workspace *workspace.Client
	BSS       *bss.Client
	// Project tells the project of the gateway's own token, for commands that name none. Nil means that it is not known.
	Project func(context.Context) (string, error)
	// Language is that of the upstream's texts, as the configuration spells it: en-us or zh-cn; empty leaves it to each system.
	Language string
	// ReadReports switches on the reading of ASP reports by a call that no document has.
	ReadReports bool
	// Tiers is where snapshots and records are kept.
	Tiers cache.Tiers
	// Ages are fresh, stale and dead ages by kind of data.
	Ages Ages
	// Windows are how far back snapshots look.
	Windows Windows
	// Regions are the configured regions, by code.
	Regions []RegionConfig
	// DefaultDomainID is the tenant (account) id of metering when a query names none; empty means that it must.
	DefaultDomainID string
	// Commands remembers which job a command started.
	Commands *registry.Registry
	// PageSize is how many rows a page of the calls without a scarce quota has, zero means 500; SlowPageSize is that of the 60-a-minute
	// calls, zero means 1000.
	PageSize, SlowPageSize int
	// HostQuotaLeft tells how many calls of listHostDetails are left when its quota is scarce; nil means that it is not.
	HostQuotaLeft func(context.Context) int
	// Upstream is what the field upstream tells of.
	Upstream UpstreamConfig
	// TextZone is the zone of the text times of audit and performance records, which state none (quirks 44, 45); nil means UTC+8.
	TextZone *time.Location
	// DesktopZone is where the days of desktop statistics begin (quirk 56); nil means UTC+8.
	DesktopZone *time.Location
	// NetworkMetricNames are what the codes of network metrics are called (quirk 40), by code.
	NetworkMetricNames map[string]string
	// MeterZone is the zone of usage records' times, which the upstream does not state.
	MeterZone *time.Location
	// CapacityZone is where the upstream's capacity days begin (quirk 53); nil means UTC+8.
	CapacityZone *time.Location
	// NotFoundFor is how long it is remembered that a thing does not exist; zero means 15 s.
	NotFoundFor time.Duration
	// Unknown is told of each enumeration value that no document lists; nil means nobody is.
	Unknown func(enum string)
	// Unreadable is told of each value that could not be read; nil means nobody is.
	Unreadable func(operation, field string)
	// Live says how changes are carried to those who follow them.
	Live LiveConfig
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger takes what operators should know; nil means nothing is logged.
	Logger *slog.Logger
}

// RegionConfig is a region known from the configuration; empty names are unknown.
type RegionConfig struct{ Code, Name, NameEn string }

// Ages are the ages of the kinds of data: fresh is answered, stale is answered and refreshed, dead is never served.
type Ages struct {
	Capacity, PhysicalCapacity, Alarms, Hosts, VirtualMachines, Job, FinishedJob cache.Ages
	// Assets are devices; Instances also load balancer clusters and billed resources; Metrics also screens and ASP reports.
	Assets, Audit, Instances, Metrics cache.Ages
}

// Windows are how far back snapshots look, none of which is in a cache key, and how much of other data may be asked at once.
type Windows struct {
	// CapacityDays counts whole days (UTC+8) before today.
	CapacityDays int
	// Alarms and Hosts are lengths of time that end now.
	Alarms, Hosts, Instances time.Duration
	// AuditDays is the longest range of audit events that may be asked, in whole days.
	AuditDays int
	// InstanceRange, Metrics, NetworkAll and Performance are the longest ranges that may be asked: of instances, of the metrics of one
	// thing, of the metrics of all network devices, and of a server's performance.
	InstanceRange, Metrics, NetworkAll, Performance time.Duration
	// PlacementHosts is how many hosts an operation may ask for their machines to find out where a machine is.
	PlacementHosts int
}

// Sources are all sources of the gateway.
type Sources struct {
	Regions         *Regions
	Hosts           *Hosts
	VirtualMachines *VirtualMachines
	Capacity        *Capacity
	Physical        *Physical
	Alarms          *Alarms
	MeterJobs       *MeterJobs
	PayPerUse       *PayPerUse
	AspReports      *AspReports
	UsageExports    *UsageExports
	Upstream        *UpstreamState
	Metrics         *Metrics
	Network         *NetworkMetrics
	Instances       *Instances
	Devices         *Devices
	Audit           *Audit
	LoadBalancers   *LoadBalancers
	Screens         *Screens
	TenantInstances *TenantInstances
	Live            *Live
	// PlacementHosts is how many hosts an operation may ask for their machines to find out where machines are.
	PlacementHosts int

	pageSize, slowPageSize int
}

// New makes the sources. Close ends their background work.
func New(cfg Config) (*Sources, error) {
	cfg = cfg.withDefaults()
	s := &Sources{
		PlacementHosts: cfg.Windows.PlacementHosts,
		pageSize:       cmp.Or(cfg.PageSize, defaultPageSize), slowPageSize: cmp.Or(cfg.SlowPageSize, defaultSlowPageSize),
	}
	var (
		errs []error
		err  error
	)
	s.Regions, err = newRegions(cfg)
	errs = append(errs, err)
	s.Hosts, err = newHosts(cfg, s.Regions)
	errs = append(errs, err)
	s.VirtualMachines, err = newVirtualMachines(cfg)
	errs = append(errs, err)
	s.Capacity, err = newCapacity(cfg, s.Regions)
	errs = append(errs, err)
	s.Physical, err = newPhysical(cfg, s.Regions)
	errs = append(errs, err)
	s.Alarms, err = newAlarms(cfg, s.Regions)
	errs = append(errs, err)
	s.MeterJobs, err = newMeterJobs(cfg)
	errs = append(errs, err)
	s.PayPerUse, err = newPayPerUse(cfg, s.Regions)
	errs = append(errs, err)
	s.AspReports, err = newAspReports(cfg)
	errs = append(errs, err)
	s.UsageExports = newUsageExports(cfg)
	s.Upstream = NewUpstreamState(cfg.Upstream, cfg.Now)
	s.Metrics, err = newMetrics(cfg)
	errs = append(errs, err)
	s.Network, err = newNetworkMetrics(cfg, s.Regions)
	errs = append(errs, err)
	s.Instances, err = newInstances(cfg, s.Regions)
	errs = append(errs, err)
	s.Devices, err = newDevices(cfg, s.Regions)
	errs = append(errs, err)
	s.Audit, err = newAudit(cfg, s.Regions)
	errs = append(errs, err)
	s.LoadBalancers, err = newLoadBalancers(cfg, s.Regions)
	errs = append(errs, err)
	s.Screens, err = newScreens(cfg)
	errs = append(errs, err)
	s.TenantInstances, err = newTenantInstances(cfg, s.Regions)
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("make sources: %w", err)
	}
	s.Live = newLive(cfg, s)
	return s, nil
}

func (cfg Config) withDefaults() Config {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Unknown == nil {
		cfg.Unknown = func(string) {}
	}
	if cfg.Unreadable == nil {
		cfg.Unreadable = func(string, string) {}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Commands == nil {
		cfg.Commands = registry.New(nil, "", cfg.Now)
	}
	if cfg.CapacityZone == nil {
		cfg.CapacityZone = time.FixedZone("UTC+8", 8*60*60)
	}
	if cfg.TextZone == nil {
		cfg.TextZone = time.FixedZone("UTC+8", 8*60*60)
	}
	if cfg.DesktopZone == nil {
		cfg.DesktopZone = time.FixedZone("UTC+8", 8*60*60)
	}
	if cfg.NotFoundFor == 0 {
		cfg.NotFoundFor = 15 * time.Second
	}
	if cfg.MeterZone == nil {
		cfg.MeterZone = time.UTC
	}
	return cfg
}

// Close ends the background work of all sources and waits for it.
func (s *Sources) Close() {
	s.Live.close()
	s.Hosts.close()
	s.VirtualMachines.close()
	s.Capacity.close()
	s.Physical.close()
	s.Alarms.close()
	s.MeterJobs.close()
	s.PayPerUse.close()
	s.AspReports.close()
	s.Metrics.close()
	s.Network.close()
	s.Instances.close()
	s.Devices.close()
	s.Audit.close()
	s.LoadBalancers.close()
	s.Screens.close()
	s.TenantInstances.close()
}
