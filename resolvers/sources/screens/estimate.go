package screens

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// Estimate is the answer for a shared screen, whose id is a secret.
func Estimate(set cache.Set[string, *model.SharedScreen]) estimate.Operation {
	ask := func(q estimate.Question, share string) estimate.Answer {
		_, holding := set.Look(q.Scope, share)
		parameters := map[string]string{"share_id": "[redacted]"}
		return estimate.List{Part: share, Parameters: parameters, Holding: holding, Certain: q.Certain}.Answer()
	}
	return estimate.Operation{
		Arguments: func(q estimate.Question) estimate.Answer { return ask(q, q.Arguments.Text("shareId")) },
		IDs: map[model.Kind]estimate.Func{
			model.KindSharedScreen: func(q estimate.Question) estimate.Answer { return ask(q, q.ID.Parts[0]) },
		},
	}
}
