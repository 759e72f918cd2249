package sources

import "github.com/opsgraph/opsgraph/resolvers/sources/asks"

// Asks is the answer for the physical pools, of pages with so many rows.
func (p *Physical) Asks(pageRows int) asks.Operation {
	return asks.Operation{PageRows: pageRows, By: asks.By{asks.PerList: p.ask}}
}

func (p *Physical) ask(q asks.Question) asks.Answer {
	within := q.Arguments.Within("range")
	if within == nil {
		return asks.List{Sight: p.Look(q.Scope), Shared: true, Certain: q.Certain}.Answer()
	}
	span := RangeSpan(within, q.Now)
	return asks.List{
		Part: asks.SpanPart(span.From, span.To), Parameters: asks.SpanParameters(span.From, span.To),
		Sight: p.LookRange(q.Scope, span), Certain: q.Certain,
	}.Answer()
}
