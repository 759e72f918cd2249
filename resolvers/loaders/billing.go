package loaders

import (
	"context"

	"github.com/graph-gophers/dataloader/v7"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addBillingLoaders(ctx context.Context) {
	scope, maxAge, billing := s.options.Scope, s.options.MaxAge, s.sources.PayPerUse
	s.payPerUseLists = newLoader(ctx, s, sources.OperationPayPerUse,
		func(ctx context.Context, q sources.PayPerUseQuery) (answer[*sources.PayPerUseList], bool) {
			outcome, ok := billing.PeekList(ctx, scope, q)
			return fromOutcome(outcome), ok
		},
		func(ctx context.Context, queries []sources.PayPerUseQuery) map[sources.PayPerUseQuery]answer[*sources.PayPerUseList] {
			answers := make(map[sources.PayPerUseQuery]answer[*sources.PayPerUseList], len(queries))
			for q, outcome := range billing.LoadLists(ctx, scope, queries, maxAge) {
				answers[q] = fromOutcome(outcome)
			}
			return answers
		})
	s.payPerUse = newLoader(ctx, s, sources.OperationPayPerUse,
		func(ctx context.Context, key sources.PayPerUseKey) (answer[*model.PayPerUseResource], bool) {
			outcome, ok := billing.Peek(ctx, scope, key)
			return fromOutcome(outcome), ok
		},
		func(ctx context.Context, keys []sources.PayPerUseKey) map[sources.PayPerUseKey]answer[*model.PayPerUseResource] {
			answers := make(map[sources.PayPerUseKey]answer[*model.PayPerUseResource], len(keys))
			for key, outcome := range billing.Load(ctx, scope, keys, maxAge) {
				answers[key] = fromOutcome(outcome)
			}
			return answers
		})
}

// gathered answers keys like all, but lets their misses wait the gathering window for those of other fields: for calls that take
// many keys at once, so that fields of different levels and aliases share them.
func (l *loader[K, V]) gathered(ctx context.Context, keys []K) []answer[V] {
	answers := make([]answer[V], len(keys))
	thunks := map[int]dataloader.Thunk[answer[V]]{}
	for i, key := range keys {
		if a, ok := l.held(ctx, key); ok {
			answers[i] = a
			continue
		}
		thunks[i] = l.misses.Load(ctx, key)
	}
	for i, thunk := range thunks {
		answers[i] = l.settle(ctx, keys[i], thunk)
	}
	return answers
}

// payPerUseList are the resources of a query.
func (s *Set) payPerUseList(ctx context.Context, q sources.PayPerUseQuery) (*sources.PayPerUseList, error) {
	a := s.payPerUseLists.one(ctx, q)
	if a.err != nil {
		return nil, a.err
	}
	s.uses.incomplete(sources.OperationPayPerUse, a.value.Truncated, a.value.Gaps)
	return a.value, nil
}

// PayPerUsePage is a page of the resources of a customer. No asked ids are no resources, without a call: the upstream would take an
// empty list for all (quirk 102).
func (s *Set) PayPerUsePage(
	ctx context.Context, customerID string, filter *model.PayPerUseResourceFilter, args PageArgs,
) (*model.PayPerUseResourceConnection, error) {
	if filter != nil && filter.ResourceIds != nil && len(filter.ResourceIds) == 0 {
		return Paginate([]*model.PayPerUseResource{}, sources.PayPerUseOrder(), args)
	}
	query, err := sources.NewPayPerUseQuery(customerID, filter)
	if err != nil {
		return nil, err
	}
	list, err := s.payPerUseList(ctx, query)
	if err != nil {
		return nil, err
	}
	page, err := Paginate(list.All, sources.PayPerUseOrder(), args)
	if err == nil && list.Truncated {
		page.TotalCount = nil
	}
	return page, err
}

// PayPerUseOf are the billing system's entries of instances, in their order; nil where an instance names no customer or the customer
// has no such resource.
func (s *Set) PayPerUseOf(ctx context.Context, instances []*model.Instance) ([]*model.PayPerUseResource, []error) {
	resources, errs := make([]*model.PayPerUseResource, len(instances)), make([]error, len(instances))
	var (
		at   []int
		keys []sources.PayPerUseKey
	)
	for i, instance := range instances {
		if instance != nil && instance.DomainID != nil {
			at = append(at, i)
			keys = append(keys, sources.PayPerUseKey{CustomerID: *instance.DomainID, ResourceID: instance.ResourceID})
		}
	}
	for n, a := range s.payPerUse.gathered(ctx, keys) {
		resources[at[n]], errs[at[n]] = a.value, a.err
	}
	return resources, errs
}

// payPerUseNode is the resource of a global id: by resource id or, for a row that has none, out of all rows of the customer.
func (s *Set) payPerUseNode(ctx context.Context, id string, parts []string) (*model.PayPerUseResource, error) {
	if len(parts) == 2 {
		a := s.payPerUse.one(ctx, sources.PayPerUseKey{CustomerID: parts[0], ResourceID: parts[1]})
		return a.value, a.err
	}
	list, err := s.payPerUseList(ctx, sources.PayPerUseQuery{CustomerID: parts[0]})
	if err != nil {
		return nil, err
	}
	return list.ByID(id), nil
}

// InstancesOfPayPerUse are the metered instances with the resources' ids, in their order; nil where the service code names no type of
// instances. Each type costs its list once.
func (s *Set) InstancesOfPayPerUse(ctx context.Context, resources []*model.PayPerUseResource) ([]*model.Instance, []error) {
	instances, errs := make([]*model.Instance, len(resources)), make([]error, len(resources))
	at := map[model.InstanceType][]int{}
	for i, resource := range resources {
		if resource == nil || resource.ResourceID == nil {
			continue
		}
		if kind, ok := sources.PayPerUseInstanceType(resource); ok {
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
