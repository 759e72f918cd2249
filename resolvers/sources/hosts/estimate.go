package hosts

import (
	"cmp"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
)

// Estimate is the answer for the host list, of pages with so many rows. regionKnown: a region is known without it.
func (s *Source) Estimate(pageRows int, regionKnown func(scope, code string) bool) estimate.Operation {
	ofRegion := func(q estimate.Question) estimate.Answer {
		if regionKnown(q.Scope, q.ID.Parts[0]) {
			return estimate.Answer{}
		}
		return s.estimateList(q, false)
	}
	return estimate.Operation{
		PageRows: pageRows,
		List:     func(q estimate.Question) estimate.Answer { return s.estimateList(q, q.Certain) },
		Arguments: func(q estimate.Question) estimate.Answer {
			if q.Arguments.Given("serialNumber") {
				return estimate.Answer{}
			}
			return s.estimateID(q, q.Arguments.Text("hostId"))
		},
		Parent: func(q estimate.Question) estimate.Answer {
			answer := s.estimateList(q, false)
			if s.ExpectedPages(q.Scope) > 1 && s.held(q) == nil {
				answer.Keys = estimate.NewKeys("by id", "host_id").OfParents(q).Keys
			}
			return answer
		},
		IDs: map[model.Kind]estimate.Func{
			model.KindRegion: ofRegion, model.KindCloudService: ofRegion,
			model.KindHost: func(q estimate.Question) estimate.Answer { return s.estimateID(q, q.ID.Parts[0]) },
		},
	}
}

func (s *Source) estimateList(q estimate.Question, certain bool) estimate.Answer {
	_, holding := s.List.Look(q.Scope, struct{}{})
	return estimate.List{Holding: holding, Shared: true, Certain: certain, Key: struct{}{}}.Answer()
}

// estimateID asks for one host by its id: from the list, or by itself where that costs less.
func (s *Source) estimateID(q estimate.Question, hostID string) estimate.Answer {
	_, holding := s.ByID.Look(q.Scope, hostID)
	one, listed := estimate.OneKey("by id", "host_id", hostID, holding), s.held(q) != nil
	if !listed && q.Holds(holding) {
		return one
	}
	pages := s.ExpectedPages(q.Scope)
	answer := s.estimateList(q, q.Certain && pages == 1)
	if !listed && pages > 1 {
		answer.Keys = one.Keys
	}
	return answer
}

// held is the list that an operation would be answered from; nil when it would have to be fetched first.
func (s *Source) held(q estimate.Question) *List {
	list, holding := s.List.Look(q.Scope, struct{}{})
	if !q.Counts(holding) {
		return nil
	}
	return list
}

// InRegions are the held hosts of regions, nil meaning all; false when the list is not held.
func (s *Source) InRegions(q estimate.Question, regions []string) ([]*model.Host, bool) {
	list := s.held(q)
	switch {
	case list == nil:
		return nil, false
	case regions == nil:
		return list.All, true
	}
	var hosts []*model.Host
	for _, code := range regions {
		hosts = append(hosts, list.InRegion(code)...)
	}
	return hosts, true
}

// RegionsOfHeld are the regions that held hosts name; false when the list is not held.
func (s *Source) RegionsOfHeld(q estimate.Question) ([]string, bool) {
	if list := s.held(q); list != nil {
		return list.RegionCodes(), true
	}
	return nil, false
}

// Refine adds which hosts a field leads to, or how many at most, where the list is held.
func (s *Source) Refine(q estimate.Question, below estimate.Objects) estimate.Objects {
	list := s.held(q)
	switch {
	case list == nil:
	case q.Page:
		list.refinePage(q, &below)
	case q.Arguments.Given("hostId") != q.Arguments.Given("serialNumber"):
		host := cmp.Or(list.ByID(q.Arguments.Text("hostId")), list.BySerialNumber(q.Arguments.Text("serialNumber")))
		below.Hosts = []*model.Host{}
		if host != nil {
			below.Hosts = append(below.Hosts, host)
		}
		below.Least, below.Most = len(below.Hosts), len(below.Hosts)
	}
	return below
}

func (l *List) refinePage(q estimate.Question, below *estimate.Objects) {
	filtered := len(l.Gaps) > 0 || slices.ContainsFunc([]string{"filter", "after", "before"}, q.Arguments.Given)
	parts := [][]*model.Host{l.All}
	if q.Parent != "" {
		if q.Parents.Regions == nil || filtered {
			below.Most = min(below.Most, q.Parents.Most*len(l.All))
			return
		}
		parts = nil
		for _, code := range q.Parents.Regions {
			parts = append(parts, l.InRegion(code))
		}
	}
	hosts := []*model.Host{}
	for _, part := range parts {
		hosts = append(hosts, pageOfHosts(part, q)...)
	}
	if below.Most = min(below.Most, len(hosts)); filtered {
		return
	}
	if below.Least = len(hosts); q.Parents.Least < q.Parents.Most {
		below.Least = 0
	}
	if !q.Arguments.Given("orderBy") {
		below.Hosts = hosts
	}
}

// pageOfHosts is the page of hosts in their own order, without cursors.
func pageOfHosts(hosts []*model.Host, q estimate.Question) []*model.Host {
	first, hasFirst := q.Arguments.Number("first")
	last, hasLast := q.Arguments.Number("last")
	if !hasFirst && !hasLast {
		first, hasFirst = q.Size, true
	}
	if hasFirst {
		hosts = hosts[:min(len(hosts), first)]
	}
	if hasLast {
		hosts = hosts[max(0, len(hosts)-last):]
	}
	return hosts
}

// EstimateMachines is the answer for the machines of hosts. A search for the host of a machine asks for those of
// PlacementHosts hosts.
func (s *Source) EstimateMachines() estimate.Operation {
	return estimate.Operation{
		Parent: func(q estimate.Question) estimate.Answer {
			return estimate.NewKeys("", "host_id").OfHosts(q, s.InRegions, func(keys estimate.Keys, host *model.Host) {
				_, keys.Holdings[host.HostID] = s.Machines.Look(q.Scope, host.HostID)
			})
		},
		Region: s.estimateSearch,
		IDs: map[model.Kind]estimate.Func{model.KindVirtualMachine: func(q estimate.Question) estimate.Answer {
			_, holding := s.Machines.Look(q.Scope, q.ID.Parts[0])
			return estimate.OneKey("", "host_id", q.ID.Parts[0], holding)
		}},
	}
}

// estimateSearch asks for the machines of the hosts of the parents' regions.
func (s *Source) estimateSearch(q estimate.Question) estimate.Answer {
	if len(q.Parents.Types) > 0 && !slices.Contains(q.Parents.Types, string(model.InstanceTypeEcs)) {
		return estimate.Answer{} // only ECS instances are machines
	}
	keys := estimate.NewKeys("", "host_id")
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
