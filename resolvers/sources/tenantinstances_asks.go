package sources

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the tenant zone's rows, which have no pages.
func (t *TenantInstances) Asks() asks.Operation {
	return asks.Operation{
		Types: func(_ string, ofParents []string) ([]string, bool) {
			if ofParents == nil {
				for _, kind := range model.AllTenantInstanceType {
					ofParents = append(ofParents, string(kind))
				}
			}
			return ofParents, false
		},
		By: asks.By{
			asks.PerType: func(q asks.Question) asks.Answer {
				return asks.List{
					Part: q.Type, Parameters: map[string]string{"type": q.Type},
					Sight: t.Look(q.Scope, model.TenantInstanceType(q.Type)), Shared: true, Certain: q.Certain,
				}.Answer()
			},
		},
	}
}
