package instances

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// AsksTenant is the answer for the tenant zone's rows, which have no pages.
func (s *Source) AsksTenant() asks.Operation {
	return asks.Operation{
		Types: func(_ string, ofParents []string) ([]string, bool) {
			if ofParents == nil {
				for _, kind := range model.AllTenantInstanceType {
					ofParents = append(ofParents, string(kind))
				}
			}
			return ofParents, false
		},
		Type: func(q asks.Question) asks.Answer {
			_, sight := s.Tenant.Look(q.Scope, model.TenantInstanceType(q.Type))
			parameters := map[string]string{"type": q.Type}
			return asks.List{Part: q.Type, Parameters: parameters, Sight: sight, Shared: true, Certain: q.Certain}.Answer()
		},
	}
}
