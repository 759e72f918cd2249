package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/billing"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// PayPerUsePage is a page of the resources of a customer. An empty list of ids has no resources and needs no call: the
// upstream would take it for all (quirk 102).
func (s *Set) PayPerUsePage(
	ctx context.Context, customerID string, filter *model.PayPerUseResourceFilter, args paging.Args,
) (*model.PayPerUseResourceConnection, error) {
	if filter != nil && filter.ResourceIds != nil && len(filter.ResourceIds) == 0 {
		return paging.Paginate([]*model.PayPerUseResource{}, billing.Order(), args)
	}
	query, err := billing.NewQuery(customerID, filter)
	if err != nil {
		return nil, err
	}
	l, err := list(ctx, s, s.sources.Billing.Lists, query)
	if err != nil {
		return nil, err
	}
	return page(&l.List, l.Whole(), dataset.Filter[*model.PayPerUseResource]{}, billing.Order(), args)
}

// PayPerUseOf are the billing system's entries of instances, in their order; nil where an instance names no customer or
// the customer has no such resource.
func (s *Set) PayPerUseOf(ctx context.Context, instances []*model.Instance) ([]*model.PayPerUseResource, []error) {
	resources, errs := make([]*model.PayPerUseResource, len(instances)), make([]error, len(instances))
	var (
		at   []int
		keys []billing.Key
	)
	for i, instance := range instances {
		if instance != nil && instance.DomainID != nil {
			at = append(at, i)
			keys = append(keys, billing.Key{CustomerID: *instance.DomainID, ResourceID: instance.ResourceID})
		}
	}
	for n, a := range load(s, s.sources.Billing.ByID).gathered(ctx, keys) {
		resources[at[n]], errs[at[n]] = a.value, a.err
	}
	return resources, errs
}

// payPerUseNode is the resource of a global id: by resource id or, without one, from all rows of the customer.
func (s *Set) payPerUseNode(ctx context.Context, id string, parts []string) (*model.PayPerUseResource, error) {
	if len(parts) == 2 {
		a := load(s, s.sources.Billing.ByID).one(ctx, billing.Key{CustomerID: parts[0], ResourceID: parts[1]})
		return a.value, a.err
	}
	l, err := list(ctx, s, s.sources.Billing.Lists, billing.Query{CustomerID: parts[0]})
	if err != nil {
		return nil, err
	}
	return l.ByID(id), nil
}

// InstancesOfPayPerUse are the metered instances with the resources' ids, in their order; nil where the service code
// names no type of instances. Each type costs its list once.
func (s *Set) InstancesOfPayPerUse(
	ctx context.Context, resources []*model.PayPerUseResource,
) ([]*model.Instance, []error) {
	instances, errs := make([]*model.Instance, len(resources)), make([]error, len(resources))
	at := map[model.InstanceType][]int{}
	for i, resource := range resources {
		if resource == nil || resource.ResourceID == nil {
			continue
		}
		if kind, ok := billing.InstanceType(resource); ok {
			at[kind] = append(at[kind], i)
		}
	}
	for kind, positions := range at {
		ids := make([]string, len(positions))
		for n, i := range positions {
			ids[n] = *resources[i].ResourceID
		}
		found, failed := s.InstancesByID(ctx, kind, ids)
		for n, i := range positions {
			instances[i], errs[i] = found[n], failed[n]
		}
	}
	return instances, errs
}
