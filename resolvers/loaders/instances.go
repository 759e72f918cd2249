package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
)

// WarmInstances reads the lists of several types at once, and not one after the other. Failures show in the pages.
func (s *Set) WarmInstances(ctx context.Context, types []model.InstanceType, filter *model.InstanceFilter) {
	var span dataset.Span
	if filter != nil && filter.Range != nil {
		var err error
		if span, err = s.sources.Instances.Limit.Window(filter.Range, s.moment(filter.Range)); err != nil || span.Empty() {
			return
		}
	}
	keys := make([]instances.Key, len(types))
	for i, kind := range types {
		keys[i] = instances.Key{Type: kind, Span: span}
	}
	load(s, s.sources.Instances.Lists).all(ctx, keys)
}

// InstancesOf says which instances a field is about.
type InstancesOf struct {
	// Type is their resource type.
	Type model.InstanceType
	// Region is a region code, ParentID the id of the resource that they belong to; empty means any.
	Region, ParentID string
}

// InstancePage is a page of instances. That of a region fails when rows of the region could not be read.
func (s *Set) InstancePage(
	ctx context.Context, of InstancesOf, filter *model.InstanceFilter, orderBy *model.InstanceOrder, args paging.Args,
) (*model.InstanceConnection, error) {
	key, order := instances.Key{Type: of.Type}, instances.OrderOf(orderBy)
	if filter != nil && filter.Range != nil {
		var err error
		if key.Span, err = s.sources.Instances.Limit.Window(filter.Range, s.moment(filter.Range)); err != nil {
			return nil, err
		}
		if key.Empty() {
			return paging.Paginate([]*model.Instance{}, order, args)
		}
	}
	l, err := list(ctx, s, s.sources.Instances.Lists, key)
	if err != nil {
		return nil, err
	}
	items, err := inRegion(&l.List, instances.Operation, of.Region)
	if err != nil {
		return nil, err
	}
	if of.ParentID != "" {
		items = dataset.Part[*model.Instance]{Items: l.OfParent(of.ParentID)}
	}
	return page(&l.List, items, instances.Filter(filter), order, args)
}

// InstanceByID is the instance of a type with a resource id; nil when the list of the default window has none.
func (s *Set) InstanceByID(ctx context.Context, kind model.InstanceType, resourceID string) (*model.Instance, error) {
	l, err := list(ctx, s, s.sources.Instances.Lists, instances.Key{Type: kind})
	if err != nil {
		return nil, err
	}
	return l.ByID(resourceID), nil
}

// InstancesByID are the instances of a type with resource ids, in their order; nil where the list of the default window
// has none. With empty ids alone it costs nothing.
func (s *Set) InstancesByID(
	ctx context.Context, kind model.InstanceType, resourceIDs []string,
) ([]*model.Instance, []error) {
	found, errs := make([]*model.Instance, len(resourceIDs)), make([]error, len(resourceIDs))
	for i, resourceID := range resourceIDs {
		if resourceID != "" {
			found[i], errs[i] = s.InstanceByID(ctx, kind, resourceID)
		}
	}
	return found, errs
}

// InstanceParents are the virtual machines that instances belong to, in their order; nil for one that belongs to none.
func (s *Set) InstanceParents(ctx context.Context, of []*model.Instance) ([]*model.Instance, []error) {
	ids := make([]string, len(of))
	for i, instance := range of {
		if instance != nil && instance.ParentResourceID != nil && *instance.ParentResourceID != instance.ResourceID {
			ids[i] = *instance.ParentResourceID
		}
	}
	return s.InstancesByID(ctx, model.InstanceTypeEcs, ids)
}

// UsagePage is a page of the metering periods of an instance.
func (s *Set) UsagePage(instance *model.Instance, args paging.Args) (*model.UsageRecordConnection, error) {
	return cut(instance.Records, instance.Truncated, instances.UsageOrder(), args)
}

// instance is the instance with the type and the resource id of a global id; nil when there is no such instance.
func (s *Set) instance(ctx context.Context, kind model.InstanceType, resourceID string) (*model.Instance, error) {
	if !kind.IsValid() {
		return nil, nil //nolint:nilnil // the type was there once, which is no failure
	}
	l, err := list(ctx, s, s.sources.Instances.Lists, instances.Key{Type: kind})
	if err != nil {
		return nil, err
	}
	return sought(l.ByID(resourceID), l, instances.Operation)
}

// TenantInstancePage is a page of the rows of the tenant zone of a type.
func (s *Set) TenantInstancePage(
	ctx context.Context, kind model.TenantInstanceType, args paging.Args,
) (*model.TenantInstanceConnection, error) {
	l, err := list(ctx, s, s.sources.Instances.Tenant, kind)
	if err != nil {
		return nil, err
	}
	return page(&l.List, l.Whole(), dataset.Filter[*model.TenantInstance]{}, instances.TenantOrder(), args)
}

// InstancesOfTenantRows are the metered instances of rows of the tenant zone, in their order; nil for a row without
// one.
func (s *Set) InstancesOfTenantRows(ctx context.Context, rows []*model.TenantInstance) ([]*model.Instance, []error) {
	found, errs := make([]*model.Instance, len(rows)), make([]error, len(rows))
	for i, row := range rows {
		if row != nil && row.ResourceID != nil {
			found[i], errs[i] = s.InstanceByID(ctx, model.InstanceType(row.Type), *row.ResourceID)
		}
	}
	return found, errs
}
