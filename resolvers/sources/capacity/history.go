package capacity

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// historyDays is how many whole days a history has: the upstream refuses to list more.
	historyDays = 31
	// lateDays is for how many days at either end of a history a pool counts as missing, and no longer as gone or not
	// there yet: as long as its latest figures count in sums (windows.capacity_days).
	lateDays = 2
)

// historyStart is when the first day of a history begins.
func historyStart(now time.Time, zone *time.Location) time.Time {
	today := now.In(zone)
	return time.Date(today.Year(), today.Month(), today.Day()-(historyDays-1), 0, 0, 0, 0, zone)
}

// historyWindow is from the start of the first day to now.
func historyWindow(cfg dataset.Config) esm.Window {
	window, start := cfg.UntilNow(0), historyStart(cfg.Now(), cfg.CapacityZone)
	if end := start.Add(model.LongestRange); window.To.After(end) {
		window.To = end // by an upstream's clock that is ahead
	}
	return esm.Window{From: start, To: window.To}
}

// addHistories makes the set of what forecasts read: a list of every measurement for each service. It changes once a
// day, so that it gives way to all that is read more often, also while a query waits for it.
func (s *Source) addHistories(cfg dataset.Config, read reader) {
	s.Histories = dataset.AddWhole(cfg, dataset.Whole[model.CloudServiceType, esm.ServiceCapacity, *List]{
		Operation:    OperationService,
		Ages:         cfg.Ages.CapacityHistory,
		KeepOneEmpty: true,
		Key: func(service model.CloudServiceType) string {
			return string(append(append(make([]byte, 0, dataset.KeyBytes), service...), " history"...))
		},
		Parameters: func(service model.CloudServiceType) map[string]any {
			return map[string]any{"type": service, "days": historyDays}
		},
		Read: func(ctx context.Context, service model.CloudServiceType) (cache.Fetched[esm.ServiceCapacity], error) {
			return read(rest.WithUnhurried(ctx), service, historyWindow(cfg))
		},
		Build: func(scope string, service model.CloudServiceType, f cache.Fetched[esm.ServiceCapacity]) (*List, int64) {
			list := build(cfg.In(scope), scope, service, f, false)
			list.zone = cfg.CapacityZone
			return list, int64(len(f.Records)) * bytesOfRow
		},
		Regions: (*List).RegionCodes,
	})
}

// figures are what a pool has on a day.
type figures struct{ allocated, available float64 }

// pool is one model in one zone of one region: its figures by the number of the day, of the days that have both.
type pool map[int]figures

// cellHistory is what a list knows of the days of one cell.
type cellHistory struct {
	pools []pool
	// forecast is that of the cell where this list has all of it.
	forecast func() *model.CapacityForecast
}

// ForecastOf works out what the histories of all services of a cell lead to; nil when they have no whole day of it.
func ForecastOf(cell *model.AllocationCell, histories []*List) *model.CapacityForecast {
	var pools []pool
	for _, list := range histories {
		history := list.histories(cell.Of)[keyOfCell(cell)]
		switch {
		case history == nil:
			continue
		case len(histories) == 1:
			return history.forecast()
		}
		pools = append(pools, history.pools...)
	}
	if len(pools) == 0 {
		return nil
	}
	return Forecast(wholeDays(pools, histories[0].zone))
}

// histories are the days of the cells of a division, worked out once a generation.
func (l *List) histories(of *model.AllocationDivision) map[cellKey]*cellHistory {
	counted, parts := l.counted(), divisionOf(of)
	asked := parts.asked(of)
	if held, ok := counted.histories.Get(asked); ok {
		return held
	}
	histories := l.historiesOf(l.All(), parts)
	histories, _ = counted.histories.Put(asked, histories, len(histories), mostCells)
	return histories
}

func (l *List) historiesOf(rows []*model.ServiceCapacity, parts division) map[cellKey]*cellHistory {
	histories := map[cellKey]*cellHistory{}
	at := map[poolKey]pool{}
	for _, row := range rows {
		key, counts := parts.keyOf(row)
		if !counts || row.ObservedAt == nil || row.Allocated == nil || row.Available == nil {
			continue
		}
		name := poolKey{
			region: cmp.Or(dataset.Text(row.RegionCode), loose.Fold(row.RegionText)), parts: l.table.parts(row),
		}
		if at[name] == nil {
			at[name] = pool{}
			if histories[key] == nil {
				one := &cellHistory{}
				one.forecast = sync.OnceValue(func() *model.CapacityForecast { return Forecast(wholeDays(one.pools, l.zone)) })
				histories[key] = one
			}
			histories[key].pools = append(histories[key].pools, at[name])
		}
		// Rows of a pool are in the order of their times: the latest of a day counts.
		at[name][dayOf(*row.ObservedAt, l.zone)] = figures{*row.Allocated, *row.Available}
	}
	return histories
}

// dayOf is the number of the day on which something was measured.
func dayOf(at time.Time, zone *time.Location) int {
	local := at.In(zone)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	return int(midnight.Unix() / int64(24*time.Hour/time.Second))
}

// startOf is when a day begins.
func startOf(day int, zone *time.Location) time.Time {
	return time.Date(1970, time.January, 1+day, 0, 0, 0, 0, zone).UTC()
}

// wholeDays sums pools by day, in order, and leaves out the days on which a pool is missing that is there before and
// after: a sum without it would look like a release. Days whose sums say nothing are left out, too.
func wholeDays(pools []pool, zone *time.Location) []Day {
	known := map[int]bool{}
	for _, one := range pools {
		for day := range one {
			known[day] = true
		}
	}
	order := slices.Sorted(maps.Keys(known))
	sums, whole := make([]Day, len(order)), map[int]bool{}
	for i, day := range order {
		sums[i] = Day{Number: day, At: startOf(day, zone)}
	}
	for _, one := range pools {
		from, to, steady := one.stay(order)
		if !steady {
			continue
		}
		for i := from; i <= to; i++ {
			has, there := one[order[i]]
			if before, counted := whole[order[i]]; !counted || before {
				whole[order[i]] = there
			}
			sums[i].Allocated, sums[i].Available = sums[i].Allocated+has.allocated, sums[i].Available+has.available
		}
	}
	return slices.DeleteFunc(sums, func(d Day) bool {
		return !whole[d.Number] || d.Allocated < 0 || d.Available < 0 || math.IsInf(d.total(), 0) || math.IsNaN(d.total())
	})
}

// stay is from which to which of the days a pool is there, by their places. Near either end of the days it counts as
// missing, and not as gone. One that is there on no more than half of its days is not steady.
func (p pool) stay(days []int) (from, to int, steady bool) {
	from, to = -1, -1
	for i, day := range days {
		if _, has := p[day]; has {
			if from < 0 {
				from = i
			}
			to = i
		}
	}
	if days[from]-days[0] <= lateDays {
		from = 0
	}
	if days[len(days)-1]-days[to] <= lateDays {
		to = len(days) - 1
	}
	return from, to, 2*len(p) > to-from+1
}
