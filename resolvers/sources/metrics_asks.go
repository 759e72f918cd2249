package sources

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks are the answers for the samples of hosts, of their servers and of virtual machines, by operation.
func (m *Metrics) Asks(hosts asks.Hosts) map[string]asks.Operation {
	return map[string]asks.Operation{
		OperationHostMetrics: m.Hosts.askWindow("names", func(q asks.Question, keys asks.Keys, look func(string) cache.Sight) asks.Answer {
			keys.Parameter = "host_id"
			return keys.OfHosts(q, hosts, func(host *model.Host) string { return host.HostID }, look)
		}),
		OperationServerPerformance: m.Servers.askWindow("metrics", func(q asks.Question, keys asks.Keys, look func(string) cache.Sight) asks.Answer {
			keys.Parameter = "sn"
			return keys.OfHosts(q, hosts, func(host *model.Host) string { return text(host.SerialNumber) }, look)
		}),
		OperationMachineMetrics: m.Machines.askWindow("names", func(q asks.Question, keys asks.Keys, _ func(string) cache.Sight) asks.Answer {
			return keys.OfParents(q)
		}),
	}
}

// askWindow is the answer of a source whose argument names limits the series to some. ofParents are the keys of a window.
func (m *MetricSource) askWindow(
	names string, ofParents func(asks.Question, asks.Keys, func(id string) cache.Sight) asks.Answer,
) asks.Operation {
	return asks.Operation{By: asks.By{
		asks.PerParent: func(q asks.Question) asks.Answer {
			span, err := m.Limit.Window(q.Arguments.Within("range"), q.Now)
			if err != nil || span.Empty() || q.Arguments.NamesNone(names) {
				return asks.Answer{}
			}
			keys := asks.NewKeys(asks.SpanPart(span.From, span.To), "")
			keys.Calls, keys.Expected = q.CallsOfSpan(span.From, span.To)
			return ofParents(q, keys, func(id string) cache.Sight { return m.Look(q.Scope, MetricKey{ID: id, Span: span}) })
		},
	}}
}
