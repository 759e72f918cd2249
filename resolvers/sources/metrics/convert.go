package metrics

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// What the rows of one series have in common: the thing too, so that rows of another never end up in its series.
type (
	hostSeriesKey    struct{ host, name, item, dataItem, operator, unit loose.Text }
	serverSeriesKey  struct{ serial, metric loose.Text }
	machineSeriesKey struct{ machine, name, unit loose.Text }
)

func hostFolding() folding[esm.HostMetric, hostSeriesKey] {
	return folding[esm.HostMetric, hostSeriesKey]{
		key: func(r esm.HostMetric) hostSeriesKey {
			return hostSeriesKey{r.HostID, r.MetricsName, r.MonitorItem, r.DataItem, r.Operator, r.Unit}
		},
		split: func(r esm.HostMetric) (esm.HostMetric, rawPoint) {
			point := rawPoint{Value: r.Value, At: r.Time}
			r.Value, r.Time = loose.Number{}, loose.Time{}
			return r, point
		},
	}
}

// serverFolding keeps the latest row of each series as its head: it says where the server stands.
func serverFolding(cfg dataset.Config) folding[esm.HostPerformance, serverSeriesKey] {
	return folding[esm.HostPerformance, serverSeriesKey]{
		key: func(r esm.HostPerformance) serverSeriesKey { return serverSeriesKey{r.SerialNumber, r.Metric} },
		split: func(r esm.HostPerformance) (esm.HostPerformance, rawPoint) {
			point := rawPoint{Value: r.Value, At: r.Time}
			r.Value = loose.Number{}
			return r, point
		},
		newer: func(row, head esm.HostPerformance) bool { return isLater(row.Time, head.Time, cfg.TextZone) },
	}
}

func machineFolding() folding[esm.VMPerformance, machineSeriesKey] {
	return folding[esm.VMPerformance, machineSeriesKey]{
		key: func(r esm.VMPerformance) machineSeriesKey {
			return machineSeriesKey{r.InstanceID, r.MetricName, r.MetricUnit}
		},
		split: func(r esm.VMPerformance) (esm.VMPerformance, rawPoint) {
			point := rawPoint{Value: r.MetricValue, At: r.Timestamp}
			r.MetricValue, r.Timestamp = loose.Number{}, loose.Time{}
			return r, point
		},
	}
}

// isLater reports whether a time is known and after another one.
func isLater(a, b loose.Time, zone *time.Location) bool {
	at, known := a.Instant(zone)
	before, other := b.Instant(zone)
	return known && (!other || at.After(before))
}

func convertHostSeries(cfg dataset.Config, key Key, s samples[esm.HostMetric]) *List {
	list := &List{Series: []*model.MetricSeries{}, Reading: readingOf(s)}
	for _, rows := range ofAsked(s.Series, func(r esm.HostMetric) string { return r.HostID.String() }, key.ID) {
		head := rows.Head
		name := cmp.Or(head.MetricsName.Ptr(), head.MonitorItem.Ptr(), head.DataItem.Ptr())
		if name == nil {
			cfg.Unreadable(OperationHosts, "metrics_name")
			continue
		}
		series := model.MetricSeries{
			Name: *name, Key: hostKey(head), Unit: withoutBackslashes(head.Unit), Truncated: s.Truncated,
			Item: head.MonitorItem.Ptr(), DataItem: head.DataItem.Ptr(), Aggregation: head.Operator.Ptr(),
		}
		samples := samplesOf(cfg, rows.Points, time.UTC, OperationHosts, "value", "time_stamp")
		list.Series = append(list.Series, model.NewMetricSeries(series, samples))
	}
	sortSeries(list.Series)
	return list
}

// hostKey is item, data item and aggregation in lower case, as far as they are there; else the name.
func hostKey(r esm.HostMetric) string {
	var parts []string
	for _, part := range []loose.Text{r.MonitorItem, r.DataItem, r.Operator} {
		if !part.IsAbsent() {
			parts = append(parts, strings.ToLower(part.String()))
		}
	}
	if len(parts) == 0 {
		return strings.ToLower(r.MetricsName.String())
	}
	return strings.Join(parts, ".")
}

// withoutBackslashes is a unit as it is meant (quirk 30); nil when it is absent.
func withoutBackslashes(t loose.Text) *string {
	unit := strings.TrimSpace(strings.ReplaceAll(t.String(), `\`, ""))
	if unit == "" {
		return nil
	}
	return &unit
}

func convertServerSeries(cfg dataset.Config, key Key, s samples[esm.HostPerformance]) *List {
	list := &List{Series: []*model.MetricSeries{}, Reading: readingOf(s)}
	var latest *esm.HostPerformance
	named := func(r esm.HostPerformance) string { return r.SerialNumber.String() }
	for _, rows := range ofAsked(s.Series, named, key.ID) {
		if latest == nil || isBefore(*latest, rows.Head, cfg.TextZone) {
			latest = &rows.Head
		}
		if rows.Head.Metric.IsAbsent() {
			cfg.Unreadable(OperationServers, "metric")
			continue
		}
		name := rows.Head.Metric.String()
		samples := samplesOf(cfg, rows.Points, cfg.TextZone, OperationServers, "Value", "time")
		list.Series = append(list.Series,
			model.NewMetricSeries(model.MetricSeries{Name: name, Key: name, Truncated: s.Truncated}, samples))
	}
	if latest != nil {
		list.Position = convertPosition(cfg, *latest)
	}
	sortSeries(list.Series)
	return list
}

// isBefore orders rows by time; rows of one time, which the upstream sends in any order (quirk 60), by metric, the
// first one last.
func isBefore(r, other esm.HostPerformance, zone *time.Location) bool {
	if isLater(other.Time, r.Time, zone) {
		return true
	}
	return !isLater(r.Time, other.Time, zone) && other.Metric.String() < r.Metric.String()
}

func convertPosition(cfg dataset.Config, r esm.HostPerformance) *model.ServerPosition {
	return &model.ServerPosition{
		Model: r.Model.Ptr(), Usage: r.Usage.Ptr(), RegionCode: r.RegionCode.Ptr(), AvailabilityZone: r.ZoneCode.Ptr(),
		DataCenter: r.DataCenterCode.Ptr(), Room: r.RoomCode.Ptr(), Rack: r.RackCode.Ptr(),
		Slot:       dataset.WholeNumber(r.SlotNumber),
		ObservedAt: cfg.Instant(r.Time, cfg.TextZone, OperationServers, "time"),
	}
}

func convertMachineSeries(cfg dataset.Config, key Key, s samples[esm.VMPerformance]) *List {
	list := &List{Series: []*model.MetricSeries{}, Reading: readingOf(s)}
	for _, rows := range ofAsked(s.Series, func(r esm.VMPerformance) string { return r.InstanceID.String() }, key.ID) {
		if rows.Head.MetricName.IsAbsent() {
			cfg.Unreadable(OperationMachines, "METRIC_NAME")
			continue
		}
		name := rows.Head.MetricName.String()
		series := model.MetricSeries{
			Name: name, Key: name, Unit: withoutBackslashes(rows.Head.MetricUnit), Truncated: s.Truncated,
		}
		samples := samplesOf(cfg, rows.Points, time.UTC, OperationMachines, "METRIC_VALUE", "TIMESTAMP")
		list.Series = append(list.Series, model.NewMetricSeries(series, samples))
	}
	sortSeries(list.Series)
	return list
}

// samplesOf reads samples; those whose time is absent or unreadable are left out, and those without a value have none
// (NaN). What is unreadable is counted.
func samplesOf(
	cfg dataset.Config, raw []rawPoint, zone *time.Location, operation, valueField, timeField string,
) []model.MetricPoint {
	points := make([]model.MetricPoint, 0, len(raw))
	for _, sample := range raw {
		value := cfg.Number(sample.Value, operation, valueField)
		at := cfg.Instant(sample.At, zone, operation, timeField)
		if at != nil {
			points = append(points, model.MetricPoint{At: *at, Value: dataset.ValueOr(value, math.NaN())})
		}
	}
	return points
}

// sortSeries orders series by name and makes their keys differ: of several with one key, as when the unit changed
// within the window, the later ones get their name and unit added.
func sortSeries(all []*model.MetricSeries) {
	slices.SortStableFunc(all, func(a, b *model.MetricSeries) int {
		return cmp.Or(
			strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Key, b.Key), strings.Compare(dataset.Text(a.Unit), dataset.Text(b.Unit)))
	})
	taken := make(map[string]bool, len(all))
	for _, series := range all {
		for _, addition := range []string{series.Name, dataset.Text(series.Unit)} {
			if taken[series.Key] && addition != "" {
				series.Key += "." + strings.ToLower(addition)
			}
		}
		taken[series.Key] = true
	}
}

// Within are the series with their samples in a span, without those that have samples outside of it alone: windows are
// read in whole minutes, and the upstream counts their end in.
func Within(all []*model.MetricSeries, span dataset.Span) []*model.MetricSeries {
	kept := make([]*model.MetricSeries, 0, len(all))
	for _, series := range all {
		if cut := series.Within(span.From, span.To); cut != nil {
			kept = append(kept, cut)
		}
	}
	return kept
}

// Named are the series that one of the names is meant for, in their order: by name, item, item and data item, or key,
// in any case. Nil names mean all.
func Named(all []*model.MetricSeries, names []string) []*model.MetricSeries {
	if names == nil {
		return all
	}
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[strings.ToLower(name)] = true
	}
	return dataset.Select(all, func(s *model.MetricSeries) bool {
		item := strings.ToLower(dataset.Text(s.Item))
		return wanted[strings.ToLower(s.Name)] || wanted[strings.ToLower(s.Key)] ||
			item != "" && (wanted[item] || wanted[item+"."+strings.ToLower(dataset.Text(s.DataItem))])
	})
}
