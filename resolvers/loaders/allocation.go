package loaders

import (
	"context"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
)

// AllocationOf says which cells a table of allocation has; nil lists mean all.
type AllocationOf struct {
	By               []model.AllocationDimension
	Types            []model.CloudServiceType
	Regions          []string
	Zones            []model.CapacityZone
	Levels           []model.AllocationLevel
	NearlyFull, Full float64
}

// AllocationTable sums the latest capacity of services by the asked dimensions. Where cells are of one service each,
// one that can't be read is left out, with a warning; else the table fails: a sum that silently lacks a service would
// be wrong. It fails, too, when none can be read.
func (s *Set) AllocationTable(ctx context.Context, q AllocationOf) (*model.AllocationTable, error) {
	of := &model.AllocationDivision{By: onceEach(q.By), Regions: q.Regions, Zones: q.Zones}
	lists, err := s.allocationLists(ctx, of, withCapacity(q.Types))
	if err != nil {
		return nil, err
	}
	table, tooLarge := capacity.Table(of, lists, q.NearlyFull, q.Full)
	if tooLarge {
		s.uses.notice(capacity.OperationService, "The figures of some cells are too large to be summed; the sum is null.")
	}
	if q.Levels != nil {
		table.Cells = slices.DeleteFunc(table.Cells, func(cell *model.AllocationCell) bool {
			return !slices.Contains(q.Levels, cell.Level)
		})
	}
	return table, nil
}

// withCapacity are the asked types that have a capacity, each once and in the order of the schema; nil means all.
func withCapacity(asked []model.CloudServiceType) []model.CloudServiceType {
	return slices.DeleteFunc(slices.Clone(serviceTypes(asked)),
		func(t model.CloudServiceType) bool { return !capacity.Has(t) })
}

// onceEach are the dimensions in their order, each where it first stands.
func onceEach(by []model.AllocationDimension) []model.AllocationDimension {
	var once []model.AllocationDimension
	for _, dimension := range by {
		if !slices.Contains(once, dimension) {
			once = append(once, dimension)
		}
	}
	return once
}

func (s *Set) allocationLists(
	ctx context.Context, of *model.AllocationDivision, types []model.CloudServiceType,
) ([]*capacity.List, error) {
	var lists []*capacity.List
	answers := load(s, s.sources.Capacity.Services).all(ctx, types)
	failed := slices.DeleteFunc(slices.Clone(answers), func(a answer[*capacity.List]) bool { return a.err == nil })
	if len(failed) > 0 && (len(failed) == len(answers) || !slices.Contains(of.By, model.AllocationDimensionType)) {
		return nil, failed[0].err
	}
	for i, a := range answers {
		if a.err != nil {
			s.uses.warnOf(capacity.OperationService, a.err, "The table lacks "+string(types[i])+".")
			continue
		}
		s.uses.incomplete(capacity.OperationService, a.value.Extent)
		s.straysOf(ctx, a.value)
		s.noticeTotals(types[i], a.value)
		lists = append(lists, a.value)
	}
	return lists, nil
}

// Forecasts are what the last month of each cell leads to, in their order; nil where nothing is known of it.
func (s *Set) Forecasts(
	ctx context.Context, cells []*model.AllocationCell,
) ([]*model.CapacityForecast, []error) {
	forecasts, errs := make([]*model.CapacityForecast, len(cells)), make([]error, len(cells))
	var types []model.CloudServiceType
	for _, cell := range cells {
		if cell != nil {
			types = append(types, cell.Types...)
		}
	}
	types = serviceTypes(append([]model.CloudServiceType{}, types...))
	histories := map[model.CloudServiceType]answer[*capacity.List]{}
	for i, a := range load(s, s.sources.Capacity.Histories).all(ctx, types) {
		if histories[types[i]] = a; a.err == nil {
			s.uses.incomplete(capacity.OperationService, a.value.Extent)
			s.straysOf(ctx, a.value)
		}
	}
	for i, cell := range cells {
		if cell == nil {
			continue
		}
		lists := make([]*capacity.List, len(cell.Types))
		for n, kind := range cell.Types {
			if errs[i] == nil {
				lists[n], errs[i] = histories[kind].value, histories[kind].err
			}
		}
		if errs[i] == nil {
			forecasts[i] = capacity.ForecastOf(cell, lists)
		}
	}
	return forecasts, errs
}
