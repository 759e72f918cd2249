package screens

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for a shared screen, whose id is a secret.
func Asks(set *cache.Set[string, *model.SharedScreen]) asks.Operation {
	ask := func(q asks.Question, share string) asks.Answer {
		_, sight := set.Look(q.Scope, share)
		parameters := map[string]string{"share_id": "[redacted]"}
		return asks.List{Part: share, Parameters: parameters, Sight: sight, Certain: q.Certain}.Answer()
	}
	return asks.Operation{
		Arguments: func(q asks.Question) asks.Answer { return ask(q, q.Arguments.Text("shareId")) },
		IDs: map[model.Kind]asks.Ask{
			model.KindSharedScreen: func(q asks.Question) asks.Answer { return ask(q, q.ID.Parts[0]) },
		},
	}
}
