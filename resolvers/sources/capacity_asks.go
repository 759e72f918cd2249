package sources

import (
	"slices"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the capacity of services, of pages with so many rows.
func (c *Capacity) Asks(pageRows int) asks.Operation {
	return asks.Operation{PageRows: pageRows, Types: servicesWithCapacity, Type: c.ask}
}

// servicesWithCapacity are those that parents may be of, all when that is not known.
func servicesWithCapacity(parent string, ofParents []string) ([]string, bool) {
	services := []string{}
	for _, service := range model.AllCloudServiceType {
		if HasCapacity(service) && (ofParents == nil || slices.Contains(ofParents, string(service))) {
			services = append(services, string(service))
		}
	}
	return services, parent == "CloudService"
}

func (c *Capacity) ask(q asks.Question) asks.Answer {
	service := model.CloudServiceType(q.Type)
	list := asks.List{Part: q.Type, Parameters: map[string]string{}, Shared: true, Certain: q.Certain}
	if within := q.Arguments.Within("range"); within != nil {
		span := RangeSpan(within, q.Now)
		list.Shared, list.Parameters = false, asks.SpanParameters(span.From, span.To)
		list.Part += " " + asks.SpanPart(span.From, span.To)
		_, list.Sight = c.ranges.Look(q.Scope, CapacityRange{Service: service, From: span.From, To: span.To})
	} else {
		_, list.Sight = c.snapshot.Look(cache.Key{Scope: q.Scope, Part: q.Type})
	}
	list.Parameters["service_type"] = CapacityWord(service)
	return list.Answer()
}
