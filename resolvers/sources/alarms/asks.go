package alarms

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for one of the two lists of alarms, of pages with so many rows.
func (s *Source) Asks(pageRows int, source model.AlarmSource) asks.Operation {
	operation := asks.WholeList(pageRows, model.KindAlarm, func(scope string) cache.Sight {
		_, sight := s.Lists[source].Look(scope, struct{}{})
		return sight
	})
	operation.IDs[model.KindAlarm] = func(q asks.Question) asks.Answer {
		if q.ID.Parts[0] != string(source) {
			return asks.Answer{}
		}
		return operation.List(q)
	}
	return operation
}
