package metrics

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// Estimates are the answers for the samples of hosts, of their servers and of virtual machines, by operation; those of
// all servers have pages with so many rows.
func (s *Source) Estimates(pageRows int, hosts estimate.Hosts) map[string]estimate.Operation {
	hostID := func(host *model.Host) string { return host.HostID }
	serial := func(host *model.Host) string { return dataset.Text(host.SerialNumber) }
	return map[string]estimate.Operation{
		OperationHosts: {Parent: s.Hosts.estimateOfHosts(hosts, "names", "host_id", hostID)},
		OperationServers: {
			PageRows: pageRows, List: s.estimateBoards,
			Parent: s.Servers.estimateOfHosts(hosts, "metrics", "sn", serial),
		},
		OperationMachines: {Parent: func(q estimate.Question) estimate.Answer {
			keys, _, some := s.Machines.window(q, "names", "")
			if !some {
				return estimate.Answer{}
			}
			return keys.OfParents(q)
		}},
	}
}

func (s *Source) estimateBoards(q estimate.Question) estimate.Answer {
	_, holding := s.Boards.Look(q.Scope, struct{}{})
	return estimate.List{Holding: holding, Shared: true, Certain: q.Certain, Key: struct{}{}}.Answer()
}

// estimateOfHosts is the answer for windows of hosts, of those series that the argument names gives. A host without a
// key has no samples.
func (k *Kind) estimateOfHosts(hosts estimate.Hosts, names, parameter string,
	keyOf func(*model.Host) string,
) estimate.Func {
	return func(q estimate.Question) estimate.Answer {
		keys, span, some := k.window(q, names, parameter)
		if !some {
			return estimate.Answer{}
		}
		return keys.OfHosts(q, hosts, func(keys estimate.Keys, host *model.Host) {
			if id := keyOf(host); id != "" {
				_, keys.Holdings[id] = k.Windows.Look(q.Scope, Key{ID: id, Span: span})
			}
		})
	}
}

// window is the set of keys of a window; false when nothing is read.
func (k *Kind) window(q estimate.Question, names, parameter string) (estimate.Keys, dataset.Span, bool) {
	span, err := k.Limit.Window(q.Arguments.Within("range"), q.Now)
	if err != nil || span.Empty() || q.Arguments.NamesNone(names) {
		return estimate.Keys{}, span, false
	}
	keys := estimate.NewKeys(estimate.SpanPart(span.From, span.To), parameter)
	keys.Calls, keys.Expected = q.CallsOfSpan(span.From, span.To)
	return keys, span, true
}

// Estimate is the answer for the metrics of network devices, of pages with so many rows. devices is how many there are;
// -1 when not known.
func (n *Network) Estimate(pageRows int, devices func(estimate.Question) int) estimate.Operation {
	return estimate.Operation{
		PageRows: pageRows, Arguments: n.estimate,
		Parent: func(q estimate.Question) estimate.Answer {
			span, err := n.OneDevice.Window(q.Arguments.Within("range"), q.Now)
			if err != nil || span.Empty() || q.Arguments.NamesNone("metrics") {
				return estimate.Answer{}
			}
			keys := estimate.NewKeys("of devices "+estimate.SpanPart(span.From, span.To), "")
			keys.Calls, keys.Expected = q.CallsOfSpan(span.From, span.To)
			keys.Ceiling = devices(q)
			return keys.OfParents(q)
		},
	}
}

func (n *Network) estimate(q estimate.Question) estimate.Answer {
	key := NetworkKey{Address: q.Arguments.Text("managementIp")}
	limit := n.AllDevices
	if key.Address != "" {
		limit = n.OneDevice
	}
	if metric := q.Arguments.Text("metric"); metric != "" {
		key.Metric = model.NetworkMetric(metric).Code()
	}
	var err error
	if key.Span, err = limit.Window(q.Arguments.Within("range"), q.Now); err != nil || key.Empty() {
		return estimate.Answer{}
	}
	list := estimate.List{
		Part:       estimate.SpanPart(key.From, key.To) + " " + key.Address + " " + key.Metric,
		Parameters: estimate.SpanParameters(key.From, key.To), Certain: q.Certain,
	}
	for name, value := range map[string]string{"management_ip": key.Address, "metric": key.Metric} {
		if value != "" {
			list.Parameters[name] = value
		}
	}
	if q.Minutes > 0 {
		list.Pages, _ = q.CallsOfSpan(key.From, key.To)
	}
	_, list.Holding = n.Windows.Look(q.Scope, key)
	return list.Answer()
}
