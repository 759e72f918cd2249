package dataset

import (
	"context"
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
	// Project returns the project of the gateway's own token, for commands that name none: empty when the token has no
	// project or there is no token. Nil means that it is not known.
	Project func(context.Context) (string, error)
	// Language is that of the upstream's texts, en-us or zh-cn; empty leaves it to each system.
	Language string
	// DCCWord is the service type that the capacity of DCC is asked by; empty means DCC.
	DCCWord string
	// ReadReports switches on the reading of ASP reports by a call that no document has.
	ReadReports bool
	// ReadExports switches on the reading of usage exports by calls that no document has.
	ReadExports bool
	// Tiers is where data are kept.
	Tiers cache.Tiers
	// Ages are fresh, stale and dead ages by kind of data.
	Ages Ages
	// Windows are how far back lists look.
	Windows Windows
	// Regions are the configured regions, by code.
	Regions []RegionConfig
	// DefaultDomainID is the tenant (account) id of metering when a query names none; empty means that it must.
	DefaultDomainID string
	// Commands remembers which job a command started.
	Commands *registry.Registry
	// PageSize is how many rows a page of the calls without a scarce quota has, zero means 500; SlowPageSize is that of
	// the 60-a-minute calls, zero means 1000.
	PageSize, SlowPageSize int
	// HostQuotaLeft returns how many calls of listHostDetails are left when its quota is scarce; nil means that it is not.
	HostQuotaLeft func(context.Context) int
	// TextZone is the zone of the text times of audit and performance records, which state none (quirks 44, 45); nil
	// means UTC+8.
	TextZone *time.Location
	// DesktopZone is where the days of desktop statistics begin (quirk 56); nil means UTC+8.
	DesktopZone *time.Location
	// NetworkMetricNames are what the codes of network metrics are called (quirk 40), by code.
	NetworkMetricNames map[string]string
	// MeterZone is the zone of usage records' times, which the upstream does not state; nil means UTC.
	MeterZone *time.Location
	// CapacityZone is where the upstream's capacity days begin (quirk 53); nil means UTC+8.
	CapacityZone *time.Location
	// NotFoundFor is how long it is remembered that a thing does not exist; zero means 15 s.
	NotFoundFor time.Duration
	// Unknown counts each enumeration value that no document lists; nil counts nothing.
	Unknown func(enum string)
	// Unreadable counts each value that could not be read; nil counts nothing.
	Unreadable func(operation, field string)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger takes what operators should know; nil means nothing is logged.
	Logger *slog.Logger

	// Learn remembers regions that an answer to a tenant has named, LearnNames what it calls them; Names are those known
	// to a tenant. Sets are the sets of data. The sources alone set these.
	Learn      func(scope string, codes []string)
	LearnNames func(scope string, labels []RegionLabel)
	Names      func(scope string) *RegionNames
	Sets       *Sets

	names *RegionNames       // of the tenant whose rows are converted: see In
	codes map[string]*string // what texts of these rows led to by them
}

// RegionConfig is a region known from the configuration; empty names are unknown.
type RegionConfig struct{ Code, Name, NameEn string }

// Ages are the ages of the kinds of data: fresh is answered, stale is answered and refreshed, dead is never served.
type Ages struct {
	Capacity, CapacityHistory, PhysicalCapacity, Alarms, Hosts, VirtualMachines, Job, FinishedJob cache.Ages
	// Assets are devices; Instances also load balancer clusters and billed resources; Metrics also screens and ASP
	// reports; Boards is what all servers measured in the last while.
	Assets, Audit, Instances, Metrics, Boards cache.Ages
}

// Windows are how far back lists reach, none of it in a cache key, and how much of other data may be asked at once.
type Windows struct {
	// CapacityDays counts whole days (UTC+8) before today.
	CapacityDays int
	// Alarms, Hosts and Instances are lengths of time that end now.
	Alarms, Hosts, Instances time.Duration
	// AuditDays is the longest range of audit events that may be asked, in whole days.
	AuditDays int
	// AlarmRange, InstanceRange, Metrics, NetworkAll and Performance are the longest ranges that may be asked: of alarms,
	// of instances, of the metrics of one thing, of the metrics of all network devices, and of a server's performance.
	AlarmRange, InstanceRange, Metrics, NetworkAll, Performance time.Duration
	// Boards is how far back the figures reach that hosts are ranked by.
	Boards time.Duration
	// PlacementHosts is how many hosts an operation may ask for their machines to find out where a machine is.
	PlacementHosts int
}

// WithDefaults fills in what is left out.
func (cfg Config) WithDefaults() Config {
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
	if cfg.Project == nil {
		cfg.Project = func(context.Context) (string, error) { return "", nil }
	}
	if cfg.NotFoundFor == 0 {
		cfg.NotFoundFor = 15 * time.Second
	}
	if cfg.PageSize == 0 {
		cfg.PageSize = 500
	}
	if cfg.SlowPageSize == 0 {
		cfg.SlowPageSize = 1000
	}
	for _, zone := range []**time.Location{&cfg.CapacityZone, &cfg.TextZone, &cfg.DesktopZone} {
		if *zone == nil {
			*zone = time.FixedZone("UTC+8", 8*60*60)
		}
	}
	if cfg.MeterZone == nil {
		cfg.MeterZone = time.UTC
	}
	if cfg.Learn == nil {
		cfg.Learn = func(string, []string) {}
	}
	if cfg.LearnNames == nil {
		cfg.LearnNames = func(string, []RegionLabel) {}
	}
	if cfg.Names == nil {
		configured := NewRegionNames(cfg.Regions)
		cfg.Names = func(string) *RegionNames { return configured }
	}
	if cfg.Sets == nil {
		cfg.Sets = &Sets{}
	}
	return cfg
}
