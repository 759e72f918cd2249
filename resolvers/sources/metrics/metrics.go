// Package metrics is the source of samples of hosts, servers, virtual machines and network devices, in windows of time.
package metrics

import (
	"context"
	"iter"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// The upstream operations of metrics.
const (
	OperationHosts    = "listHostMetricData"
	OperationServers  = "listHostPerformanceData"
	OperationMachines = "listEcsPerformance"
	OperationNetwork  = "listNetworkDeviceMetricData"
)

// Source is the source of samples: a fast call for each thing and window, since a call takes one id (quirk 66).
type Source struct {
	// Hosts are read by host id, Servers by serial number, Machines by virtual machine id.
	Hosts, Servers, Machines *Kind
	// Network are the samples of network devices.
	Network *Network
	// Boards holds what all servers measured in the last while, one list.
	Boards cache.Set[struct{}, *BoardList]
	// Names knows what metrics are called.
	Names *Names
}

// Kind is the samples of one kind of thing.
type Kind struct {
	// Limit is what holds for the windows that may be asked.
	Limit dataset.RangeLimit
	// Windows holds the series of a thing in a window.
	Windows cache.Set[Key, *List]
}

// Key asks for the samples of one thing in a window, as [dataset.RangeLimit.Window] gives it.
type Key struct {
	ID string
	dataset.Span
}

// List holds the series of one thing in a window.
type List struct {
	// Series holds all series, by name and key; never nil.
	Series []*model.MetricSeries
	// Position is where a server stands, by its latest row; nil for other things and where there is no row.
	Position *model.ServerPosition
	Reading
}

// Reading says how much of a window was read.
type Reading struct {
	// Rows and Pages count what was read; Reported is the upstream's own count, -1 when it gives none.
	Rows, Pages int
	Reported    int64
	// Extent says whether the limit of pages ended the reading, and which rows could not be read.
	dataset.Extent
}

func readingOf[R any](s samples[R]) Reading {
	return Reading{
		Rows: s.Rows, Pages: s.Pages, Reported: s.Reported,
		Extent: dataset.Extent{
			Truncated: s.Truncated, Repeats: s.Repeats, Gaps: s.gaps(), Foreign: s.Foreign, Code: s.Code,
		},
	}
}

// New makes the source.
func New(cfg dataset.Config) (*Source, error) {
	names, err := newNames(cfg)
	if err != nil {
		return nil, err
	}
	minutes := func(of string, byDefault, most time.Duration) dataset.RangeLimit {
		return dataset.RangeLimit{Of: of, Default: byDefault, Most: most, Step: time.Minute}
	}
	return &Source{
		Names: names,
		Hosts: newKind(cfg, names, spec[esm.HostMetric, hostSeriesKey]{
			operation: OperationHosts, limit: minutes("host metrics", time.Hour, cfg.Windows.Metrics),
			kind: model.MetricKindHost, metric: hostMetric,
			pages: cfg.ESM.HostMetricPages, folding: hostFolding(), build: convertHostSeries,
			label: func(r esm.HostMetric) (loose.Text, []loose.Text) {
				return r.RegionID, []loose.Text{r.RegionName, r.RegionNameEn}
			},
		}),
		Servers: newKind(cfg, names, spec[esm.HostPerformance, serverSeriesKey]{
			operation: OperationServers, limit: minutes("server performance", 24*time.Hour, cfg.Windows.Performance),
			kind: model.MetricKindBoard, metric: boardMetric,
			pages: cfg.ESM.HostPerformancePages, folding: serverFolding(cfg), build: convertServerSeries,
		}),
		Machines: newKind(cfg, names, spec[esm.VMPerformance, machineSeriesKey]{
			operation: OperationMachines, limit: minutes("virtual machine metrics", time.Hour, cfg.Windows.Metrics),
			kind: model.MetricKindVirtualMachine, metric: machineMetric,
			pages: cfg.ESM.VMPerformancePages, folding: machineFolding(), build: convertMachineSeries,
		}),
		Network: &Network{
			OneDevice:  minutes("the metrics of a network device", time.Hour, cfg.Windows.Metrics),
			AllDevices: minutes("network device metrics without managementIp", time.Hour, cfg.Windows.NetworkAll),
			Windows:    addNetwork(cfg, names),
		},
		Boards: addBoards(cfg, names),
	}, nil
}

// spec says how the samples of one kind of thing are fetched and what becomes of them.
type spec[R any, K comparable] struct {
	operation string
	limit     dataset.RangeLimit
	kind      model.MetricKind
	// metric is the metric that a row names.
	metric  func(R) named
	pages   func(context.Context, string, esm.Window) iter.Seq2[rest.PageResult[R], error]
	folding folding[R, K]
	// label is the code of a row's region and what the row calls it; nil where rows have no names of regions.
	label func(R) (code loose.Text, names []loose.Text)
	build func(dataset.Config, samples[R]) *List
}

func newKind[R any, K comparable](cfg dataset.Config, names *Names, s spec[R, K]) *Kind {
	return &Kind{Limit: s.limit, Windows: dataset.Add(cfg, cache.Dataset[Key, samples[R], *List]{
		Operation: s.operation,
		Ages:      cfg.Ages.Metrics,
		AgesOf:    func(read samples[R]) cache.Ages { return metricAges(cfg, read.Settled) },
		Key: func(k Key) string {
			return string(append(append(k.AppendKey(make([]byte, 0, dataset.KeyBytes)), ' '), k.ID...))
		},
		Fetch: dataset.Each(func(ctx context.Context, _ string, k Key) (samples[R], bool, error) {
			asked := func(row R) bool { return dataset.IsAbout(s.folding.id(row), k.ID) }
			pages := s.pages(ctx, k.ID, esm.Window{From: k.From, To: k.To})
			read, err := s.folding.fold(ctx, cfg, s.operation, asked, pages)
			read.Settled = settled(cfg, k.Span)
			return read, true, err
		}),
		Build: func(scope string, _ Key, read samples[R]) (*List, int64) {
			if s.label != nil {
				dataset.LearnLabels(cfg, scope, read.Series, func(series rowSeries[R]) (loose.Text, []loose.Text) {
					return s.label(series.Head)
				})
			}
			names.note(scope, s.kind, namedIn(read, s.metric))
			return s.build(cfg, read), bytesOf(read)
		},
	})}
}

// What a series and a sample take in memory, about.
const (
	bytesOfSeries = 500
	bytesOfSample = 32
)

func bytesOf[R any](s samples[R]) int64 {
	return int64(len(s.Series)+1)*bytesOfSeries + int64(s.points())*bytesOfSample
}
