package sources

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// OperationNetworkMetrics is the upstream operation behind the metrics of network devices.
const OperationNetworkMetrics = "listNetworkDeviceMetricData"

// NetworkMetrics is the source of the samples of network devices. The upstream has millions of them (quirk 62): a window is bounded,
// and so are the pages that are read of it.
type NetworkMetrics struct {
	// OneDevice and AllDevices are what holds for the windows of one device and of all of them.
	OneDevice, AllDevices RangeLimit

	windows *cache.Many[NetworkKey, samples[esm.NetworkDeviceMetric], *NetworkList]
}

// NetworkKey asks for the samples of a window, of one device unless Address is empty, and of one metric code unless Metric is.
type NetworkKey struct {
	Address, Metric string
	Span
}

// NetworkList holds the metrics of a window.
type NetworkList struct {
	// All holds one entry for each device and code, by address and code; never nil.
	All []*model.NetworkDeviceMetric
	Reading
}

func newNetworkMetrics(cfg Config, regions *Regions) (*NetworkMetrics, error) {
	limit := func(of string, most time.Duration) RangeLimit {
		return RangeLimit{Of: of, Default: time.Hour, Most: most, Step: time.Minute}
	}
	n := &NetworkMetrics{
		OneDevice:  limit("the metrics of a network device", cfg.Windows.Metrics),
		AllDevices: limit("network device metrics without managementIp", cfg.Windows.NetworkAll),
	}
	var err error
	n.windows, err = cache.NewMany(cache.ManyConfig[NetworkKey, samples[esm.NetworkDeviceMetric], *NetworkList]{
		Operation: OperationNetworkMetrics,
		Ages:      cfg.Ages.Metrics,
		AgesOf:    func(s samples[esm.NetworkDeviceMetric]) cache.Ages { return cfg.metricAges(s.Settled) },
		Tiers:     cfg.Tiers,
		Text:      func(k NetworkKey) string { return k.text() + " " + k.Metric + " " + k.Address },
		Fetch: func(ctx context.Context, scope string, keys []NetworkKey) map[NetworkKey]cache.Result[samples[esm.NetworkDeviceMetric]] {
			return each(lane(ctx), keys, func(ctx context.Context, k NetworkKey) (samples[esm.NetworkDeviceMetric], bool, error) {
				pages := cfg.ESM.NetworkDeviceMetricPages(ctx, esm.Window{From: k.From, To: k.To}, k.Address, k.Metric)
				found, err := networkFolding().fold(OperationNetworkMetrics, pages)
				found.Settled = cfg.settled(k.Span)
				regions.learn(scope, networkRegions(found))
				return found, true, err
			})
		},
		Build: func(_ NetworkKey, s samples[esm.NetworkDeviceMetric]) (*NetworkList, int64) {
			return convertNetworkMetrics(cfg, s), bytesOf(s)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("network metrics: %w", err)
	}
	return n, nil
}

func (n *NetworkMetrics) close() { n.windows.Close() }

// Peek gives the metrics of a window when memory has them; it never waits.
func (n *NetworkMetrics) Peek(ctx context.Context, scope string, key NetworkKey) (cache.Outcome[*NetworkList], bool) {
	return n.windows.Peek(ctx, scope, key)
}

// Load gives the metrics of windows, each fetched when it must be.
func (n *NetworkMetrics) Load(
	ctx context.Context, scope string, keys []NetworkKey, maxAge time.Duration,
) map[NetworkKey]cache.Outcome[*NetworkList] {
	return n.windows.Get(ctx, scope, keys, maxAge)
}

// networkSeriesKey is what the rows of one series have in common.
type networkSeriesKey struct{ address, resourceType, metric, region loose.Text }

func networkFolding() folding[esm.NetworkDeviceMetric, networkSeriesKey] {
	return folding[esm.NetworkDeviceMetric, networkSeriesKey]{
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

func networkRegions(s samples[esm.NetworkDeviceMetric]) []string {
	codes := map[string]bool{}
	for _, series := range s.Series {
		if code := regionCode(series.Head.RegionID); code != nil {
			codes[*code] = true
		}
	}
	return sortedKeys(codes)
}

func convertNetworkMetrics(cfg Config, s samples[esm.NetworkDeviceMetric]) *NetworkList {
	list := &NetworkList{All: make([]*model.NetworkDeviceMetric, 0, len(s.Series)), Reading: readingOf(s)}
	for _, rows := range s.Series {
		code := rows.Head.Metric.String()
		metric := &model.NetworkDeviceMetric{
			ManagementIP: rows.Head.DeviceIP.String(),
			Address:      canonicalAddress(rows.Head.DeviceIP.String()),
			ResourceType: rows.Head.ResourceType.Ptr(),
			Metric:       model.NetworkMetricOf(code),
			MetricText:   code,
			RegionCode:   regionCode(rows.Head.RegionID),
		}
		if metric.Metric == nil && code != "" {
			cfg.Unknown("NetworkMetric")
		}
		series := model.MetricSeries{Name: cmp.Or(cfg.NetworkMetricNames[code], code), Key: code, Truncated: s.Truncated}
		metric.Series = model.NewMetricSeries(series, cfg.samplesOf(rows.Points, time.UTC, OperationNetworkMetrics, "value", "timestamp"))
		list.All = append(list.All, metric)
	}
	list.All = NetworkOrder().Sorted(list.All)
	for i, metric := range list.All[min(1, len(list.All)):] {
		if before := list.All[i]; before.ManagementIP == metric.ManagementIP && before.MetricText == metric.MetricText {
			metric.Series.Key += "." + text(metric.ResourceType) + "." + text(metric.RegionCode) // one code of two kinds of part
		}
	}
	return list
}

// NetworkOrder is the order of the metrics of network devices: by address as a number, what is none behind in the order of the texts,
// then by code as a number.
func NetworkOrder() Order[*model.NetworkDeviceMetric] {
	return Order[*model.NetworkDeviceMetric]{
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
			return strings.Join([]string{codeKey(m.MetricText), text(m.ResourceType), text(m.RegionCode)}, " ")
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

// SeriesOf are the series of the device with an address, of some metrics or, when that is nil, of all, in the order of the codes. Rows
// that all name one device are about the one that was asked.
func (l *NetworkList) SeriesOf(managementIP string, metrics []model.NetworkMetric) []*model.MetricSeries {
	all, address := l.All, canonicalAddress(managementIP)
	if slices.ContainsFunc(all, func(m *model.NetworkDeviceMetric) bool { return m.ManagementIP != all[0].ManagementIP }) {
		all = Select(all, func(m *model.NetworkDeviceMetric) bool { return m.Address == address })
	}
	wanted := setOf(metrics)
	series := make([]*model.MetricSeries, 0, len(all))
	for _, metric := range all {
		if wanted.has(metric.Metric) {
			series = append(series, metric.Series)
		}
	}
	return series
}
