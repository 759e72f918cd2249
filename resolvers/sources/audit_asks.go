package sources

import (
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the audit log, of pages with so many rows.
func (a *Audit) Asks(pageRows int) asks.Operation {
	return asks.Operation{
		PageRows: pageRows,
		By: asks.By{
			asks.PerArguments: func(q asks.Question) asks.Answer {
				days, some, err := a.Days(q.Arguments.Within("filter.range"), q.Now)
				return a.ask(q, days, some && err == nil)
			},
		},
		IDs: asks.IDs{
			model.KindAuditEvent: func(q asks.Question) asks.Answer {
				_, day, err := model.AuditEventKey(q.ID)
				days, possible := a.DaysAround(day, q.Now)
				return a.ask(q, days, possible && err == nil)
			},
		},
	}
}

func (a *Audit) ask(q asks.Question, days AuditDays, possible bool) asks.Answer {
	if !possible {
		return asks.Answer{}
	}
	return asks.List{
		Part: days.text(), Sight: a.Look(q.Scope, days), Certain: q.Certain,
		Parameters: map[string]string{"from": days.First.Format(time.DateOnly), "to": days.Last.Format(time.DateOnly)},
	}.Answer()
}
