package hosts

import (
	"cmp"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks is the answer for the host list, of pages with so many rows. regionKnown reports whether a region is known
// without it.
func (s *Source) Asks(pageRows int, regionKnown func(scope, code string) bool) asks.Operation {
	ofRegion := func(q asks.Question) asks.Answer {
		if regionKnown(q.Scope, q.ID.Parts[0]) {
			return asks.Answer{}
		}
		return s.askList(q, false)
	}
	return asks.Operation{
		PageRows: pageRows,
		List:     func(q asks.Question) asks.Answer { return s.askList(q, q.Certain) },
		Arguments: func(q asks.Question) asks.Answer {
			if q.Arguments.Given("serialNumber") {
				return asks.Answer{}
			}
			return s.askID(q, q.Arguments.Text("hostId"))
		},
		Parent: func(q asks.Question) asks.Answer {
			answer := s.askList(q, false)
			if s.ExpectedPages(q.Scope) > 1 && s.held(q) == nil {
				answer.Keys = asks.NewKeys("by id", "host_id").OfParents(q).Keys
			}
			return answer
		},
		IDs: map[model.Kind]asks.Ask{
			model.KindRegion: ofRegion, model.KindCloudService: ofRegion,
			model.KindHost: func(q asks.Question) asks.Answer { return s.askID(q, q.ID.Parts[0]) },
		},
	}
}

func (s *Source) askList(q asks.Question, certain bool) asks.Answer {
	_, sight := s.List.Look(q.Scope, struct{}{})
	return asks.List{Sight: sight, Shared: true, Certain: certain}.Answer()
}

// askID asks for one host by its id: from the list, or by itself where that costs less.
func (s *Source) askID(q asks.Question, hostID string) asks.Answer {
	_, sight := s.ByID.Look(q.Scope, hostID)
	one, listed := asks.OneKey("by id", "host_id", hostID, sight), s.held(q) != nil
	if !listed && q.Holds(sight) {
		return one
	}
	pages := s.ExpectedPages(q.Scope)
	answer := s.askList(q, q.Certain && pages == 1)
	if !listed && pages > 1 {
		answer.Keys = one.Keys
	}
	return answer
}

// held is the list that an operation would be answered from; nil when it would have to be fetched first.
func (s *Source) held(q asks.Question) *List {
	list, sight := s.List.Look(q.Scope, struct{}{})
	if !q.Holds(sight) {
		return nil
	}
	return list
}

// InRegions are the held hosts of regions, nil meaning all; false when the list is not held.
func (s *Source) InRegions(q asks.Question, regions []string) ([]*model.Host, bool) {
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
func (s *Source) RegionsOfHeld(q asks.Question) ([]string, bool) {
	if list := s.held(q); list != nil {
		return list.RegionCodes(), true
	}
	return nil, false
}

// Refine adds which hosts a field leads to, or how many at most, where the list is held.
func (s *Source) Refine(q asks.Question, below asks.Objects) asks.Objects {
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

func (l *List) refinePage(q asks.Question, below *asks.Objects) {
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
func pageOfHosts(hosts []*model.Host, q asks.Question) []*model.Host {
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
