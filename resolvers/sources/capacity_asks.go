package sources

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the capacity of services, of pages with so many rows.
func (c *Capacity) Asks(pageRows int) asks.Operation {
	return asks.Operation{
		PageRows: pageRows,
		Types: func(parent string, ofParents []string) ([]string, bool) {
			if ofParents == nil {
				for _, service := range model.AllCloudServiceType {
					ofParents = append(ofParents, string(service))
				}
			}
			return slices.DeleteFunc(slices.Clone(ofParents), func(service string) bool {
				return !HasCapacity(model.CloudServiceType(service))
			}), parent == "CloudService"
		},
		By: asks.By{asks.PerType: c.ask},
	}
}

func (c *Capacity) ask(q asks.Question) asks.Answer {
	service := model.CloudServiceType(q.Type)
	list := asks.List{Part: q.Type, Parameters: map[string]string{}, Certain: q.Certain}
	if within := q.Arguments.Within("range"); within != nil {
		span := RangeSpan(within, q.Now)
		list.Part, list.Parameters = q.Type+" "+asks.SpanPart(span.From, span.To), asks.SpanParameters(span.From, span.To)
		list.Sight = c.LookRange(q.Scope, CapacityRange{Service: service, From: span.From, To: span.To})
	} else {
		list.Shared, list.Sight = true, c.Look(q.Scope, service)
	}
	list.Parameters["service_type"] = CapacityWord(service)
	return list.Answer()
}
