package sources

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// The upstream operations behind the metrics of hosts, servers and virtual machines.
const (
	OperationHostMetrics       = "listHostMetricData"
	OperationServerPerformance = "listHostPerformanceData"
	OperationMachineMetrics    = "listEcsPerformance"
)

// Metrics are the sources of samples: a fast call for each thing and window, several at once, since each takes one value of its filter
// (quirk 66).
type Metrics struct {
	// Hosts are asked by host id, Servers by serial number, Machines by virtual machine id.
	Hosts, Servers, Machines *MetricSource
}

// MetricSource is the source of the samples of one kind of thing.
type MetricSource struct {
	// Operation is the upstream operation.
	Operation string
	// Limit is what holds for the windows that may be asked.
	Limit RangeLimit

	peek  func(context.Context, string, MetricKey) (cache.Outcome[*SeriesList], bool)
	load  func(context.Context, string, []MetricKey, time.Duration) map[MetricKey]cache.Outcome[*SeriesList]
	look  func(string, MetricKey) cache.Sight
	close func()
}

// MetricKey asks for the samples of one thing in a window, as RangeLimit.Window gives it.
type MetricKey struct {
	ID string
	Span
}

// SeriesList holds the series of one thing in a window.
type SeriesList struct {
	// Series holds all series, by name and key; never nil.
	Series []*model.MetricSeries
	// Position is where a server stands, by its latest row; nil for other things and where there is no row.
	Position *model.ServerPosition
	Reading
}

// Reading tells how much of a window was read.
type Reading struct {
	// Rows and Pages count what was read; Reported is the upstream's own count, -1 when it gives none.
	Rows, Pages int
	Reported    int64
	// Truncated tells that the limit of pages ended the reading.
	Truncated bool
	// Gaps are the rows that could not be read.
	Gaps []cache.Gap
}

func readingOf[R any](s samples[R]) Reading {
	return Reading{Rows: s.Rows, Pages: s.Pages, Reported: s.Reported, Truncated: s.Truncated, Gaps: s.gaps()}
}

// Peek gives the series of a window when memory has them; it never waits.
func (m *MetricSource) Peek(ctx context.Context, scope string, key MetricKey) (cache.Outcome[*SeriesList], bool) {
	return m.peek(ctx, scope, key)
}

// Load gives the series of windows, each fetched when it must be.
func (m *MetricSource) Load(
	ctx context.Context, scope string, keys []MetricKey, maxAge time.Duration,
) map[MetricKey]cache.Outcome[*SeriesList] {
	return m.load(ctx, scope, keys, maxAge)
}

func newMetrics(cfg Config) (*Metrics, error) {
	minutes := func(of string, byDefault, most time.Duration) RangeLimit {
		return RangeLimit{Of: of, Default: byDefault, Most: most, Step: time.Minute}
	}
	hosts, hostsErr := newMetricSource(cfg, metricSpec[esm.HostMetric, hostSeriesKey]{
		operation: OperationHostMetrics, limit: minutes("host metrics", time.Hour, cfg.Windows.Metrics),
		pages: cfg.ESM.HostMetricPages, folding: hostFolding(), build: convertHostSeries,
	})
	servers, serversErr := newMetricSource(cfg, metricSpec[esm.HostPerformance, serverSeriesKey]{
		operation: OperationServerPerformance, limit: minutes("server performance", 24*time.Hour, cfg.Windows.Performance),
		pages: cfg.ESM.HostPerformancePages, folding: serverFolding(cfg), build: convertServerSeries,
	})
	machines, machinesErr := newMetricSource(cfg, metricSpec[esm.VMPerformance, machineSeriesKey]{
		operation: OperationMachineMetrics, limit: minutes("virtual machine metrics", time.Hour, cfg.Windows.Metrics),
		pages: cfg.ESM.VMPerformancePages, folding: machineFolding(), build: convertMachineSeries,
	})
	if err := errors.Join(hostsErr, serversErr, machinesErr); err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	return &Metrics{Hosts: hosts, Servers: servers, Machines: machines}, nil
}

func (m *Metrics) close() {
	m.Hosts.close()
	m.Servers.close()
	m.Machines.close()
}

// metricSpec says how the samples of one kind of thing are fetched and what becomes of them.
type metricSpec[R any, K comparable] struct {
	operation string
	limit     RangeLimit
	pages     func(context.Context, string, esm.Window) iter.Seq2[rest.PageResult[R], error]
	folding   folding[R, K]
	build     func(Config, MetricKey, samples[R]) *SeriesList
}

func newMetricSource[R any, K comparable](cfg Config, spec metricSpec[R, K]) (*MetricSource, error) {
	many, err := cache.NewMany(cache.ManyConfig[MetricKey, samples[R], *SeriesList]{
		Operation: spec.operation,
		Ages:      cfg.Ages.Metrics,
		AgesOf:    func(s samples[R]) cache.Ages { return cfg.metricAges(s.Settled) },
		Tiers:     cfg.Tiers,
		Text:      func(k MetricKey) string { return k.text() + " " + k.ID },
		Fetch: func(ctx context.Context, _ string, keys []MetricKey) map[MetricKey]cache.Result[samples[R]] {
			return each(lane(ctx), keys, func(ctx context.Context, k MetricKey) (samples[R], bool, error) {
				found, err := spec.folding.fold(spec.operation, spec.pages(ctx, k.ID, esm.Window{From: k.From, To: k.To}))
				found.Settled = cfg.settled(k.Span)
				return found, true, err
			})
		},
		Build: func(k MetricKey, s samples[R]) (*SeriesList, int64) {
			return spec.build(cfg, k, s), bytesOf(s)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec.operation, err)
	}
	look := func(scope string, key MetricKey) cache.Sight {
		_, sight := many.Look(scope, key)
		return sight
	}
	return &MetricSource{
		Operation: spec.operation, Limit: spec.limit, peek: many.Peek, load: many.Get, look: look, close: many.Close,
	}, nil
}

// What a series and a sample take in memory, about.
const (
	bytesOfSeries = 500
	bytesOfSample = 32
)

func bytesOf[R any](s samples[R]) int64 {
	return int64(len(s.Series)+1)*bytesOfSeries + int64(s.points())*bytesOfSample
}
