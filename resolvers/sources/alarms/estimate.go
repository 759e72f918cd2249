package alarms

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// Estimate is the answer for one of the two lists of alarms, of pages with so many rows.
func (s *Source) Estimate(pageRows int, source model.AlarmSource) estimate.Operation {
	list := func(q estimate.Question) estimate.Answer { return s.estimate(source, q) }
	return estimate.Operation{
		PageRows: pageRows, List: list,
		IDs: map[model.Kind]estimate.Func{model.KindAlarm: func(q estimate.Question) estimate.Answer {
			if q.ID.Parts[0] != string(source) {
				return estimate.Answer{}
			}
			return s.list(source, dataset.Span{}, q).Answer()
		}},
	}
}

func (s *Source) estimate(source model.AlarmSource, q estimate.Question) estimate.Answer {
	days, some, err := s.SpanOf(q.Arguments.Within("filter.range"), q.Now)
	if err != nil || !some {
		return estimate.Answer{}
	}
	return s.list(source, days, q).Answer()
}

func (s *Source) list(source model.AlarmSource, days dataset.Span, q estimate.Question) estimate.List {
	list := estimate.List{Part: keyOf(days), Shared: days.From.IsZero(), Certain: q.Certain}
	if list.Shared {
		list.Key = days
	} else {
		list.Parameters = estimate.SpanParameters(days.From, days.To)
	}
	_, list.Holding = s.Lists[source].Look(q.Scope, days)
	return list
}
