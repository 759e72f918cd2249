package hosts

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// AsksMachines is the answer for the machines of hosts. A search for the host of a machine asks for those of
// PlacementHosts hosts.
func (s *Source) AsksMachines() asks.Operation {
	return asks.Operation{
		Parent: func(q asks.Question) asks.Answer {
			return asks.NewKeys("", "host_id").OfHosts(q, s.InRegions, func(keys asks.Keys, host *model.Host) {
				_, keys.Sights[host.HostID] = s.Machines.Look(q.Scope, host.HostID)
			})
		},
		Region: s.askSearch,
		IDs: map[model.Kind]asks.Ask{model.KindVirtualMachine: func(q asks.Question) asks.Answer {
			_, sight := s.Machines.Look(q.Scope, q.ID.Parts[0])
			return asks.OneKey("", "host_id", q.ID.Parts[0], sight)
		}},
	}
}

// askSearch asks for the machines of the hosts of the parents' regions.
func (s *Source) askSearch(q asks.Question) asks.Answer {
	if len(q.Parents.Types) > 0 && !slices.Contains(q.Parents.Types, string(model.InstanceTypeEcs)) {
		return asks.Answer{} // only ECS instances are machines
	}
	keys := asks.NewKeys("", "host_id")
	keys.Most = s.PlacementHosts
	all, held := s.InRegions(q, nil)
	if !held {
		keys.Unknown = q.Calls
		return keys.Answer()
	}
	keys.Ceiling = len(all)
	searched, _ := s.InRegions(q, q.Parents.Regions)
	for _, host := range searched {
		_, keys.Searched[host.HostID] = s.Machines.Look(q.Scope, host.HostID)
	}
	return keys.Answer()
}
