package devices

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// AsksClusters is the answer for the load-balancer clusters, of pages with so many rows.
func (s *Source) AsksClusters(pageRows int) asks.Operation {
	return asks.WholeList(pageRows, model.KindLoadBalancerCluster, func(scope string) cache.Sight {
		_, sight := s.Clusters.Look(scope, struct{}{})
		return sight
	})
}
