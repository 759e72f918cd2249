package sources

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the machines of hosts. A search for the host of a machine asks for those of mostSearched
// hosts.
func (v *VirtualMachines) Asks(hosts asks.Hosts, mostSearched int) asks.Operation {
	return asks.Operation{
		Parent: func(q asks.Question) asks.Answer {
			return asks.NewKeys("", "host_id").OfHosts(q, hosts, func(keys asks.Keys, host *model.Host) {
				_, keys.Sights[host.HostID] = v.byHost.Look(q.Scope, host.HostID)
			})
		},
		Region: func(q asks.Question) asks.Answer { return v.askSearch(q, hosts, mostSearched) },
		IDs: map[model.Kind]asks.Ask{model.KindVirtualMachine: func(q asks.Question) asks.Answer {
			_, sight := v.byHost.Look(q.Scope, q.ID.Parts[0])
			return asks.OneKey("", "host_id", q.ID.Parts[0], sight)
		}},
	}
}

// askSearch asks for the machines of the hosts of the parents' regions.
func (v *VirtualMachines) askSearch(q asks.Question, hosts asks.Hosts, most int) asks.Answer {
	if len(q.Parents.Types) > 0 && !slices.Contains(q.Parents.Types, string(model.InstanceTypeEcs)) {
		return asks.Answer{} // only ECS instances are machines
	}
	keys := asks.NewKeys("", "host_id")
	keys.Most = most
	all, held := hosts(q, nil)
	if !held {
		keys.Unknown = q.Calls
		return keys.Answer()
	}
	keys.Ceiling = len(all)
	searched, _ := hosts(q, q.Parents.Regions)
	for _, host := range searched {
		_, keys.Searched[host.HostID] = v.byHost.Look(q.Scope, host.HostID)
	}
	return keys.Answer()
}
