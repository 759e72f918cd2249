package devices

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// Estimate is the answer for the inventory, of pages with so many rows.
func (s *Source) Estimate(pageRows int) estimate.Operation {
	return estimate.WholeList(pageRows, model.KindDevice, func(scope string) cache.Holding {
		_, holding := s.List.Look(scope, struct{}{})
		return holding
	})
}

// Count is how many devices there are; -1 while that is not known.
func (s *Source) Count(q estimate.Question) int {
	if list, holding := s.List.Look(q.Scope, struct{}{}); q.Counts(holding) {
		return len(list.All)
	}
	return -1
}

// EstimateClusters is the answer for the load-balancer clusters, of pages with so many rows.
func (s *Source) EstimateClusters(pageRows int) estimate.Operation {
	return estimate.WholeList(pageRows, model.KindLoadBalancerCluster, func(scope string) cache.Holding {
		_, holding := s.Clusters.Look(scope, struct{}{})
		return holding
	})
}
