package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addInstanceLoaders(ctx context.Context) {
	scope, maxAge, instances := s.options.Scope, s.options.MaxAge, s.sources.Instances
	s.instances = newLoader(ctx, s, sources.OperationInstances,
		func(ctx context.Context, key sources.InstanceKey) (answer[*sources.InstanceList], bool) {
			held, ok := instances.Peek(ctx, scope, key)
			return fromHeld(held, nil), ok
		},
		func(ctx context.Context, keys []sources.InstanceKey) map[sources.InstanceKey]answer[*sources.InstanceList] {
			return everyKey(keys, func(key sources.InstanceKey) answer[*sources.InstanceList] {
				return fromHeld(instances.Load(ctx, scope, key, maxAge))
			})
		})
}

// instanceList is a list of instances, the same one for the whole operation.
func (s *Set) instanceList(ctx context.Context, key sources.InstanceKey) (*sources.InstanceList, error) {
	a := s.instances.one(ctx, key)
	if a.err != nil {
		return nil, a.err
	}
	s.uses.incomplete(sources.OperationInstances, a.value.Truncated, a.value.Gaps)
	return a.value, nil
}

// WarmInstances reads the lists of several types at once, so that pages of them need not be read one after the other. What fails is told
// by the pages.
func (s *Set) WarmInstances(ctx context.Context, types []model.InstanceType, filter *model.InstanceFilter) {
	var span sources.Span
	if filter != nil && filter.Range != nil {
		var err error
		if span, err = s.sources.Instances.Limit.Window(filter.Range, s.options.Now); err != nil || span.Empty() {
			return
		}
	}
	keys := make([]sources.InstanceKey, len(types))
	for i, kind := range types {
		keys[i] = sources.InstanceKey{Type: kind, Span: span}
	}
	s.instances.all(ctx, keys)
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
	ctx context.Context, of InstancesOf, filter *model.InstanceFilter, orderBy *model.InstanceOrder, args PageArgs,
) (*model.InstanceConnection, error) {
	key, order := sources.InstanceKey{Type: of.Type}, sources.InstanceOrderOf(orderBy)
	if filter != nil && filter.Range != nil {
		var err error
		if key.Span, err = s.sources.Instances.Limit.Window(filter.Range, s.options.Now); err != nil {
			return nil, err
		}
		if key.Empty() {
			return Paginate([]*model.Instance{}, order, args)
		}
	}
	list, err := s.instanceList(ctx, key)
	if err != nil {
		return nil, err
	}
	if _, gap := sources.GapOf(list.Gaps, of.Region); gap && of.Region != "" {
		return nil, sources.GapError(sources.OperationInstances)
	}
	instances, sorted := list.InOrder(order), true
	switch {
	case of.ParentID != "":
		instances, sorted = list.OfParent(of.ParentID), orderBy == nil
	case of.Region != "":
		instances, sorted = list.InRegion(of.Region), orderBy == nil
	}
	instances = sources.Select(instances, sources.InstanceMatches(filter))
	if !sorted {
		instances = order.Sorted(instances)
	}
	page, err := Paginate(instances, order, args)
	if err != nil {
		return nil, err
	}
	return countedUnless(list.Truncated, page), nil
}

// InstanceByID is the instance of a type with a resource id; nil when the list of the default window has none.
func (s *Set) InstanceByID(ctx context.Context, kind model.InstanceType, resourceID string) (*model.Instance, error) {
	list, err := s.instanceList(ctx, sources.InstanceKey{Type: kind})
	if err != nil {
		return nil, err
	}
	return list.ByID(resourceID), nil
}

// InstancesByID are the instances of a type with resource ids, in their order; nil where the list of the default window has none. With
// empty ids alone it costs nothing.
func (s *Set) InstancesByID(ctx context.Context, kind model.InstanceType, resourceIDs []string) ([]*model.Instance, []error) {
	instances, errs := make([]*model.Instance, len(resourceIDs)), make([]error, len(resourceIDs))
	for i, resourceID := range resourceIDs {
		if resourceID != "" {
			instances[i], errs[i] = s.InstanceByID(ctx, kind, resourceID)
		}
	}
	return instances, errs
}

// InstanceParents are the virtual machines that instances belong to, in the instances' order; nil where there is none.
func (s *Set) InstanceParents(ctx context.Context, instances []*model.Instance) ([]*model.Instance, []error) {
	ids := make([]string, len(instances))
	for i, instance := range instances {
		if instance != nil && instance.ParentResourceID != nil && *instance.ParentResourceID != instance.ResourceID {
			ids[i] = *instance.ParentResourceID
		}
	}
	return s.InstancesByID(ctx, model.InstanceTypeEcs, ids)
}

// UsagePage is a page of the metering periods of an instance.
func (s *Set) UsagePage(instance *model.Instance, args PageArgs) (*model.UsageRecordConnection, error) {
	page, err := Paginate(instance.Records, sources.UsageOrder(), args)
	if err != nil {
		return nil, err
	}
	return countedUnless(instance.Truncated, page), nil
}

// instance is the instance with a type and a resource id as an id has them; nil when there is none such.
func (s *Set) instance(ctx context.Context, kind model.InstanceType, resourceID string) (*model.Instance, error) {
	if !kind.IsValid() {
		return nil, nil //nolint:nilnil // an id of a type that is no more stands for nothing, and that is no failure
	}
	return s.InstanceByID(ctx, kind, resourceID)
}
