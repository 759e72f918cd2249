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

// What the rows of one series have in common beside the thing that was asked for: what was measured, and by what.
type (
	hostSeriesKey    struct{ name, item, dataItem, operator, unit, region loose.Text }
	serverSeriesKey  struct{ metric loose.Text }
	machineSeriesKey struct {
		name, unit, namespace, sourceService, sourceType, sourceTag, service, region, tenant loose.Text
	}
)

func hostFolding() folding[esm.HostMetric, hostSeriesKey] {
	return folding[esm.HostMetric, hostSeriesKey]{
		field: "host_id", id: func(r esm.HostMetric) loose.Text { return r.HostID },
		key: func(r esm.HostMetric) hostSeriesKey {
			return hostSeriesKey{r.MetricsName, r.MonitorItem, r.DataItem, r.Operator, r.Unit, r.RegionID}
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
		field: "sn", id: func(r esm.HostPerformance) loose.Text { return r.SerialNumber },
		key: func(r esm.HostPerformance) serverSeriesKey { return serverSeriesKey{r.Metric} },
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
		field: "INSTANCE_ID", id: func(r esm.VMPerformance) loose.Text { return r.InstanceID },
		key: func(r esm.VMPerformance) machineSeriesKey {
			return machineSeriesKey{
				name: r.MetricName, unit: r.MetricUnit, namespace: r.Namespace, sourceService: r.SourceService,
				sourceType: r.SourceType, sourceTag: r.SourceTag, service: r.Service, region: r.RegionID, tenant: r.TenantName,
			}
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

func convertHostSeries(cfg dataset.Config, s samples[esm.HostMetric]) *List {
	list := &List{Series: []*model.MetricSeries{}, Reading: readingOf(s)}
	for _, rows := range s.Series {
		head, metric := rows.Head, hostMetric(rows.Head)
		series := model.MetricSeries{
			Name: metric.name, Key: metric.key, Unit: dataset.SomeOrNil(metric.unit), Truncated: s.Truncated,
			Item: head.MonitorItem.Ptr(), DataItem: head.DataItem.Ptr(), Aggregation: head.Operator.Ptr(),
			RegionCode: head.RegionID.Ptr(),
		}
		samples := samplesOf(cfg, rows.Points, time.UTC, OperationHosts, "value", "time_stamp")
		list.Series = append(list.Series, model.NewMetricSeries(series, samples))
	}
	sortSeries(list.Series)
	return list
}

// hostMetric, boardMetric and machineMetric are the metric that a row names.
func hostMetric(r esm.HostMetric) named {
	name := cmp.Or(r.MetricsName.Ptr(), r.MonitorItem.Ptr(), r.DataItem.Ptr())
	return named{hostKey(r), dataset.Text(name), withoutBackslashes(r.Unit)}
}

func boardMetric(r esm.HostPerformance) named { return named{r.Metric.String(), r.Metric.String(), ""} }

func machineMetric(r esm.VMPerformance) named {
	return named{r.MetricName.String(), r.MetricName.String(), withoutBackslashes(r.MetricUnit)}
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

// withoutBackslashes is a unit as it is meant (quirk 30); empty when it is absent.
func withoutBackslashes(t loose.Text) string {
	return strings.TrimSpace(strings.ReplaceAll(t.String(), `\`, ""))
}

func convertServerSeries(cfg dataset.Config, s samples[esm.HostPerformance]) *List {
	list := &List{Series: []*model.MetricSeries{}, Reading: readingOf(s)}
	var latest *esm.HostPerformance
	for _, rows := range s.Series {
		if latest == nil || isBefore(*latest, rows.Head, cfg.TextZone) {
			latest = &rows.Head
		}
		name := boardMetric(rows.Head).name
		samples := samplesOf(cfg, rows.Points, cfg.TextZone, OperationServers, "Value", "time")
		series := model.MetricSeries{
			Name: name, Key: name, Truncated: s.Truncated, RegionCode: rows.Head.RegionCode.Ptr(),
		}
		list.Series = append(list.Series, model.NewMetricSeries(series, samples))
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

func convertMachineSeries(cfg dataset.Config, s samples[esm.VMPerformance]) *List {
	list := &List{Series: []*model.MetricSeries{}, Reading: readingOf(s)}
	for _, rows := range s.Series {
		head, metric := rows.Head, machineMetric(rows.Head)
		series := model.MetricSeries{
			Name: metric.name, Key: metric.key, Unit: dataset.SomeOrNil(metric.unit), Truncated: s.Truncated,
			Service: head.Service.Ptr(), RegionCode: head.RegionID.Ptr(), Namespace: head.Namespace.Ptr(),
			SourceService: head.SourceService.Ptr(), SourceType: head.SourceType.Ptr(), SourceTag: head.SourceTag.Ptr(),
			Tenant: head.TenantName.Ptr(),
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

// sortSeries orders series by name and makes their keys differ: several with one key all get namespace and source
// added, and where that is not enough, as when the unit changed within the window, the later ones name, unit, tag and
// region.
func sortSeries(all []*model.MetricSeries) {
	slices.SortStableFunc(all, func(a, b *model.MetricSeries) int {
		return cmp.Or(
			strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Key, b.Key), slices.Compare(sourceOf(a), sourceOf(b)),
			slices.Compare(restOf(a), restOf(b)))
	})
	of := make(map[string]int, len(all))
	for _, series := range all {
		of[series.Key]++
	}
	taken := make(map[string]bool, len(all))
	for _, series := range all {
		if of[series.Key] > 1 {
			for _, part := range sourceOf(series) {
				if part != "" {
					series.Key += "." + strings.ToLower(part)
				}
			}
		}
		for _, addition := range append([]string{series.Name}, restOf(series)...) {
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

// sourceOf is what measured a series; machine metrics only.
func sourceOf(s *model.MetricSeries) []string {
	return []string{dataset.Text(s.Namespace), dataset.Text(s.SourceService), dataset.Text(s.SourceType)}
}

// restOf is what else may tell series of one name apart.
func restOf(s *model.MetricSeries) []string {
	return []string{
		dataset.Text(s.Unit), dataset.Text(s.SourceTag), dataset.Text(s.RegionCode), dataset.Text(s.Service),
		dataset.Text(s.Tenant),
	}
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
