package devices

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the inventory, of pages with so many rows.
func (s *Source) Asks(pageRows int) asks.Operation {
	return asks.WholeList(pageRows, model.KindDevice, func(scope string) cache.Sight {
		_, sight := s.List.Look(scope, struct{}{})
		return sight
	})
}

// Count is how many devices there are; -1 while that is not known.
func (s *Source) Count(q asks.Question) int {
	if list, sight := s.List.Look(q.Scope, struct{}{}); q.Holds(sight) {
		return len(list.All)
	}
	return -1
}
