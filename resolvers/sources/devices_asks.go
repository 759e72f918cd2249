package sources

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the inventory, of pages with so many rows.
func (d *Devices) Asks(pageRows int) asks.Operation {
	whole := func(q asks.Question) asks.Answer {
		_, sight := d.Look(q.Scope)
		return asks.List{Sight: sight, Shared: true, Certain: q.Certain}.Answer()
	}
	return asks.Operation{
		PageRows: pageRows,
		By:       asks.By{asks.PerList: whole},
		IDs:      asks.IDs{model.KindDevice: whole},
	}
}

// Count is how many devices there are; -1 while that is not known.
func (d *Devices) Count(q asks.Question) int {
	list, sight := d.Look(q.Scope)
	if !q.Holds(sight) {
		return -1
	}
	return len(list.All)
}
