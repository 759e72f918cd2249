package sources

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the load-balancer clusters, of pages with so many rows.
func (l *LoadBalancers) Asks(pageRows int) asks.Operation {
	return asks.WholeList(pageRows, model.KindLoadBalancerCluster, func(scope string) cache.Sight {
		_, sight := l.snapshot.Look(cache.Key{Scope: scope})
		return sight
	})
}
