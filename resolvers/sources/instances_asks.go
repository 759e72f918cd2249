package sources

import (
	"slices"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for metered instances, of pages with so many rows.
func (i *Instances) Asks(pageRows int) asks.Operation {
	return asks.Operation{
		PageRows: pageRows, Types: instanceTypes, Type: i.ask,
		IDs: map[model.Kind]asks.Ask{model.KindInstance: func(q asks.Question) asks.Answer {
			if q.Type = q.ID.Type(); !model.InstanceType(q.Type).IsValid() {
				return asks.Answer{}
			}
			return i.ask(q)
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

func (i *Instances) ask(q asks.Question) asks.Answer {
	key := InstanceKey{Type: model.InstanceType(q.Type)}
	list := asks.List{Parameters: map[string]string{}, Shared: true, Certain: q.Certain}
	if within := q.Arguments.Within("filter.range"); within != nil {
		var err error
		if key.Span, err = i.Limit.Window(within, q.Now); err != nil || key.Empty() {
			return asks.Answer{}
		}
		list.Shared, list.Parameters = false, asks.SpanParameters(key.From, key.To)
	}
	list.Part, list.Parameters["resource_type"] = key.part(), q.Type
	_, list.Sight = i.snapshot.Look(cache.Key{Scope: q.Scope, Part: list.Part})
	return list.Answer()
}
