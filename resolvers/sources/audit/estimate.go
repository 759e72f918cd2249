package audit

import (
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// Estimate is the answer for the audit log, of pages with so many rows.
func (s *Source) Estimate(pageRows int) estimate.Operation {
	return estimate.Operation{
		PageRows: pageRows,
		Arguments: func(q estimate.Question) estimate.Answer {
			days, some, err := s.DaysOf(q.Arguments.Within("filter.range"), s.Present(q.Now))
			return s.estimate(q, days, some && err == nil)
		},
		IDs: map[model.Kind]estimate.Func{model.KindAuditEvent: func(q estimate.Question) estimate.Answer {
			_, day, err := model.AuditEventKey(q.ID)
			days, possible := s.DaysAround(day, q.Now)
			return s.estimate(q, days, possible && err == nil)
		}},
	}
}

func (s *Source) estimate(q estimate.Question, days Days, possible bool) estimate.Answer {
	if !possible {
		return estimate.Answer{}
	}
	_, holding := s.Logs.Look(q.Scope, days)
	parameters := map[string]string{"from": days.First.Format(time.DateOnly), "to": days.Last.Format(time.DateOnly)}
	return estimate.List{Part: days.text(), Parameters: parameters, Holding: holding, Certain: q.Certain}.Answer()
}
