package capacity

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// AsksServices is the answer for the capacity of services, of pages with so many rows.
func (s *Source) AsksServices(pageRows int) asks.Operation {
	return asks.Operation{PageRows: pageRows, Types: servicesWithCapacity, Type: s.askServices}
}

// servicesWithCapacity are those that parents may be of, all when that is not known.
func servicesWithCapacity(parent string, ofParents []string) ([]string, bool) {
	services := []string{}
	for _, service := range model.AllCloudServiceType {
		if Has(service) && (ofParents == nil || slices.Contains(ofParents, string(service))) {
			services = append(services, string(service))
		}
	}
	return services, parent == "CloudService"
}

func (s *Source) askServices(q asks.Question) asks.Answer {
	service := model.CloudServiceType(q.Type)
	list := asks.List{Part: q.Type, Parameters: map[string]string{}, Shared: true, Certain: q.Certain}
	if within := q.Arguments.Within("range"); within != nil {
		span := SpanOf(within, q.Now)
		list.Shared, list.Parameters = false, asks.SpanParameters(span.From, span.To)
		list.Part += " " + asks.SpanPart(span.From, span.To)
		_, list.Sight = s.ServiceRanges.Look(q.Scope, Range{Service: service, Span: span})
	} else {
		_, list.Sight = s.Services.Look(q.Scope, service)
	}
	list.Parameters["service_type"] = Word(service)
	return list.Answer()
}
