package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
)

// NetworkMetricPage is a page of the metrics of network devices: of the one with an address, or of all when it is nil,
// and of one metric, or of all when that is nil.
func (s *Set) NetworkMetricPage(
	ctx context.Context, within *model.TimeRange, managementIP *string, metric *model.NetworkMetric, args paging.Args,
) (*model.NetworkDeviceMetricConnection, error) {
	limit, key := s.sources.Metrics.Network.AllDevices, metrics.NetworkKey{}
	if managementIP != nil {
		limit, key.Address = s.sources.Metrics.Network.OneDevice, *managementIP
	}
	if metric != nil {
		key.Metric = metric.Code()
	}
	var err error
	if key.Span, err = limit.Window(within, s.windowMoment(within)); err != nil {
		return nil, err
	}
	if key.Empty() {
		return paging.Paginate([]*model.NetworkDeviceMetric{}, metrics.NetworkOrder(), args)
	}
	a := load(s, s.sources.Metrics.Network.Windows).one(ctx, key)
	if a.err != nil || !a.found {
		return nil, a.err
	}
	s.noteReading(metrics.OperationNetwork, a.value.Reading)
	asked := limit.Asked(within, s.windowMoment(within))
	return cut(a.value.Within(asked), a.value.Truncated, metrics.NetworkOrder(), args)
}

// DeviceMetrics are the series of network devices by address, in their order: of some metrics, or of all when that is
// nil; nil for an empty address.
func (s *Set) DeviceMetrics(
	ctx context.Context, addresses []string, within *model.TimeRange, of []model.NetworkMetric,
) ([][]*model.MetricSeries, []error) {
	all, errs := make([][]*model.MetricSeries, len(addresses)), make([]error, len(addresses))
	limit := s.sources.Metrics.Network.OneDevice
	span, err := limit.Window(within, s.windowMoment(within))
	if err == nil && (span.Empty() || of != nil && len(of) == 0) {
		return emptyFor(all, addresses), errs
	}
	var (
		keys []metrics.NetworkKey
		at   []int // positions of the addresses that are read
	)
	for i, address := range addresses {
		switch {
		case address == "":
		case err != nil:
			errs[i] = err
		default:
			keys, at = append(keys, metrics.NetworkKey{Address: address, Span: span}), append(at, i)
		}
	}
	for n, a := range load(s, s.sources.Metrics.Network.Windows).all(ctx, keys) {
		errs[at[n]] = a.err
		if a.err == nil && a.found {
			s.noteReading(metrics.OperationNetwork, a.value.Reading)
			all[at[n]] = metrics.Within(a.value.SeriesOf(of), limit.Asked(within, s.windowMoment(within)))
		}
	}
	return all, errs
}
