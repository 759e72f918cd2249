package capacity

import (
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// AsksPhysical is the answer for the physical pools, of pages with so many rows.
func (s *Source) AsksPhysical(pageRows int) asks.Operation {
	return asks.Operation{PageRows: pageRows, List: s.askPhysical}
}

func (s *Source) askPhysical(q asks.Question) asks.Answer {
	list := asks.List{Shared: true, Certain: q.Certain}
	if within := q.Arguments.Within("range"); within != nil {
		span := SpanOf(within, q.Now)
		list.Shared, list.Part = false, asks.SpanPart(span.From, span.To)
		list.Parameters = asks.SpanParameters(span.From, span.To)
		_, list.Sight = s.PhysicalRanges.Look(q.Scope, span)
	} else {
		_, list.Sight = s.Physical.Look(q.Scope, struct{}{})
	}
	return list.Answer()
}
