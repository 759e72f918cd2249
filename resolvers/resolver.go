// Package resolvers answers the fields of the schema. A resolver asks a loader and returns: the sources settle what a
// field means, and errors.go decides what a client sees of an error.
package resolvers

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

// Resolver is the root of all resolvers.
type Resolver struct {
	// Sources are for commands alone; every field that reads goes through the loaders of its operation.
	Sources *sources.Sources
	// Live is for subscriptions.
	Live *live.Source
}

// load is the set of loaders of the operation.
func load(ctx context.Context) *loaders.Set { return loaders.From(ctx) }

// pageArgs puts the arguments of a connection together.
func pageArgs(first *int, after *string, last *int, before *string) paging.Args {
	return paging.Args{First: first, After: after, Last: last, Before: before}
}

// each answers the parents of a level one by one, for data that the loaders hold whole. A nil parent gets nothing.
func each[P, V any](parents []*P, answer func(*P) (V, error)) ([]V, error) {
	values := make([]V, len(parents))
	var errs []error // nil until one has one
	for i, parent := range parents {
		if parent == nil {
			continue
		}
		var err error
		if values[i], err = answer(parent); err != nil {
			if errs == nil {
				errs = make([]error, len(parents))
			}
			errs[i] = err
		}
	}
	return values, perParent(errs)
}

// level answers the parents of a level at once, by the keys of those that are not nil. A nil parent gets nothing.
func level[P, K, V any](parents []*P, key func(*P) K, answer func([]K) ([]V, []error)) ([]V, error) {
	keys := make([]K, 0, len(parents))
	for _, parent := range parents {
		if parent != nil {
			keys = append(keys, key(parent))
		}
	}
	if len(keys) == 0 {
		return make([]V, len(parents)), nil
	}
	values, errs := answer(keys)
	if len(keys) == len(parents) {
		return values, perParent(errs)
	}
	all, failures, n := make([]V, len(parents)), make([]error, len(parents)), 0
	for i, parent := range parents {
		if parent != nil {
			all[i], failures[i] = values[n], errs[n]
			n++
		}
	}
	return all, perParent(failures)
}

// eachRegion are the regions of a level, by the code that each parent names, if any. Neighbours often have the same.
func eachRegion[P any](ctx context.Context, parents []*P, code func(*P) *string) ([]*model.Region, error) {
	set := load(ctx)
	var last *model.Region
	return each(parents, func(parent *P) (*model.Region, error) {
		its := code(parent)
		if its == nil || last == nil || last.Code != *its {
			last = set.RegionOf(its)
		}
		return last, nil
	})
}

// keysOf are the keys of the parents of a level; a nil parent has an empty one.
func keysOf[P, K any](parents []*P, key func(*P) K) []K {
	keys := make([]K, len(parents))
	for i, parent := range parents {
		if parent != nil {
			keys[i] = key(parent)
		}
	}
	return keys
}

// perParent hands the errors of a level to the executor, one for each parent; nil when no parent has one.
func perParent(errs []error) error {
	if slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
		return graphql.BatchErrorList(errs)
	}
	return nil
}

// alarmPages are the pages of alarms of a level, by what each parent says that they are about.
func alarmPages[P any](
	ctx context.Context, parents []*P, about func(*P) loaders.AlarmsOf, filter *model.AlarmFilter,
	orderBy *model.AlarmOrder, args paging.Args,
) ([]*model.AlarmConnection, error) {
	return level(parents, about, func(of []loaders.AlarmsOf) ([]*model.AlarmConnection, []error) {
		return load(ctx).AlarmPages(ctx, of, filter, orderBy, args)
	})
}

// alarmSummaries are the summaries of a level, as alarmPages.
func alarmSummaries[P any](
	ctx context.Context, parents []*P, about func(*P) loaders.AlarmsOf, filter *model.AlarmFilter,
) ([]*model.AlarmSummary, error) {
	return level(parents, about, func(of []loaders.AlarmsOf) ([]*model.AlarmSummary, []error) {
		return load(ctx).AlarmSummaries(ctx, of, filter)
	})
}

func alarmsOfRegion(o *model.Region) loaders.AlarmsOf { return loaders.AlarmsOf{Region: o.Code} }

func alarmsOfService(o *model.CloudService) loaders.AlarmsOf {
	return loaders.AlarmsOf{Region: o.RegionCode, Service: o.Type}
}
