package sources

import (
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the host list, of pages with so many rows. regionKnown reports whether a region is known without it.
func (h *Hosts) Asks(pageRows int, regionKnown func(scope, code string) bool) asks.Operation {
	whole := func(q asks.Question) asks.Answer { return h.askList(q, q.Certain) }
	ofRegion := func(q asks.Question) asks.Answer {
		if regionKnown(q.Scope, q.ID.Parts[0]) {
			return asks.Answer{}
		}
		return h.askList(q, false)
	}
	return asks.Operation{
		PageRows: pageRows,
		By: asks.By{
			asks.PerList: whole,
			asks.PerArguments: func(q asks.Question) asks.Answer {
				if q.Arguments.Given("serialNumber") {
					return asks.Answer{}
				}
				return h.askID(q, q.Arguments.Text("hostId"))
			},
			asks.PerParent: h.askParents,
		},
		IDs: asks.IDs{
			model.KindRegion: ofRegion, model.KindCloudService: ofRegion,
			model.KindHost: func(q asks.Question) asks.Answer { return h.askID(q, q.ID.Parts[0]) },
		},
	}
}

func (h *Hosts) askList(q asks.Question, certain bool) asks.Answer {
	_, sight := h.Look(q.Scope)
	return asks.List{Sight: sight, Shared: true, Certain: certain}.Answer()
}

// askID asks for one host by its id: from the list, or by itself where that costs less.
func (h *Hosts) askID(q asks.Question, hostID string) asks.Answer {
	one := h.LookID(q.Scope, hostID)
	single := asks.OneKey("by id", "host_id", hostID, one)
	if h.held(q) == nil && q.Holds(one) {
		return single
	}
	pages := h.ExpectedPages(q.Scope)
	answer := h.askList(q, q.Certain && pages == 1)
	if pages > 1 && h.held(q) == nil {
		answer.Keys = single.Keys
	}
	return answer
}

// askParents asks for the hosts of parents by their ids.
func (h *Hosts) askParents(q asks.Question) asks.Answer {
	answer := h.askList(q, false)
	if h.ExpectedPages(q.Scope) > 1 && h.held(q) == nil {
		answer.Keys = asks.NewKeys("by id", "host_id").OfParents(q).Keys
	}
	return answer
}

// held is the list that an operation would be answered from; nil when it would have to be fetched first.
func (h *Hosts) held(q asks.Question) *HostList {
	list, sight := h.Look(q.Scope)
	if !q.Holds(sight) {
		return nil
	}
	return list
}

// InRegions are the held hosts of regions, nil meaning all; false when the list is not held.
func (h *Hosts) InRegions(q asks.Question, regions []string) ([]*model.Host, bool) {
	list := h.held(q)
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
func (h *Hosts) RegionsOfHeld(q asks.Question) ([]string, bool) {
	list := h.held(q)
	if list == nil {
		return nil, false
	}
	return list.RegionCodes(), true
}

// Refine adds which hosts a field leads to, or how many at most, where the list is held.
func (h *Hosts) Refine(q asks.Question, below asks.Objects) asks.Objects {
	list := h.held(q)
	switch {
	case list == nil:
	case q.Page:
		h.refinePage(q, list, &below)
	case q.Arguments.Given("hostId") != q.Arguments.Given("serialNumber"):
		host := list.BySerialNumber(q.Arguments.Text("serialNumber"))
		if q.Arguments.Given("hostId") {
			host = list.ByID(q.Arguments.Text("hostId"))
		}
		below.Hosts = slices.DeleteFunc([]*model.Host{host}, func(h *model.Host) bool { return h == nil })
		below.Least, below.Most = len(below.Hosts), len(below.Hosts)
	}
	return below
}

func (h *Hosts) refinePage(q asks.Question, list *HostList, below *asks.Objects) {
	filtered := len(list.Gaps) > 0 || slices.ContainsFunc([]string{"filter", "after", "before"}, q.Arguments.Given)
	parts := [][]*model.Host{list.All}
	if q.Parent != "" {
		if q.Parents.Regions == nil || filtered {
			below.Most = min(below.Most, q.Parents.Most*len(list.All))
			return
		}
		parts = nil
		for _, code := range q.Parents.Regions {
			parts = append(parts, list.InRegion(code))
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
func pageOfHosts(hosts []*model.Host, q asks.Question) []*model.Host {
	first, hasFirst := q.Arguments.Number("first")
	last, hasLast := q.Arguments.Number("last")
	if !hasFirst && !hasLast {
		first, hasFirst = q.Size, true
	}
	if hasFirst {
		hosts = hosts[:min(len(hosts), max(0, first))]
	}
	if hasLast {
		hosts = hosts[max(0, len(hosts)-max(0, last)):]
	}
	return hosts
}
