// Package sources makes the sources of all domains, and joins lists of several domains. Each domain is a package below
// this one, with what to fetch and how, which keys there are, and how upstream records become models. Sources live as
// long as the process and serve all queries; what they hand out is immutable. They know of GraphQL only the models.
package sources

import (
	"errors"
	"fmt"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/audit"
	"github.com/opsgraph/opsgraph/resolvers/sources/billing"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
	"github.com/opsgraph/opsgraph/resolvers/sources/monitor"
	"github.com/opsgraph/opsgraph/resolvers/sources/regions"
	"github.com/opsgraph/opsgraph/resolvers/sources/screens"
)

// Sources are all sources of the gateway.
type Sources struct {
	Regions      *regions.Source
	Hosts        *hosts.Source
	Capacity     *capacity.Source
	Alarms       *alarms.Source
	Metrics      *metrics.Source
	Instances    *instances.Source
	Devices      *devices.Source
	Audit        *audit.Source
	Billing      *billing.Source
	MeterJobs    *jobs.MeterJobs
	AspReports   *jobs.AspReports
	UsageExports *jobs.UsageExports
	StartedJobs  *jobs.Started
	Screens      cache.Set[string, *model.SharedScreen]
	Upstream     *monitor.State

	commands               *jobs.Commands
	sets                   *dataset.Sets
	pageSize, slowPageSize int
}

// New makes the sources. Close ends their background work.
func New(cfg dataset.Config, upstream monitor.Config) (*Sources, error) {
	cfg = cfg.WithDefaults()
	known, err := regions.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("make sources: %w", err)
	}
	cfg.Learn, cfg.LearnNames, cfg.Names = known.Learn, known.LearnNames, known.Names
	cfg.Sets = &dataset.Sets{}
	hostSource, err := hosts.New(cfg)
	samples, namesErr := metrics.New(cfg)
	commands := jobs.NewCommands(cfg)
	s := &Sources{
		Regions:      known,
		Hosts:        hostSource,
		Capacity:     capacity.New(cfg),
		Alarms:       alarms.New(cfg),
		Metrics:      samples,
		Instances:    instances.New(cfg),
		Devices:      devices.New(cfg),
		Audit:        audit.New(cfg),
		Billing:      billing.New(cfg),
		MeterJobs:    jobs.NewMeterJobs(cfg, commands),
		AspReports:   jobs.NewAspReports(cfg, commands),
		UsageExports: jobs.NewUsageExports(cfg, commands),
		StartedJobs:  jobs.NewStarted(cfg),
		Screens:      screens.New(cfg),
		Upstream:     monitor.New(upstream, cfg.Now),
		commands:     commands,
		sets:         cfg.Sets,
		pageSize:     cfg.PageSize,
		slowPageSize: cfg.SlowPageSize,
	}
	if err := errors.Join(err, namesErr, cfg.Sets.Err()); err != nil {
		return nil, fmt.Errorf("make sources: %w", err)
	}
	return s, nil
}

// Snapshots are the whole lists that memory has of one tenant. They cost no call.
func (s *Sources) Snapshots(scope string) []dataset.Snapshot { return s.sets.Snapshots(scope) }

// Sets are the sets of data of all domains.
func (s *Sources) Sets() *dataset.Sets { return s.sets }

// Close lets commands under way end, ends the background work of all sources, and waits for both.
func (s *Sources) Close() {
	s.commands.Close()
	s.sets.Close()
}
