package sources

import (
	"encoding/json"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for pay-per-use resources.
func (p *PayPerUse) Asks() asks.Operation {
	const pageRows, idsOfACall = 100, 50
	return asks.Operation{
		PageRows: pageRows,
		By: asks.By{
			asks.PerArguments: p.askList,
			asks.PerParent: func(q asks.Question) asks.Answer {
				keys := asks.NewKeys("by id", "")
				keys.Batch = q.Batch
				return keys.OfParents(q)
			},
		},
		IDs: asks.IDs{
			model.KindPayPerUseResource: func(q asks.Question) asks.Answer {
				customer := q.ID.Parts[0]
				if len(q.ID.Parts) > 2 { // it has no id of its own: all of the customer's are read
					sight := p.LookList(q.Scope, PayPerUseQuery{CustomerID: customer})
					return asks.List{Part: "list " + customer + " null", Sight: sight}.Answer()
				}
				key := PayPerUseKey{CustomerID: customer, ResourceID: q.ID.Parts[1]}
				answer := asks.OneKey("by id", "", key.CustomerID+" "+key.ResourceID, p.Look(q.Scope, key))
				answer.Keys[0].Batch = idsOfACall
				return answer
			},
		},
	}
}

func (p *PayPerUse) askList(q asks.Question) asks.Answer {
	filter, written := &model.PayPerUseResourceFilter{}, q.Arguments.Written("filter")
	if !q.Arguments.Given("filter") || json.Unmarshal([]byte(written), filter) != nil {
		filter = nil
	}
	if q.Arguments.NamesNone("filter.resourceIds") {
		return asks.Answer{}
	}
	if filter != nil && filter.EffectiveFrom != nil && filter.EffectiveTo != nil && filter.EffectiveFrom.After(*filter.EffectiveTo) {
		return asks.Answer{}
	}
	query, err := NewPayPerUseQuery(q.Arguments.Text("customerId"), filter)
	if err != nil {
		return asks.Answer{}
	}
	list := asks.List{
		Part: "list " + query.CustomerID + " " + written, Sight: p.LookList(q.Scope, query), Certain: q.Certain,
	}
	if query.IDs != "" {
		list.Pages = 1
	}
	return list.Answer()
}
