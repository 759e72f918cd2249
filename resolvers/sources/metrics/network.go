package metrics

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// Network is the samples of network devices. The upstream has millions of them (quirk 62): a window is bounded, and so
// are the pages that are read of it.
type Network struct {
	// OneDevice and AllDevices are what holds for the windows of one device and of all of them.
	OneDevice, AllDevices dataset.RangeLimit
	// Windows holds the metrics of a window.
	Windows cache.Set[NetworkKey, *NetworkList]
}

// NetworkKey asks for the samples of a window, of one device unless Address is empty, and of one metric code unless
// Metric is.
type NetworkKey struct {
	Address, Metric string
	dataset.Span
}

// asks reports whether a row is about the device and of the metric that the key names. An address has several
// notations.
func (k NetworkKey) asks(r esm.NetworkDeviceMetric) bool {
	address := dataset.CanonicalAddress(k.Address)
	same := address != "" && dataset.CanonicalAddress(r.DeviceIP.String()) == address
	return (k.Address == "" || same || dataset.IsAbout(r.DeviceIP, k.Address)) &&
		(k.Metric == "" || r.Metric.String() == k.Metric)
}

// NetworkList holds the metrics of a window.
type NetworkList struct {
	// All holds one entry for each device and code, by address and code; never nil.
	All []*model.NetworkDeviceMetric
	Reading
}

func addNetwork(cfg dataset.Config, names *Names) cache.Set[NetworkKey, *NetworkList] {
	type rows = samples[esm.NetworkDeviceMetric]
	return dataset.Add(cfg, cache.Dataset[NetworkKey, rows, *NetworkList]{
		Operation: OperationNetwork,
		Ages:      cfg.Ages.Metrics,
		AgesOf:    func(s rows) cache.Ages { return metricAges(cfg, s.Settled) },
		Key: func(k NetworkKey) string {
			key := append(append(k.AppendKey(make([]byte, 0, dataset.KeyBytes)), ' '), k.Metric...)
			return string(append(append(key, ' '), k.Address...))
		},
		Fetch: dataset.Each(func(ctx context.Context, scope string, k NetworkKey) (rows, bool, error) {
			pages := cfg.ESM.NetworkDeviceMetricPages(ctx, esm.Window{From: k.From, To: k.To}, k.Address, k.Metric)
			read, err := networkFolding().fold(ctx, cfg, OperationNetwork, k.asks, pages)
			read.Settled = settled(cfg, k.Span)
			cfg.Learn(scope, networkRegions(read))
			return read, true, err
		}),
		Build: func(scope string, _ NetworkKey, s rows) (*NetworkList, int64) {
			names.note(scope, model.MetricKindNetworkDevice, namedIn(s, networkMetric))
			return convertNetworkMetrics(cfg.In(scope), s), bytesOf(s)
		},
	})
}

// networkSeriesKey is what the rows of one series have in common.
type networkSeriesKey struct{ address, resourceType, metric, region loose.Text }

func networkFolding() folding[esm.NetworkDeviceMetric, networkSeriesKey] {
	return folding[esm.NetworkDeviceMetric, networkSeriesKey]{
		field: "device_ip",
		key: func(r esm.NetworkDeviceMetric) networkSeriesKey {
			return networkSeriesKey{r.DeviceIP, r.ResourceType, r.Metric, r.RegionID}
		},
		split: func(r esm.NetworkDeviceMetric) (esm.NetworkDeviceMetric, rawPoint) {
			point := rawPoint{Value: r.Value, At: r.Timestamp}
			r.Value, r.Timestamp = loose.Number{}, loose.Time{}
			return r, point
		},
	}
}

// networkMetric is the metric that a row names.
func networkMetric(r esm.NetworkDeviceMetric) named {
	return named{r.Metric.String(), r.Metric.String(), ""}
}

func networkRegions(s samples[esm.NetworkDeviceMetric]) []string {
	codes := map[string]bool{}
	for _, series := range s.Series {
		if code := dataset.RegionCode(series.Head.RegionID); code != nil {
			codes[*code] = true
		}
	}
	return dataset.SortedKeys(codes)
}

func convertNetworkMetrics(cfg dataset.Config, s samples[esm.NetworkDeviceMetric]) *NetworkList {
	list := &NetworkList{All: make([]*model.NetworkDeviceMetric, 0, len(s.Series)), Reading: readingOf(s)}
	for _, rows := range s.Series {
		code := rows.Head.Metric.String()
		metric := &model.NetworkDeviceMetric{
			ManagementIP: rows.Head.DeviceIP.String(),
			Address:      dataset.CanonicalAddress(rows.Head.DeviceIP.String()),
			ResourceType: rows.Head.ResourceType.Ptr(),
			Metric:       model.NetworkMetricOf(code),
			MetricText:   code,
			RegionCode:   cfg.RegionIn(rows.Head.RegionID, OperationNetwork, "region_id"),
		}
		if metric.Metric == nil && code != "" {
			cfg.Unknown("NetworkMetric")
		}
		series := model.MetricSeries{
			Name: cmp.Or(cfg.NetworkMetricNames[code], code), Key: code, Truncated: s.Truncated,
			RegionCode: rows.Head.RegionID.Ptr(),
		}
		samples := samplesOf(cfg, rows.Points, time.UTC, OperationNetwork, "value", "timestamp")
		metric.Series = model.NewMetricSeries(series, samples)
		list.All = append(list.All, metric)
	}
	list.All = dataset.Sorted(NetworkOrder(), list.All)
	for i, metric := range list.All[min(1, len(list.All)):] {
		if before := list.All[i]; before.ManagementIP == metric.ManagementIP && before.MetricText == metric.MetricText {
			// One code of two kinds of part.
			metric.Series.Key += "." + dataset.Text(metric.ResourceType) + "." + dataset.Text(metric.RegionCode)
		}
	}
	return list
}

// NetworkOrder is the order of the metrics of network devices: by address as a number, what is no address last, in the
// order of the texts, then by code as a number.
func NetworkOrder() dataset.Order[*model.NetworkDeviceMetric] {
	return dataset.Order[*model.NetworkDeviceMetric]{
		Name: "nd",
		Key: func(m *model.NetworkDeviceMetric) model.SortKey {
			address, err := netip.ParseAddr(m.Address)
			if err != nil {
				return model.SortKey{Text: "z" + m.ManagementIP}
			}
			if address.Is4() {
				return model.SortKey{Text: "4" + hex.EncodeToString(address.AsSlice())}
			}
			return model.SortKey{Text: "6" + hex.EncodeToString(address.AsSlice()) + address.Zone()}
		},
		ID: func(m *model.NetworkDeviceMetric) string {
			return codeKey(m.MetricText) + " " + dataset.Text(m.ResourceType) + " " + dataset.Text(m.RegionCode) + " " +
				m.ManagementIP
		},
	}
}

// codeKey is a metric code so that texts are in the order of numbers.
func codeKey(code string) string {
	number, err := strconv.ParseUint(code, 10, 32)
	if err != nil {
		return "z" + code
	}
	return fmt.Sprintf("%010d", number)
}

// Within are the metrics with their samples in a span, in the same order: see the function of that name.
func (l *NetworkList) Within(span dataset.Span) []*model.NetworkDeviceMetric {
	kept := make([]*model.NetworkDeviceMetric, 0, len(l.All))
	for _, metric := range l.All {
		cut := metric.Series.Within(span.From, span.To)
		if cut == nil {
			continue
		}
		inSpan := *metric
		inSpan.Series = cut
		kept = append(kept, &inSpan)
	}
	return kept
}

// SeriesOf are the series of some metrics or, when nil, of all, in the order of the codes, for the list of one device.
func (l *NetworkList) SeriesOf(metrics []model.NetworkMetric) []*model.MetricSeries {
	wanted := dataset.SetOf(metrics)
	series := make([]*model.MetricSeries, 0, len(l.All))
	for _, metric := range l.All {
		if wanted.Has(metric.Metric) {
			series = append(series, metric.Series)
		}
	}
	return series
}
