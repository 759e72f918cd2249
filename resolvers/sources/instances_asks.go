package sources

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for metered instances, of pages with so many rows.
func (i *Instances) Asks(pageRows int) asks.Operation {
	return asks.Operation{
		PageRows: pageRows,
		Types:    instanceTypes,
		By:       asks.By{asks.PerType: i.ask},
		IDs: asks.IDs{
			model.KindInstance: func(q asks.Question) asks.Answer {
				if q.Type = q.ID.Parts[0]; !model.InstanceType(q.Type).IsValid() {
					return asks.Answer{}
				}
				q.Arguments = nil // those of the field concern ids
				return i.ask(q)
			},
		},
	}
}

// instanceTypes are the types of instances that parents may have, all when that is not known. A service surely has those of its own.
func instanceTypes(parent string, ofParents []string) ([]string, bool) {
	types := []string{}
	switch {
	case ofParents == nil:
		for _, kind := range model.AllInstanceType {
			types = append(types, string(kind))
		}
		return types, false
	case parent != "CloudService":
		return ofParents, false
	}
	for _, service := range ofParents {
		if kind, metered := model.CloudServiceType(service).InstanceType(); metered {
			types = append(types, string(kind))
		}
	}
	return types, true
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
	_, list.Sight = i.Look(q.Scope, key)
	return list.Answer()
}
