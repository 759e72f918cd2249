package capacity

import (
	"fmt"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// sums is what totals count of a list, and totals of it. Of a history it is what forecasts are made of.
type sums struct {
	rows        []*model.ServiceCapacity
	named, late []string
	totals      dataset.Kept[string, totals]
	cells       dataset.Kept[string, []*model.AllocationCell]
	histories   dataset.Kept[string, map[cellKey]*cellHistory]
}

// totals are those of some regions and zones.
type totals struct {
	of       []*model.CapacityTotal
	tooLarge bool
}

// mostTotals is how many totals of a list are kept, by regions and zones.
const mostTotals = 32

// Counted are the rows that totals count: all but those that call their region by an unknown name and are older than
// the newest measurement. Such a pool may be there once more, in a newer row under the code of its region. late are the
// names of those that are left out, in order.
func (l *List) Counted() (rows []*model.ServiceCapacity, late []string) {
	counted := l.counted()
	return counted.rows, counted.late
}

// Named are the names, in order, that totals count rows under whose region is called by an unknown one; late are those
// of rows that totals leave out: see [List.Counted]. The caller must not change them.
func (l *List) Named() (named, late []string) {
	counted := l.counted()
	return counted.named, counted.late
}

func (l *List) counted() *sums {
	placed := l.table.now()
	return l.sums.Of(placed, func() *sums {
		isLate := func(row *model.ServiceCapacity) bool {
			return row.RegionCode == nil && row.RegionText != "" && dataset.Later(placed.newest, row.ObservedAt)
		}
		var named, late []string
		for _, row := range placed.all {
			switch {
			case isLate(row):
				late = append(late, row.RegionText)
			case row.RegionCode == nil && row.RegionText != "":
				named = append(named, row.RegionText)
			}
		}
		slices.Sort(named)
		slices.Sort(late)
		rows := dataset.Select(placed.all, func(row *model.ServiceCapacity) bool { return !isLate(row) })
		return &sums{rows: rows, named: slices.Compact(named), late: slices.Compact(late)}
	})
}

// Totals are the sums of the counted rows in the asked regions and zones (nil: all), worked out once: see [Totals].
func (l *List) Totals(
	service model.CloudServiceType, regions []string, zones []model.CapacityZone,
) (of []*model.CapacityTotal, tooLarge bool) {
	counted := l.counted()
	asked := fmt.Sprintf("%t %q %t %q", regions == nil, regions, zones == nil, zones)
	held, ok := counted.totals.Get(asked)
	if !ok {
		held.of, held.tooLarge = Totals(service, counted.rows, regions, zones)
		held, _ = counted.totals.Put(asked, held, 1, mostTotals)
	}
	return held.of, held.tooLarge
}

// place is the code of a row's region, else the region as sent; nil for a row that names none.
func place(row *model.ServiceCapacity) *string {
	if row.RegionCode != nil {
		return row.RegionCode
	}
	return dataset.SomeOrNil(row.RegionText)
}

// Totals sums the rows of a service in the asked regions and zones (nil: all): one total for each unit, in the order of
// the units and the unknown one last. Nil when there is no row. A sum that is more than a Float holds is nil, which is
// reported.
func Totals(
	service model.CloudServiceType, rows []*model.ServiceCapacity, regions []string, zones []model.CapacityZone,
) (totals []*model.CapacityTotal, tooLarge bool) {
	inRegions, inZones := dataset.SetOf(regions), dataset.SetOf(zones)
	byUnit := map[model.CapacityUnit][]*model.ServiceCapacity{}
	for _, row := range rows {
		if inRegions.Has(place(row)) && inZones.Has(row.Zone) {
			unit := dataset.ValueOr(row.Unit, "")
			byUnit[unit] = append(byUnit[unit], row)
		}
	}
	for _, unit := range append(slices.Clone(model.AllCapacityUnit), "") {
		if len(byUnit[unit]) > 0 {
			total, over := totalOf(service, byUnit[unit])
			totals, tooLarge = append(totals, total), tooLarge || over
		}
	}
	return totals, tooLarge
}

// totalOf sums rows of one unit.
func totalOf(
	service model.CloudServiceType, rows []*model.ServiceCapacity,
) (total *model.CapacityTotal, tooLarge bool) {
	total = &model.CapacityTotal{Type: service, Unit: rows[0].Unit, Sum: &model.CapacitySum{}}
	named := map[string]bool{}
	regions, zones, metrics := map[string]*model.CapacitySum{}, map[model.CapacityZone]*model.CapacitySum{},
		map[string]*model.CapacitySum{}
	for _, row := range rows {
		total.Sum.Add(row)
		named[dataset.Text(place(row))] = row.RegionCode == nil && row.RegionText != ""
		sumUnder(regions, dataset.Text(place(row))).Add(row)
		sumUnder(zones, dataset.ValueOr(row.Zone, "")).Add(row)
		sumUnder(metrics, dataset.Text(row.MetricType)).Add(row)
	}
	tooLarge = total.Sum.Close()
	for _, code := range dataset.NamesThenNone(regions) {
		tooLarge = regions[code].Close() || tooLarge
		total.ByRegion = append(total.ByRegion,
			&model.CapacityRegionTotal{RegionCode: dataset.SomeOrNil(code), Named: named[code], Sum: regions[code]})
	}
	for _, zone := range dataset.NamesThenNone(zones) {
		tooLarge = zones[zone].Close() || tooLarge
		total.ByZone = append(total.ByZone, &model.CapacityZoneTotal{Zone: dataset.SomeOrNil(zone), Sum: zones[zone]})
	}
	for _, metric := range dataset.NamesThenNone(metrics) {
		tooLarge = metrics[metric].Close() || tooLarge
		total.ByMetricType = append(total.ByMetricType,
			&model.CapacityModelTotal{MetricType: dataset.SomeOrNil(metric), Sum: metrics[metric]})
	}
	return total, tooLarge
}

func sumUnder[K comparable](sums map[K]*model.CapacitySum, key K) *model.CapacitySum {
	if sums[key] == nil {
		sums[key] = &model.CapacitySum{}
	}
	return sums[key]
}
