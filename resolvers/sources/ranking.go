package sources

import (
	"cmp"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
)

// RankHosts puts the hosts that pass a filter in the order of a figure of their servers, greatest first, ties by id:
// once for the same question to one generation of both lists.
func RankHosts(
	figures *metrics.BoardList, list *hosts.List, f dataset.Filter[*model.Host],
	metric model.HostUtilizationMetric, by model.HostRankBy,
) *model.HostRanking {
	asked, kept := list.Selected(list.Whole(), f, hosts.OrderOf(nil))
	if !kept {
		return rank(figures, asked, metric, by)
	}
	rankings := figures.Rankings.Of(list, func() *dataset.Kept[metrics.RankingKey, *model.HostRanking] {
		return &dataset.Kept[metrics.RankingKey, *model.HostRanking]{}
	})
	key := metrics.RankingKey{Metric: metric, By: by, Of: dataset.PlaceOf(asked)}
	if ranking, ok := rankings.Get(key); ok {
		return ranking
	}
	ranking, _ := rankings.Put(key, rank(figures, asked, metric, by), len(asked), 2*list.MostKept())
	return ranking
}

func rank(
	figures *metrics.BoardList, asked []*model.Host, metric model.HostUtilizationMetric, by model.HostRankBy,
) *model.HostRanking {
	ranking := &model.HostRanking{Hosts: []*model.HostUtilization{}, Window: figures.Window}
	for _, host := range asked {
		figure, known := figures.Of(dataset.Text(host.SerialNumber), metric)
		if !known {
			ranking.LeftOut++
			continue
		}
		ranking.Hosts = append(ranking.Hosts, &model.HostUtilization{
			Host: host, Value: figure.By(by), Unit: metric.Unit(), ObservedAt: figure.At, Samples: figure.Samples,
		})
		if ranking.OldestObservedAt == nil || figure.At.Before(*ranking.OldestObservedAt) {
			ranking.OldestObservedAt = &figure.At
		}
	}
	slices.SortFunc(ranking.Hosts, func(a, b *model.HostUtilization) int {
		return cmp.Or(cmp.Compare(b.Value, a.Value), strings.Compare(a.Host.HostID, b.Host.HostID))
	})
	for i, one := range ranking.Hosts {
		one.Rank = i + 1
	}
	ranking.Ranked = len(ranking.Hosts)
	return ranking
}
