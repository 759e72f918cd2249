package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
)

// HostMetrics are the series of hosts, in their order: of some names, or all when nil. A host without an id has none.
func (s *Set) HostMetrics(
	ctx context.Context, hostIDs []string, within *model.TimeRange, names []string,
) ([][]*model.MetricSeries, []error) {
	return s.series(ctx, s.sources.Metrics.Hosts, hostIDs, within, names)
}

// ServerPerformance are the series of servers by serial number, in their order; nil for an empty one.
func (s *Set) ServerPerformance(
	ctx context.Context, serials []string, within *model.TimeRange, names []string,
) ([][]*model.MetricSeries, []error) {
	return s.series(ctx, s.sources.Metrics.Servers, serials, within, names)
}

// MachineMetrics are the series of virtual machines by id, in their order; nil for an empty one.
func (s *Set) MachineMetrics(
	ctx context.Context, vmIDs []string, within *model.TimeRange, names []string,
) ([][]*model.MetricSeries, []error) {
	return s.series(ctx, s.sources.Metrics.Machines, vmIDs, within, names)
}

// ServerPositions are the places of servers by serial number, in their order, from the default window of
// [Set.ServerPerformance]; nil where there is no row.
func (s *Set) ServerPositions(ctx context.Context, serials []string) ([]*model.ServerPosition, []error) {
	positions := make([]*model.ServerPosition, len(serials))
	errs, read := s.windows(ctx, s.sources.Metrics.Servers, serials, nil)
	for i, list := range read {
		if list != nil {
			positions[i] = list.Position
		}
	}
	return positions, errs
}

func (s *Set) series(
	ctx context.Context, kind *metrics.Kind, ids []string, within *model.TimeRange, names []string,
) ([][]*model.MetricSeries, []error) {
	all := make([][]*model.MetricSeries, len(ids))
	if names != nil && len(names) == 0 { // an empty list accepts none, and needs no call
		return emptyFor(all, ids), make([]error, len(ids))
	}
	errs, read := s.windows(ctx, kind, ids, within)
	asked := kind.Limit.Asked(within, s.windowMoment(within))
	for i, list := range read {
		if list != nil {
			all[i] = metrics.Within(metrics.Named(list.Series, names), asked)
		} else if errs[i] == nil && ids[i] != "" {
			all[i] = []*model.MetricSeries{} // an empty window
		}
	}
	return all, errs
}

// windows reads the window of each id, in their order; nil where the id or the window is empty, and with an error.
func (s *Set) windows(
	ctx context.Context, kind *metrics.Kind, ids []string, within *model.TimeRange,
) ([]error, []*metrics.List) {
	errs, read := make([]error, len(ids)), make([]*metrics.List, len(ids))
	span, err := kind.Limit.Window(within, s.windowMoment(within))
	var (
		keys []metrics.Key
		at   []int // positions of the ids that are read
	)
	for i, id := range ids {
		switch {
		case id == "":
		case err != nil:
			errs[i] = err
		case !span.Empty():
			keys, at = append(keys, metrics.Key{ID: id, Span: span}), append(at, i)
		}
	}
	for n, a := range load(s, kind.Windows).all(ctx, keys) {
		errs[at[n]] = a.err
		if a.err == nil && a.found {
			s.noteReading(kind.Windows.Operation(), a.value.Reading)
			read[at[n]] = a.value
		}
	}
	return errs, read
}

// emptyFor fills in an empty list for each id that is not empty.
func emptyFor(all [][]*model.MetricSeries, ids []string) [][]*model.MetricSeries {
	for i, id := range ids {
		if id != "" {
			all[i] = []*model.MetricSeries{}
		}
	}
	return all
}

// MetricNames are the metrics of a kind, nil meaning all, that documents or answers to the tenant name.
func (s *Set) MetricNames(kind *model.MetricKind) []*model.MetricName {
	s.uses.unsettled()
	return s.sources.Metrics.Names.List(s.options.Scope, kind)
}
