package instances

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// Estimate is the answer for metered instances, of pages with so many rows.
func (s *Source) Estimate(pageRows int) estimate.Operation {
	return estimate.Operation{
		PageRows: pageRows, Types: instanceTypes, Type: s.estimate,
		IDs: map[model.Kind]estimate.Func{model.KindInstance: func(q estimate.Question) estimate.Answer {
			if q.Type = q.ID.Type(); !model.InstanceType(q.Type).IsValid() {
				return estimate.Answer{}
			}
			return s.estimate(q)
		}},
	}
}

// instanceTypes are the types of instances that parents may have, all when that is not known. A service surely has
// those of its own.
func instanceTypes(parent string, ofParents []string) ([]string, bool) {
	ofServices := parent == "CloudService"
	if ofParents != nil && !ofServices {
		return ofParents, false
	}
	types := []string{}
	for _, kind := range model.AllInstanceType {
		if ofParents == nil || slices.Contains(ofParents, string(kind.CloudServiceType())) {
			types = append(types, string(kind))
		}
	}
	return types, ofServices
}

func (s *Source) estimate(q estimate.Question) estimate.Answer {
	key := Key{Type: model.InstanceType(q.Type)}
	list := estimate.List{Parameters: map[string]string{}, Shared: true, Certain: q.Certain}
	if within := q.Arguments.Within("filter.range"); within != nil {
		var err error
		if key.Span, err = s.Limit.Window(within, q.Now); err != nil || key.Empty() {
			return estimate.Answer{}
		}
		list.Shared, list.Parameters = false, estimate.SpanParameters(key.From, key.To)
	}
	if list.Shared {
		list.Key = key
	}
	list.Part, list.Parameters["resource_type"] = key.text(), q.Type
	_, list.Holding = s.Lists.Look(q.Scope, key)
	return list.Answer()
}

// EstimateTenant is the answer for the tenant zone's rows, which have no pages.
func (s *Source) EstimateTenant() estimate.Operation {
	return estimate.Operation{
		Types: func(_ string, ofParents []string) ([]string, bool) {
			if ofParents == nil {
				for _, kind := range model.AllTenantInstanceType {
					ofParents = append(ofParents, string(kind))
				}
			}
			return ofParents, false
		},
		Type: func(q estimate.Question) estimate.Answer {
			_, holding := s.Tenant.Look(q.Scope, model.TenantInstanceType(q.Type))
			parameters := map[string]string{"type": q.Type}
			return estimate.List{
				Part: q.Type, Parameters: parameters, Holding: holding, Shared: true,
				Certain: q.Certain, Key: model.TenantInstanceType(q.Type),
			}.Answer()
		},
	}
}
