package billing

import (
	"encoding/json"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for pay-per-use resources.
func (s *Source) Asks() asks.Operation {
	const pageRows, idsOfACall = 100, 50
	return asks.Operation{
		PageRows: pageRows, Arguments: s.ask,
		Parent: func(q asks.Question) asks.Answer {
			keys := asks.NewKeys("by id", "")
			keys.Batch = q.Batch
			return keys.OfParents(q)
		},
		IDs: map[model.Kind]asks.Ask{model.KindPayPerUseResource: func(q asks.Question) asks.Answer {
			customer, resource := q.ID.Parts[0], q.ID.Parts[1]
			if len(q.ID.Parts) > 2 { // the resource has no id of its own: all of the customer's are read
				return s.askList(q, Query{CustomerID: customer}, "null")
			}
			_, sight := s.ByID.Look(q.Scope, Key{CustomerID: customer, ResourceID: resource})
			answer := asks.OneKey("by id", "", customer+" "+resource, sight)
			answer.Keys[0].Batch = idsOfACall
			return answer
		}},
	}
}

func (s *Source) ask(q asks.Question) asks.Answer {
	var filter *model.PayPerUseResourceFilter
	written := q.Arguments.Written("filter")
	if json.Unmarshal([]byte(written), &filter) != nil {
		filter = nil
	}
	if q.Arguments.NamesNone("filter.resourceIds") {
		return asks.Answer{}
	}
	if filter != nil && filter.EffectiveFrom != nil && filter.EffectiveTo != nil &&
		filter.EffectiveFrom.After(*filter.EffectiveTo) {
		return asks.Answer{}
	}
	query, err := NewQuery(q.Arguments.Text("customerId"), filter)
	if err != nil {
		return asks.Answer{}
	}
	return s.askList(q, query, written)
}

func (s *Source) askList(q asks.Question, query Query, filter string) asks.Answer {
	list := asks.List{Part: "list " + query.CustomerID + " " + filter, Certain: q.Certain}
	if query.IDs != "" {
		list.Pages = 1
	}
	_, list.Sight = s.Lists.Look(q.Scope, query)
	return list.Answer()
}
