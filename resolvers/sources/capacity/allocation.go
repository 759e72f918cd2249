package capacity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// mostCells is how many cells of a list are kept, of all divisions together.
const mostCells = 20_000

// cellKey is what the cells of a division differ in; what it does not ask for is empty, as is what rows do not name.
type cellKey struct {
	service model.CloudServiceType
	region  string
	zone    model.CapacityZone
	metric  string
	unit    model.CapacityUnit
}

// division is a division with its parts at hand.
type division struct {
	byType, byRegion, byZone, byMetric bool

	regions dataset.Wanted[string]
	zones   dataset.Wanted[model.CapacityZone]
}

func divisionOf(of *model.AllocationDivision) division {
	return division{
		byType:   slices.Contains(of.By, model.AllocationDimensionType),
		byRegion: slices.Contains(of.By, model.AllocationDimensionRegion),
		byZone:   slices.Contains(of.By, model.AllocationDimensionZone),
		byMetric: slices.Contains(of.By, model.AllocationDimensionMetricType),
		regions:  dataset.SetOf(of.Regions), zones: dataset.SetOf(of.Zones),
	}
}

// keyOf is the cell of a row; false for a row of another region or zone. Rows of an unknown unit are never put together
// with those of another service: their units may differ.
func (d division) keyOf(row *model.ServiceCapacity) (key cellKey, counts bool) {
	if !d.regions.Has(place(row)) || !d.zones.Has(row.Zone) {
		return key, false
	}
	key.unit = dataset.ValueOr(row.Unit, "")
	if d.byType || key.unit == "" {
		key.service = row.Service
	}
	if d.byRegion {
		key.region = dataset.Text(place(row))
	}
	if d.byZone {
		key.zone = dataset.ValueOr(row.Zone, "")
	}
	if d.byMetric {
		key.metric = dataset.Text(row.MetricType)
	}
	return key, true
}

// keyOfCell is the key that a cell was made of.
func keyOfCell(cell *model.AllocationCell) cellKey {
	return cellKey{
		service: dataset.ValueOr(cell.Type, ""), region: dataset.Text(cell.RegionCode),
		zone: dataset.ValueOr(cell.Zone, ""), metric: dataset.Text(cell.MetricType), unit: dataset.ValueOr(cell.Unit, ""),
	}
}

// asked names a division among those of a list; the order of its dimensions makes no other cells.
func (d division) asked(of *model.AllocationDivision) string {
	return fmt.Sprintf("%t %t %t %t %t %q %t %q", d.byType, d.byRegion, d.byZone, d.byMetric,
		of.Regions == nil, of.Regions, of.Zones == nil, of.Zones)
}

// Cells are the cells that the counted rows are put into, in no order, worked out once a generation. Their sums are
// open, for those of several services: [Table] closes them.
func (l *List) Cells(of *model.AllocationDivision) []*model.AllocationCell {
	counted, parts := l.counted(), divisionOf(of)
	asked := parts.asked(of)
	if held, ok := counted.cells.Get(asked); ok {
		return held
	}
	cells := cellsOf(counted.rows, of, parts)
	cells, _ = counted.cells.Put(asked, cells, len(cells), mostCells)
	return cells
}

func cellsOf(rows []*model.ServiceCapacity, of *model.AllocationDivision, parts division) []*model.AllocationCell {
	cells := []*model.AllocationCell{}
	byKey := map[cellKey]*model.AllocationCell{}
	for _, row := range rows {
		key, counts := parts.keyOf(row)
		if !counts {
			continue
		}
		cell := byKey[key]
		if cell == nil {
			cell = &model.AllocationCell{
				Type: dataset.SomeOrNil(key.service), Unit: row.Unit, RegionCode: dataset.SomeOrNil(key.region),
				Named: row.RegionCode == nil && key.region != "", Zone: dataset.SomeOrNil(key.zone),
				MetricType: dataset.SomeOrNil(key.metric), Sum: &model.CapacitySum{},
				Of: of, Types: []model.CloudServiceType{row.Service},
			}
			byKey[key] = cell
			cells = append(cells, cell)
		}
		cell.Sum.Add(row)
	}
	return cells
}

// Table puts the cells of the lists of several services together: the same cell of several services is one. It reports
// whether a sum is more than a Float holds, which is nil.
func Table(
	of *model.AllocationDivision, lists []*List, nearlyFull, full float64,
) (table *model.AllocationTable, tooLarge bool) {
	table = &model.AllocationTable{Cells: []*model.AllocationCell{}}
	byKey := map[cellKey]*model.AllocationCell{}
	for _, list := range lists {
		for _, part := range list.Cells(of) {
			cell := byKey[keyOfCell(part)]
			if cell == nil { // what is kept never changes
				one, sum := *part, *part.Sum
				one.Of, one.Sum, one.Types = of, &sum, slices.Clone(part.Types)
				byKey[keyOfCell(part)] = &one
				table.Cells = append(table.Cells, &one)
				continue
			}
			cell.Sum.Merge(part.Sum)
			cell.Types = append(cell.Types, part.Types...)
		}
	}
	counts := map[model.AllocationLevel]int{}
	for _, cell := range table.Cells {
		tooLarge = cell.Sum.Close() || tooLarge
		cell.Level = model.LevelOf(cell.Sum.Allocation(), nearlyFull, full)
		counts[cell.Level]++
		at := cell.Sum.OldestObservedAt
		if table.OldestObservedAt == nil || at != nil && dataset.Later(table.OldestObservedAt, at) {
			table.OldestObservedAt = at
		}
	}
	for _, level := range model.AllAllocationLevel {
		table.Counts = append(table.Counts, &model.AllocationLevelCount{Level: level, Count: counts[level]})
	}
	slices.SortFunc(table.Cells, func(a, b *model.AllocationCell) int { return compareCells(of, a, b) })
	return table, tooLarge
}

// compareCells is the order of cells: by the dimensions in their order, then by unit, and by service where the unit is
// not known.
func compareCells(of *model.AllocationDivision, a, b *model.AllocationCell) int {
	for _, dimension := range of.By {
		order := 0
		switch dimension {
		case model.AllocationDimensionType:
			order = compareTypes(a, b)
		case model.AllocationDimensionRegion:
			order = compareOptional(a.RegionCode, b.RegionCode)
		case model.AllocationDimensionZone:
			order = compareOptional(a.Zone, b.Zone)
		case model.AllocationDimensionMetricType:
			order = compareOptional(a.MetricType, b.MetricType)
		}
		if order != 0 {
			return order
		}
	}
	unit := func(c *model.AllocationCell) int {
		return slices.Index(model.AllCapacityUnit, dataset.ValueOr(c.Unit, ""))
	}
	return cmp.Or(dataset.NoneLast(a.Unit, b.Unit), cmp.Compare(unit(a), unit(b)), compareTypes(a, b))
}

func compareTypes(a, b *model.AllocationCell) int {
	of := func(c *model.AllocationCell) int {
		return slices.Index(model.AllCloudServiceType, dataset.ValueOr(c.Type, ""))
	}
	return cmp.Compare(of(a), of(b))
}

// compareOptional orders texts, nil last.
func compareOptional[T ~string](a, b *T) int {
	return cmp.Or(dataset.NoneLast(a, b), strings.Compare(string(dataset.ValueOr(a, "")), string(dataset.ValueOr(b, ""))))
}
