package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addTenantInstanceLoaders(ctx context.Context) {
	scope, maxAge, rows := s.options.Scope, s.options.MaxAge, s.sources.TenantInstances
	s.tenantInstances = newLoader(ctx, s, sources.OperationTenantInstances,
		func(ctx context.Context, kind model.TenantInstanceType) (answer[*sources.TenantInstanceList], bool) {
			held, ok := rows.Peek(ctx, scope, kind)
			return fromHeld(held, nil), ok
		},
		func(ctx context.Context, kinds []model.TenantInstanceType) map[model.TenantInstanceType]answer[*sources.TenantInstanceList] {
			return everyKey(kinds, func(kind model.TenantInstanceType) answer[*sources.TenantInstanceList] {
				return fromHeld(rows.Load(ctx, scope, kind, maxAge))
			})
		})
}

// TenantInstancePage is a page of the rows of the tenant zone of a type.
func (s *Set) TenantInstancePage(
	ctx context.Context, kind model.TenantInstanceType, args PageArgs,
) (*model.TenantInstanceConnection, error) {
	a := s.tenantInstances.one(ctx, kind)
	if a.err != nil {
		return nil, a.err
	}
	return Paginate(a.value.All, sources.TenantInstanceOrder(), args)
}

// InstancesOfTenantRows are the metered instances of rows of the tenant zone, in their order; nil for a row without a resource id and
// where there is none.
func (s *Set) InstancesOfTenantRows(ctx context.Context, rows []*model.TenantInstance) ([]*model.Instance, []error) {
	instances, errs := make([]*model.Instance, len(rows)), make([]error, len(rows))
	for i, row := range rows {
		if row != nil && row.ResourceID != nil {
			instances[i], errs[i] = s.InstanceByID(ctx, model.InstanceType(row.Type), *row.ResourceID)
		}
	}
	return instances, errs
}
