package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addNetworkLoaders(ctx context.Context) {
	scope, maxAge, network := s.options.Scope, s.options.MaxAge, s.sources.Network
	s.networkMetrics = newLoader(ctx, s, sources.OperationNetworkMetrics,
		func(ctx context.Context, key sources.NetworkKey) (answer[*sources.NetworkList], bool) {
			outcome, ok := network.Peek(ctx, scope, key)
			return fromOutcome(outcome), ok
		},
		func(ctx context.Context, keys []sources.NetworkKey) map[sources.NetworkKey]answer[*sources.NetworkList] {
			answers := make(map[sources.NetworkKey]answer[*sources.NetworkList], len(keys))
			for key, outcome := range network.Load(ctx, scope, keys, maxAge) {
				answers[key] = fromOutcome(outcome)
			}
			return answers
		})
}

// NetworkMetricPage is a page of the metrics of network devices: of the one with an address, or of all when it is nil, and of one
// metric, or of all when that is nil.
func (s *Set) NetworkMetricPage(
	ctx context.Context, within *model.TimeRange, managementIP *string, metric *model.NetworkMetric, args PageArgs,
) (*model.NetworkDeviceMetricConnection, error) {
	limit, key := s.sources.Network.AllDevices, sources.NetworkKey{}
	if managementIP != nil {
		limit, key.Address = s.sources.Network.OneDevice, *managementIP
	}
	if metric != nil {
		key.Metric = metric.Code()
	}
	var err error
	if key.Span, err = limit.Window(within, s.options.Now); err != nil {
		return nil, err
	}
	if key.Empty() {
		return Paginate([]*model.NetworkDeviceMetric{}, sources.NetworkOrder(), args)
	}
	a := s.networkMetrics.one(ctx, key)
	if a.err != nil || !a.found {
		return nil, a.err
	}
	s.noteReading(sources.OperationNetworkMetrics, a.value.Reading)
	page, err := Paginate(a.value.All, sources.NetworkOrder(), args)
	if err != nil {
		return nil, err
	}
	return countedUnless(a.value.Truncated, page), nil
}

// DeviceMetrics are the series of network devices by address, in their order: of some metrics, or of all when that is nil; nil for an
// empty address.
func (s *Set) DeviceMetrics(
	ctx context.Context, addresses []string, within *model.TimeRange, metrics []model.NetworkMetric,
) ([][]*model.MetricSeries, []error) {
	all, errs := make([][]*model.MetricSeries, len(addresses)), make([]error, len(addresses))
	span, err := s.sources.Network.OneDevice.Window(within, s.options.Now)
	if err == nil && (span.Empty() || metrics != nil && len(metrics) == 0) {
		return emptyFor(all, addresses), errs
	}
	var (
		keys []sources.NetworkKey
		at   []int // positions of the addresses that are read
	)
	for i, address := range addresses {
		switch {
		case address == "":
		case err != nil:
			errs[i] = err
		default:
			keys, at = append(keys, sources.NetworkKey{Address: address, Span: span}), append(at, i)
		}
	}
	for n, a := range s.networkMetrics.all(ctx, keys) {
		errs[at[n]] = a.err
		if a.err == nil && a.found {
			s.noteReading(sources.OperationNetworkMetrics, a.value.Reading)
			all[at[n]] = a.value.SeriesOf(keys[n].Address, metrics)
		}
	}
	return all, errs
}

// countedUnless takes the total away from the page of a list that is only a part.
func countedUnless[T any](truncated bool, page *model.Connection[T]) *model.Connection[T] {
	if truncated {
		page.TotalCount = nil
	}
	return page
}
