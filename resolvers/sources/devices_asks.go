package sources

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the inventory, of pages with so many rows.
func (d *Devices) Asks(pageRows int) asks.Operation {
	return asks.WholeList(pageRows, model.KindDevice, func(scope string) cache.Sight {
		_, sight := d.snapshot.Look(cache.Key{Scope: scope})
		return sight
	})
}

// Count is how many devices there are; -1 while that is not known.
func (d *Devices) Count(q asks.Question) int {
	if list, sight := d.snapshot.Look(cache.Key{Scope: q.Scope}); q.Holds(sight) {
		return len(list.All)
	}
	return -1
}
