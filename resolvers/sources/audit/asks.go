package audit

import (
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the audit log, of pages with so many rows.
func (s *Source) Asks(pageRows int) asks.Operation {
	return asks.Operation{
		PageRows: pageRows,
		Arguments: func(q asks.Question) asks.Answer {
			days, some, err := s.DaysOf(q.Arguments.Within("filter.range"), q.Now)
			return s.ask(q, days, some && err == nil)
		},
		IDs: map[model.Kind]asks.Ask{model.KindAuditEvent: func(q asks.Question) asks.Answer {
			_, day, err := model.AuditEventKey(q.ID)
			days, possible := s.DaysAround(day, q.Now)
			return s.ask(q, days, possible && err == nil)
		}},
	}
}

func (s *Source) ask(q asks.Question, days Days, possible bool) asks.Answer {
	if !possible {
		return asks.Answer{}
	}
	_, sight := s.Logs.Look(q.Scope, days)
	parameters := map[string]string{"from": days.First.Format(time.DateOnly), "to": days.Last.Format(time.DateOnly)}
	return asks.List{Part: days.text(), Parameters: parameters, Sight: sight, Certain: q.Certain}.Answer()
}
