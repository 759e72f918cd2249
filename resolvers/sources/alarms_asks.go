package sources

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for one of the two lists of alarms, of pages with so many rows.
func (a *Alarms) Asks(pageRows int, source model.AlarmSource) asks.Operation {
	whole := func(q asks.Question) asks.Answer {
		return asks.List{Sight: a.Look(q.Scope, source), Shared: true, Certain: q.Certain}.Answer()
	}
	return asks.Operation{
		PageRows: pageRows,
		By:       asks.By{asks.PerList: whole},
		IDs: asks.IDs{
			model.KindAlarm: func(q asks.Question) asks.Answer {
				if model.AlarmSource(q.ID.Parts[0]) != source {
					return asks.Answer{}
				}
				return whole(q)
			},
		},
	}
}
