package billing

import (
	"encoding/json"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// Estimate is the answer for pay-per-use resources.
func (s *Source) Estimate() estimate.Operation {
	const pageRows = 100
	return estimate.Operation{
		PageRows: pageRows, Arguments: s.estimate,
		Parent: func(q estimate.Question) estimate.Answer {
			keys := estimate.NewKeys("by id", "")
			keys.Batch = q.Batch
			return keys.OfParents(q)
		},
		IDs: map[model.Kind]estimate.Func{model.KindPayPerUseResource: func(q estimate.Question) estimate.Answer {
			customer, resource := q.ID.Parts[0], q.ID.Parts[1]
			if len(q.ID.Parts) > 2 { // the resource has no id of its own: all of the customer's are read
				return s.estimateList(q, Query{CustomerID: customer}, "null")
			}
			_, holding := s.ByID.Look(q.Scope, Key{CustomerID: customer, ResourceID: resource})
			answer := estimate.OneKey("by id", "", customer+" "+resource, holding)
			answer.Keys[0].Batch = idsOfACall
			return answer
		}},
	}
}

func (s *Source) estimate(q estimate.Question) estimate.Answer {
	var filter *model.PayPerUseResourceFilter
	written := q.Arguments.Written("filter")
	if json.Unmarshal([]byte(written), &filter) != nil {
		filter = nil
	}
	if q.Arguments.NamesNone("filter.resourceIds") {
		return estimate.Answer{}
	}
	if filter != nil && filter.EffectiveFrom != nil && filter.EffectiveTo != nil &&
		filter.EffectiveFrom.After(*filter.EffectiveTo) {
		return estimate.Answer{}
	}
	query, err := NewQuery(q.Arguments.Text("customerId"), filter)
	if err != nil {
		return estimate.Answer{}
	}
	return s.estimateList(q, query, written)
}

func (s *Source) estimateList(q estimate.Question, query Query, filter string) estimate.Answer {
	list := estimate.List{Part: "list " + query.CustomerID + " " + filter, Certain: q.Certain}
	if query.IDs != "" {
		list.Pages = 1
	}
	_, list.Holding = s.Lists.Look(q.Scope, query)
	return list.Answer()
}
