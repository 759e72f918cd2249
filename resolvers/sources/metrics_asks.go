package sources

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks are the answers for the samples of hosts, of their servers and of virtual machines, by operation.
func (m *Metrics) Asks(hosts asks.Hosts) map[string]asks.Operation {
	hostID := func(host *model.Host) string { return host.HostID }
	serial := func(host *model.Host) string { return text(host.SerialNumber) }
	return map[string]asks.Operation{
		OperationHostMetrics:       {Parent: m.Hosts.askOfHosts(hosts, "names", "host_id", hostID)},
		OperationServerPerformance: {Parent: m.Servers.askOfHosts(hosts, "metrics", "sn", serial)},
		OperationMachineMetrics: {Parent: func(q asks.Question) asks.Answer {
			keys, _, some := m.Machines.window(q, "names", "")
			if !some {
				return asks.Answer{}
			}
			return keys.OfParents(q)
		}},
	}
}

// askOfHosts is the answer for windows of hosts, of those series that the argument names gives. A host without a key
// has no samples.
func (m *MetricSource) askOfHosts(hosts asks.Hosts, names, parameter string, keyOf func(*model.Host) string) asks.Ask {
	return func(q asks.Question) asks.Answer {
		keys, span, some := m.window(q, names, parameter)
		if !some {
			return asks.Answer{}
		}
		return keys.OfHosts(q, hosts, func(keys asks.Keys, host *model.Host) {
			if id := keyOf(host); id != "" {
				keys.Sights[id] = m.look(q.Scope, MetricKey{ID: id, Span: span})
			}
		})
	}
}

// window is the set of keys of a window; false when nothing is read.
func (m *MetricSource) window(q asks.Question, names, parameter string) (asks.Keys, Span, bool) {
	span, err := m.Limit.Window(q.Arguments.Within("range"), q.Now)
	if err != nil || span.Empty() || q.Arguments.NamesNone(names) {
		return asks.Keys{}, span, false
	}
	keys := asks.NewKeys(asks.SpanPart(span.From, span.To), parameter)
	keys.Calls, keys.Expected = q.CallsOfSpan(span.From, span.To)
	return keys, span, true
}
