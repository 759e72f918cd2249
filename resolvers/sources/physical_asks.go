package sources

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the physical pools, of pages with so many rows.
func (p *Physical) Asks(pageRows int) asks.Operation {
	return asks.Operation{PageRows: pageRows, List: p.ask}
}

func (p *Physical) ask(q asks.Question) asks.Answer {
	list := asks.List{Shared: true, Certain: q.Certain}
	if within := q.Arguments.Within("range"); within != nil {
		span := RangeSpan(within, q.Now)
		list.Shared, list.Part = false, asks.SpanPart(span.From, span.To)
		list.Parameters = asks.SpanParameters(span.From, span.To)
		_, list.Sight = p.ranges.Look(q.Scope, span)
	} else {
		_, list.Sight = p.snapshot.Look(cache.Key{Scope: q.Scope})
	}
	return list.Answer()
}
