package instances

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for metered instances, of pages with so many rows.
func (s *Source) Asks(pageRows int) asks.Operation {
	return asks.Operation{
		PageRows: pageRows, Types: instanceTypes, Type: s.ask,
		IDs: map[model.Kind]asks.Ask{model.KindInstance: func(q asks.Question) asks.Answer {
			if q.Type = q.ID.Type(); !model.InstanceType(q.Type).IsValid() {
				return asks.Answer{}
			}
			return s.ask(q)
		}},
	}
}

// instanceTypes are the types of instances that parents may have, all when that is not known. A service surely has
// those of its own.
func instanceTypes(parent string, ofParents []string) ([]string, bool) {
	ofServices := parent == "CloudService"
	if ofParents != nil && !ofServices {
		return ofParents, false
	}
	types := []string{}
	for _, kind := range model.AllInstanceType {
		if ofParents == nil || slices.Contains(ofParents, string(kind.CloudServiceType())) {
			types = append(types, string(kind))
		}
	}
	return types, ofServices
}

func (s *Source) ask(q asks.Question) asks.Answer {
	key := Key{Type: model.InstanceType(q.Type)}
	list := asks.List{Parameters: map[string]string{}, Shared: true, Certain: q.Certain}
	if within := q.Arguments.Within("filter.range"); within != nil {
		var err error
		if key.Span, err = s.Limit.Window(within, q.Now); err != nil || key.Empty() {
			return asks.Answer{}
		}
		list.Shared, list.Parameters = false, asks.SpanParameters(key.From, key.To)
	}
	list.Part, list.Parameters["resource_type"] = key.text(), q.Type
	_, list.Sight = s.Lists.Look(q.Scope, key)
	return list.Answer()
}
