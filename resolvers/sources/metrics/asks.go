package metrics

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Asks are the answers for the samples of hosts, of their servers and of virtual machines, by operation.
func (s *Source) Asks(hosts asks.Hosts) map[string]asks.Operation {
	hostID := func(host *model.Host) string { return host.HostID }
	serial := func(host *model.Host) string { return dataset.Text(host.SerialNumber) }
	return map[string]asks.Operation{
		OperationHosts:   {Parent: s.Hosts.askOfHosts(hosts, "names", "host_id", hostID)},
		OperationServers: {Parent: s.Servers.askOfHosts(hosts, "metrics", "sn", serial)},
		OperationMachines: {Parent: func(q asks.Question) asks.Answer {
			keys, _, some := s.Machines.window(q, "names", "")
			if !some {
				return asks.Answer{}
			}
			return keys.OfParents(q)
		}},
	}
}

// askOfHosts is the answer for windows of hosts, of those series that the argument names gives. A host without a key
// has no samples.
func (k *Kind) askOfHosts(hosts asks.Hosts, names, parameter string, keyOf func(*model.Host) string) asks.Ask {
	return func(q asks.Question) asks.Answer {
		keys, span, some := k.window(q, names, parameter)
		if !some {
			return asks.Answer{}
		}
		return keys.OfHosts(q, hosts, func(keys asks.Keys, host *model.Host) {
			if id := keyOf(host); id != "" {
				_, keys.Sights[id] = k.Windows.Look(q.Scope, Key{ID: id, Span: span})
			}
		})
	}
}

// window is the set of keys of a window; false when nothing is read.
func (k *Kind) window(q asks.Question, names, parameter string) (asks.Keys, dataset.Span, bool) {
	span, err := k.Limit.Window(q.Arguments.Within("range"), q.Now)
	if err != nil || span.Empty() || q.Arguments.NamesNone(names) {
		return asks.Keys{}, span, false
	}
	keys := asks.NewKeys(asks.SpanPart(span.From, span.To), parameter)
	keys.Calls, keys.Expected = q.CallsOfSpan(span.From, span.To)
	return keys, span, true
}
