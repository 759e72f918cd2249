package loaders

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// hostReads answers as a set of hosts by id does: from the whole list or one by one.
type hostReads struct{ source *hosts.Source }

// Peek answers from memory.
func (r hostReads) Peek(ctx context.Context, scope, hostID string) (cache.Outcome[*model.Host], bool) {
	return r.source.PeekID(ctx, scope, hostID)
}

// Get answers all of the ids.
func (r hostReads) Get(
	ctx context.Context, scope string, hostIDs []string, maxAge time.Duration,
) map[string]cache.Outcome[*model.Host] {
	return r.source.LoadIDs(ctx, scope, hostIDs, maxAge)
}

// Look says nothing: which of the two sets an answer came from is not known.
func (r hostReads) Look(string, string) (host *model.Host, holding cache.Holding) {
	return nil, holding
}

// hostsByID is the loader of hosts by id, from the whole list or one by one.
func hostsByID(s *Set) *loader[string, *model.Host] {
	source := s.sources.Hosts
	return loaderOf(s, source, reads[string, *model.Host](hostReads{source}), hosts.Operation, s.options.MaxAge)
}

// allHosts is the complete host list, the same one for the whole operation.
func (s *Set) allHosts(ctx context.Context) (*hosts.List, error) {
	return list(ctx, s, s.sources.Hosts.List, struct{}{})
}

// Host is the host with an id; nil when the upstream has none.
func (s *Set) Host(ctx context.Context, hostID string) (*model.Host, error) {
	if l, ok := s.heldHosts(ctx); ok {
		return hostIn(l, hostID)
	}
	a := hostsByID(s).one(ctx, hostID)
	return a.value, a.err
}

// Hosts are the hosts with the ids, in their order; nil where the upstream has none. Each has an error of its own.
func (s *Set) Hosts(ctx context.Context, hostIDs []string) ([]*model.Host, []error) {
	found, errs := make([]*model.Host, len(hostIDs)), make([]error, len(hostIDs))
	if l, ok := s.heldHosts(ctx); ok {
		for i, hostID := range hostIDs {
			found[i], errs[i] = hostIn(l, hostID)
		}
		return found, errs
	}
	for i, a := range hostsByID(s).all(ctx, hostIDs) {
		found[i], errs[i] = a.value, a.err
	}
	return found, errs
}

// heldHosts is the list that the operation has seen or that memory has; it comes first, for one generation an
// operation.
func (s *Set) heldHosts(ctx context.Context) (*hosts.List, bool) {
	list := load(s, s.sources.Hosts.List)
	a, ok := list.held(ctx, struct{}{})
	if !ok {
		a, ok = list.inMemory(ctx, struct{}{})
	}
	return a.value, ok && a.err == nil
}

// hostIn is a host of the list; nil when it has none.
func hostIn(l *hosts.List, hostID string) (*model.Host, error) {
	return sought(l.ByID(hostID), l, hosts.Operation)
}

// HostBySerialNumber is the host with a serial number; nil when the upstream has none.
func (s *Set) HostBySerialNumber(ctx context.Context, serial string) (*model.Host, error) {
	l, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	return sought(l.BySerialNumber(serial), l, hosts.Operation)
}

// HostPage is a page of the hosts of a region, or of all where region is empty. It fails when rows of the region could
// not be read.
func (s *Set) HostPage(
	ctx context.Context, region string, filter *model.HostFilter, orderBy *model.HostOrder, args paging.Args,
) (*model.HostConnection, error) {
	l, err := s.allHosts(ctx)
	if err != nil {
		return nil, err
	}
	items, err := inRegion(&l.List, hosts.Operation, region)
	if err != nil {
		return nil, err
	}
	return page(&l.List, items, hosts.Filter(filter), hosts.OrderOf(orderBy), args)
}

// MachinePages are pages of the machines of hosts, in the hosts' order.
func (s *Set) MachinePages(
	ctx context.Context, hostIDs []string, args paging.Args,
) ([]*model.VirtualMachineConnection, []error) {
	pages, errs := make([]*model.VirtualMachineConnection, len(hostIDs)), make([]error, len(hostIDs))
	pager, invalid := paging.NewPager(hosts.MachineOrder(), args)
	for i, a := range load(s, s.sources.Hosts.Machines).all(ctx, hostIDs) {
		switch {
		case a.err != nil:
			errs[i] = a.err
		case a.found && a.value.Unreadable:
			errs[i] = dataset.GapError(hosts.OperationMachines)
		case a.found:
			s.uses.incomplete(hosts.OperationMachines, a.value.Extent)
			if errs[i] = invalid; invalid == nil {
				pages[i] = pager.Page(a.value.All)
			}
		}
	}
	return pages, errs
}

// machine is the machine with a global id on a host; nil when the host has no such machine.
func (s *Set) machine(ctx context.Context, hostID, id string) (*model.VirtualMachine, error) {
	a := load(s, s.sources.Hosts.Machines).one(ctx, hostID)
	if a.err != nil || !a.found {
		return nil, a.err
	}
	machine := a.value.ByID(id)
	if machine == nil && a.value.Unreadable {
		return nil, dataset.GapError(hosts.OperationMachines)
	}
	return sought(machine, a.value, hosts.OperationMachines)
}
