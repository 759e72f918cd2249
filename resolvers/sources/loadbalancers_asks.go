package sources

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the load-balancer clusters, of pages with so many rows.
func (l *LoadBalancers) Asks(pageRows int) asks.Operation {
	whole := func(q asks.Question) asks.Answer {
		return asks.List{Sight: l.Look(q.Scope), Shared: true, Certain: q.Certain}.Answer()
	}
	return asks.Operation{
		PageRows: pageRows,
		By:       asks.By{asks.PerList: whole},
		IDs:      asks.IDs{model.KindLoadBalancerCluster: whole},
	}
}
