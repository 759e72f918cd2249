package sources

import (
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the audit log, of pages with so many rows.
func (a *Audit) Asks(pageRows int) asks.Operation {
	return asks.Operation{
		PageRows: pageRows,
		Arguments: func(q asks.Question) asks.Answer {
			days, some, err := a.Days(q.Arguments.Within("filter.range"), q.Now)
			return a.ask(q, days, some && err == nil)
		},
		IDs: map[model.Kind]asks.Ask{model.KindAuditEvent: func(q asks.Question) asks.Answer {
			_, day, err := model.AuditEventKey(q.ID)
			days, possible := a.DaysAround(day, q.Now)
			return a.ask(q, days, possible && err == nil)
		}},
	}
}

func (a *Audit) ask(q asks.Question, days AuditDays, possible bool) asks.Answer {
	if !possible {
		return asks.Answer{}
	}
	_, sight := a.snapshot.Look(cache.Key{Scope: q.Scope, Part: days.text()})
	parameters := map[string]string{"from": days.First.Format(time.DateOnly), "to": days.Last.Format(time.DateOnly)}
	return asks.List{Part: days.text(), Parameters: parameters, Sight: sight, Certain: q.Certain}.Answer()
}
