package capacity

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Totals sums the rows of a service in the asked regions and zones (nil: all): one total for each unit, in the order of
// the units and the unknown one last. Nil when there is no row.
func Totals(
	service model.CloudServiceType, rows []*model.ServiceCapacity, regions []string, zones []model.CapacityZone,
) []*model.CapacityTotal {
	inRegions, inZones := dataset.SetOf(regions), dataset.SetOf(zones)
	byUnit := map[model.CapacityUnit][]*model.ServiceCapacity{}
	for _, row := range rows {
		if inRegions.Has(row.RegionCode) && inZones.Has(row.Zone) {
			unit := dataset.ValueOr(row.Unit, "")
			byUnit[unit] = append(byUnit[unit], row)
		}
	}
	var totals []*model.CapacityTotal
	for _, unit := range append(slices.Clone(model.AllCapacityUnit), "") {
		if len(byUnit[unit]) > 0 {
			totals = append(totals, totalOf(service, byUnit[unit]))
		}
	}
	return totals
}

// totalOf sums rows of one unit.
func totalOf(service model.CloudServiceType, rows []*model.ServiceCapacity) *model.CapacityTotal {
	total := &model.CapacityTotal{Type: service, Unit: rows[0].Unit, Sum: &model.CapacitySum{}}
	regions, zones, metrics := map[string]*model.CapacitySum{}, map[model.CapacityZone]*model.CapacitySum{},
		map[string]*model.CapacitySum{}
	for _, row := range rows {
		total.Sum.Add(row)
		sumUnder(regions, dataset.Text(row.RegionCode)).Add(row)
		sumUnder(zones, dataset.ValueOr(row.Zone, "")).Add(row)
		sumUnder(metrics, dataset.Text(row.MetricType)).Add(row)
	}
	for _, code := range dataset.NamesThenNone(regions) {
		total.ByRegion = append(total.ByRegion,
			&model.CapacityRegionTotal{RegionCode: dataset.SomeOrNil(code), Sum: regions[code]})
	}
	for _, zone := range dataset.NamesThenNone(zones) {
		total.ByZone = append(total.ByZone, &model.CapacityZoneTotal{Zone: dataset.SomeOrNil(zone), Sum: zones[zone]})
	}
	for _, metric := range dataset.NamesThenNone(metrics) {
		total.ByMetricType = append(total.ByMetricType,
			&model.CapacityModelTotal{MetricType: dataset.SomeOrNil(metric), Sum: metrics[metric]})
	}
	return total
}

func sumUnder[K comparable](sums map[K]*model.CapacitySum, key K) *model.CapacitySum {
	if sums[key] == nil {
		sums[key] = &model.CapacitySum{}
	}
	return sums[key]
}
