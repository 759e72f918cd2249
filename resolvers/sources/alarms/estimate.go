package alarms

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// Estimate is the answer for one of the two lists of alarms, of pages with so many rows.
func (s *Source) Estimate(pageRows int, source model.AlarmSource) estimate.Operation {
	operation := estimate.WholeList(pageRows, model.KindAlarm, func(scope string) cache.Holding {
		_, holding := s.Lists[source].Look(scope, struct{}{})
		return holding
	})
	operation.IDs[model.KindAlarm] = func(q estimate.Question) estimate.Answer {
		if q.ID.Parts[0] != string(source) {
			return estimate.Answer{}
		}
		return operation.List(q)
	}
	return operation
}
