package capacity

import (
	"slices"
	"strconv"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// EstimateServices is the answer for the capacity of services, of pages with so many rows.
func (s *Source) EstimateServices(pageRows int) estimate.Operation {
	return estimate.Operation{PageRows: pageRows, Types: servicesWithCapacity, Type: s.estimateServices}
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

func (s *Source) estimateServices(q estimate.Question) estimate.Answer {
	if q.Arguments.Share("nearlyFull") > q.Arguments.Share("full") {
		return estimate.Answer{} // such a table is refused
	}
	service := model.CloudServiceType(q.Type)
	list := estimate.List{Part: q.Type, Parameters: map[string]string{}, Shared: true, Certain: q.Certain}
	if q.Parent == "AllocationCell" {
		list.Part += " history"
		list.Parameters["begin_time"] = strconv.FormatInt(historyStart(q.Now, s.zone).UnixMilli(), 10)
		_, list.Holding = s.Histories.Look(q.Scope, service)
	} else if within := q.Arguments.Within("range"); within != nil {
		span := SpanOf(within, q.Now)
		list.Shared, list.Parameters = false, estimate.SpanParameters(span.From, span.To)
		list.Part += " " + estimate.SpanPart(span.From, span.To)
		_, list.Holding = s.ServiceRanges.Look(q.Scope, Range{Service: service, Span: span})
	} else {
		list.Key = service
		_, list.Holding = s.Services.Look(q.Scope, service)
	}
	list.Parameters["service_type"] = s.word(service)
	return list.Answer()
}

// RefineCells adds to cells of a table that they are of its types.
func RefineCells(q estimate.Question, cells estimate.Objects) estimate.Objects {
	cells.Types = q.Parents.Types
	return cells
}

// EstimatePhysical is the answer for the physical pools, of pages with so many rows.
func (s *Source) EstimatePhysical(pageRows int) estimate.Operation {
	return estimate.Operation{PageRows: pageRows, List: s.estimatePhysical}
}

func (s *Source) estimatePhysical(q estimate.Question) estimate.Answer {
	list := estimate.List{Shared: true, Certain: q.Certain}
	if within := q.Arguments.Within("range"); within != nil {
		span := SpanOf(within, q.Now)
		list.Shared, list.Part = false, estimate.SpanPart(span.From, span.To)
		list.Parameters = estimate.SpanParameters(span.From, span.To)
		_, list.Holding = s.PhysicalRanges.Look(q.Scope, span)
	} else {
		list.Key = struct{}{}
		_, list.Holding = s.Physical.Look(q.Scope, struct{}{})
	}
	return list.Answer()
}
