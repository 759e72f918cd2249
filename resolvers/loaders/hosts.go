package loaders

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addHostLoaders(ctx context.Context) {
	scope, maxAge, hosts := s.options.Scope, s.options.MaxAge, s.sources.Hosts
	s.hostList = newLoader(ctx, s, sources.OperationHostDetails,
		func(ctx context.Context, _ struct{}) (answer[*sources.HostList], bool) {
			held, ok := hosts.Peek(ctx, scope)
			return fromHeld(held, nil), ok
		},
		func(ctx context.Context, keys []struct{}) map[struct{}]answer[*sources.HostList] {
			return everyKey(keys, func(struct{}) answer[*sources.HostList] {
				return fromHeld(hosts.Load(ctx, scope, maxAge))
			})
		})
	s.hosts = newLoader(ctx, s, sources.OperationHostDetails,
		func(ctx context.Context, hostID string) (answer[*model.Host], bool) {
			found, ok := hosts.PeekID(ctx, scope, hostID)
			return fromFoundHost(found), ok
		},
		func(ctx context.Context, hostIDs []string) map[string]answer[*model.Host] {
			answers := make(map[string]answer[*model.Host], len(hostIDs))
			for hostID, found := range hosts.LoadIDs(ctx, scope, hostIDs, maxAge) {
				answers[hostID] = fromFoundHost(found)
			}
			return answers
		})
	s.machines = newLoader(ctx, s, sources.OperationHostVMs,
		func(ctx context.Context, hostID string) (answer[*sources.VMList], bool) {
			outcome, ok := s.sources.VirtualMachines.Peek(ctx, scope, hostID)
			return fromOutcome(outcome), ok
		},
		func(ctx context.Context, hostIDs []string) map[string]answer[*sources.VMList] {
			answers := make(map[string]answer[*sources.VMList], len(hostIDs))
			for hostID, outcome := range s.sources.VirtualMachines.Load(ctx, scope, hostIDs, maxAge) {
				answers[hostID] = fromOutcome(outcome)
			}
			return answers
		})
}

func fromFoundHost(found sources.FoundHost) answer[*model.Host] {
	return answer[*model.Host]{value: found.Host, found: found.Host != nil, age: found.Held, err: found.Err}
}

// allHosts is the complete host list, the same one for the whole operation.
func (s *Set) allHosts(ctx context.Context) (*sources.HostList, error) {
	a := s.hostList.one(ctx, struct{}{})
	if a.err != nil {
		return nil, a.err
	}
	s.uses.incomplete(sources.OperationHostDetails, a.value.Truncated, a.value.Gaps)
	return a.value, nil
}

// Host is the host with an id; nil when the upstream has none.
func (s *Set) Host(ctx context.Context, hostID string) (*model.Host, error) {
	a := s.host(ctx, hostID)
	return a.value, a.err
}

// host prefers the list that the operation has seen already, so that an operation sees one generation.
func (s *Set) host(ctx context.Context, hostID string) answer[*model.Host] {
	if list, ok := s.hostList.held(ctx, struct{}{}); ok && list.err == nil {
		host, err := hostIn(list.value, hostID)
		return answer[*model.Host]{value: host, found: host != nil, err: err}
	}
	return s.hosts.one(ctx, hostID)
}

// Hosts are the hosts with the ids, in their order; nil where the upstream has none. Each has an error of its own.
func (s *Set) Hosts(ctx context.Context, hostIDs []string) ([]*model.Host, []error) {
	hosts, errs := make([]*model.Host, len(hostIDs)), make([]error, len(hostIDs))
	if list, ok := s.hostList.held(ctx, struct{}{}); ok && list.err == nil {
		for i, hostID := range hostIDs {
			hosts[i], errs[i] = hostIn(list.value, hostID)
		}
		return hosts, errs
	}
	for i, a := range s.hosts.all(ctx, hostIDs) {
		hosts[i], errs[i] = a.value, a.err
	}
	return hosts, errs
}

// hostIn is a host of the list; nil when it has none. With unreadable rows a host that is missing may be one of them, which is an error.
func hostIn(list *sources.HostList, hostID string) (*model.Host, error) {
	host := list.ByID(hostID)
	if host == nil && len(list.Gaps) > 0 {
		return nil, sources.GapError(sources.OperationHostDetails)
	}
	return host, nil
}

// HostBySerialNumber is the host with a serial number; nil when the upstream has none.
func (s *Set) HostBySerialNumber(ctx context.Context, serial string) (*model.Host, error) {
	list, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	return list.BySerialNumber(serial), nil
}

// HostPage is a page of all hosts.
func (s *Set) HostPage(
	ctx context.Context, filter *model.HostFilter, orderBy *model.HostOrder, args PageArgs,
) (*model.HostConnection, error) {
	list, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	order := sources.HostOrderOf(orderBy)
	page, err := Paginate(sources.Select(list.InOrder(order), sources.HostMatches(filter)), order, args)
	if err != nil {
		return nil, err
	}
	return countedUnless(list.Truncated, page), nil
}

// HostPageOfRegion is a page of the hosts of a region. It fails when rows of the region could not be read.
func (s *Set) HostPageOfRegion(
	ctx context.Context, region string, filter *model.HostFilter, orderBy *model.HostOrder, args PageArgs,
) (*model.HostConnection, error) {
	list, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	if _, gap := sources.GapOf(list.Gaps, region); gap {
		return nil, sources.GapError(sources.OperationHostDetails)
	}
	order := sources.HostOrderOf(orderBy)
	hosts := list.InRegion(region)
	if orderBy != nil {
		hosts = order.Sorted(hosts)
	}
	page, err := Paginate(sources.Select(hosts, sources.HostMatches(filter)), order, args)
	if err != nil {
		return nil, err
	}
	return countedUnless(list.Truncated, page), nil
}

// MachinePages are pages of the machines of hosts, in the hosts' order.
func (s *Set) MachinePages(
	ctx context.Context, hostIDs []string, args PageArgs,
) ([]*model.VirtualMachineConnection, []error) {
	pages, errs := make([]*model.VirtualMachineConnection, len(hostIDs)), make([]error, len(hostIDs))
	for i, a := range s.machines.all(ctx, hostIDs) {
		switch {
		case a.err != nil:
			errs[i] = a.err
		case a.found && a.value.Unreadable:
			errs[i] = sources.GapError(sources.OperationHostVMs)
		case a.found:
			pages[i], errs[i] = Paginate(a.value.All, sources.VMOrder(), args)
		}
	}
	return pages, errs
}

// machine is the machine with a global id on a host; nil when the host has none such.
func (s *Set) machine(ctx context.Context, hostID, id string) (*model.VirtualMachine, error) {
	a := s.machines.one(ctx, hostID)
	if a.err != nil || !a.found {
		return nil, a.err
	}
	return a.value.ByID(id), nil
}
