package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// BusiestHosts are the first of the hosts that pass a filter, in the order of a figure of their servers.
func (s *Set) BusiestHosts(
	ctx context.Context, metric model.HostUtilizationMetric, by model.HostRankBy, filter *model.HostFilter, first int,
) (*model.HostRanking, error) {
	l, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	figures, err := list(ctx, s, s.sources.Metrics.Boards, struct{}{})
	if err != nil {
		return nil, err
	}
	return sources.RankHosts(figures, l, hosts.Filter(filter), metric, by).First(first), nil
}
