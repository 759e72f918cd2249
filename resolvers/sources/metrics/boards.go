package metrics

import (
	"context"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// BoardList is what the management boards of all servers measured in the last while, as far as hosts are ranked by
// it: of one reading of the samples of all servers, a call a page and not a call a server.
type BoardList struct {
	dataset.Extent
	// Window is how long before the reading samples count.
	Window time.Duration
	// Rankings are the rankings of a list of hosts, whatever that is.
	Rankings dataset.Memo[*dataset.Kept[RankingKey, *model.HostRanking]]

	bySerial map[string]serverFigures
	regions  []string
}

// RankingKey is what is asked of a list of hosts.
type RankingKey struct {
	Metric model.HostUtilizationMetric
	By     model.HostRankBy
	Of     dataset.Place[*model.Host]
}

// Figure is what ranking needs of the samples of one metric of a server.
type Figure struct {
	Latest, Average, Peak float64
	// At is when the latest sample was taken.
	At time.Time
	// Samples is how many there are; 0 means that there is no figure.
	Samples int
}

// serverFigures are the figures of one server, by metric in the order of [model.AllHostUtilizationMetric].
type serverFigures []Figure

// bytesOfServer is about what the figures of a server take in memory, with its serial number.
const bytesOfServer = 350

// Of is the figure of a server by its serial number, in any case; false where there is none.
func (l *BoardList) Of(serial string, metric model.HostUtilizationMetric) (Figure, bool) {
	server := l.bySerial[serialKey(serial)]
	if server == nil {
		return Figure{}, false
	}
	figure := server[rankedAt(metric.BoardName())]
	return figure, figure.Samples > 0
}

// RegionCodes are the regions that samples name, in order.
func (l *BoardList) RegionCodes() []string { return l.regions }

// By is the figure of which sample counts.
func (f Figure) By(by model.HostRankBy) float64 {
	switch by {
	case model.HostRankByAverage:
		return f.Average
	case model.HostRankByPeak:
		return f.Peak
	case model.HostRankByLatest:
		return f.Latest
	default:
		return f.Latest
	}
}

// serialKey is a serial number as it is compared: as in a reading of one server, see [dataset.IsAbout].
func serialKey(serial string) string { return strings.ToLower(strings.TrimSpace(serial)) }

// rankedAt is the place of a metric in [serverFigures]; -1 for one that nothing is ranked by.
func rankedAt(name string) int {
	for i, metric := range model.AllHostUtilizationMetric {
		if strings.EqualFold(metric.BoardName(), name) {
			return i
		}
	}
	return -1
}

func addBoards(cfg dataset.Config, names *Names) cache.Set[struct{}, *BoardList] {
	type rows = cache.Fetched[esm.HostPerformance]
	return dataset.AddWhole(cfg, dataset.Whole[struct{}, esm.HostPerformance, *BoardList]{
		Operation:    OperationServers,
		Ages:         cfg.Ages.Boards,
		KeepOneEmpty: true,
		Row:          esm.HostPerformance.RowKey,
		Listed: func(_ struct{}, r esm.HostPerformance) bool {
			return inWindow(cfg, r, cfg.UntilNow(cfg.Windows.Boards))
		},
		Read: func(ctx context.Context, _ struct{}) (rows, error) {
			list, err := cfg.ESM.HostPerformances(ctx, cfg.UntilNow(cfg.Windows.Boards))
			if err != nil {
				return rows{}, err
			}
			return dataset.FetchedOf(cfg, OperationServers, list, "region_code"), nil
		},
		Trim: func(scope string, _ struct{}, f rows) rows {
			names.note(scope, model.MetricKindBoard, boardMetrics(f.Records))
			return keepRanked(cfg, f, cfg.UntilNow(cfg.Windows.Boards))
		},
		Build: func(scope string, _ struct{}, f rows) (*BoardList, int64) {
			names.note(scope, model.MetricKindBoard, boardMetrics(f.Records)) // another replica may have read it
			list := buildBoards(cfg, f)
			return list, int64(len(list.bySerial)+1) * bytesOfServer
		},
		Regions: (*BoardList).RegionCodes,
	})
}

// boardMetrics are the metrics that samples name, each once.
func boardMetrics(rows []esm.HostPerformance) []named {
	all, noted := []named{}, map[string]bool{}
	for _, r := range rows {
		if metric := boardMetric(r); !noted[metric.key] {
			noted[metric.key] = true
			all = append(all, metric)
		}
	}
	return all
}

// inWindow reports whether a sample was not taken before a window; one without a readable time may be in it.
func inWindow(cfg dataset.Config, r esm.HostPerformance, window esm.Window) bool {
	at, known := r.Time.Instant(cfg.TextZone)
	return !known || !at.Before(window.From)
}

// keepRanked leaves of the rows what ranking needs: those of its metrics and of the window, and of each who measured
// what and when. A row without a serial number, which is about some server of its region, is a gap there.
func keepRanked(
	cfg dataset.Config, f cache.Fetched[esm.HostPerformance], window esm.Window,
) cache.Fetched[esm.HostPerformance] {
	rows, nameless := f.Records[:0], map[string]int{}
	for _, r := range f.Records {
		switch {
		case r.SerialNumber.IsAbsent():
			cfg.Unreadable(OperationServers, "sn")
			nameless[r.RegionCode.String()]++
		case rankedAt(r.Metric.String()) >= 0 && inWindow(cfg, r, window):
			rows = append(rows, esm.HostPerformance{
				SerialNumber: r.SerialNumber, Metric: r.Metric, Value: r.Value, Time: r.Time, RegionCode: r.RegionCode,
			})
		}
	}
	clear(f.Records[len(rows):])
	f.Records = rows
	for i, gap := range f.Gaps {
		f.Gaps[i].Rows += nameless[gap.Part]
		delete(nameless, gap.Part)
	}
	for _, region := range dataset.SortedKeys(nameless) {
		f.Gaps = append(f.Gaps, cache.Gap{
			Part: region, Reason: "rows without a serial number", Rows: nameless[region],
		})
	}
	return f
}

// buildBoards works the figures out of the samples: each time counts once, and samples without a readable time or
// value do not count.
func buildBoards(cfg dataset.Config, f cache.Fetched[esm.HostPerformance]) *BoardList {
	type seriesKey struct {
		serial string
		metric int
	}
	list := &BoardList{
		Extent: dataset.ExtentOf(f), Window: cfg.Windows.Boards, bySerial: map[string]serverFigures{},
	}
	series, regions := map[seriesKey][]rawPoint{}, map[string]bool{}
	for _, r := range f.Records {
		key := seriesKey{serialKey(r.SerialNumber.String()), rankedAt(r.Metric.String())}
		series[key] = append(series[key], rawPoint{Value: r.Value, At: r.Time})
		if code := dataset.RegionCode(r.RegionCode); code != nil {
			regions[*code] = true
		}
	}
	for key, raw := range series {
		figure := figureOf(samplesOf(cfg, raw, cfg.TextZone, OperationServers, "Value", "time"))
		if figure.Samples == 0 {
			continue
		}
		if list.bySerial[key.serial] == nil {
			list.bySerial[key.serial] = make(serverFigures, len(model.AllHostUtilizationMetric))
		}
		list.bySerial[key.serial][key.metric] = figure
	}
	list.regions = dataset.SortedKeys(regions)
	return list
}

func figureOf(samples []model.MetricPoint) Figure {
	series := model.NewMetricSeries(model.MetricSeries{}, samples)
	if series.Count() == 0 {
		return Figure{}
	}
	return Figure{
		Latest: *series.Last, Average: *series.Avg, Peak: *series.Max, At: *series.LastAt, Samples: series.Count(),
	}
}
