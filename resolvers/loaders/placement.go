package loaders

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/billing"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// placements are the places of machines by region, each worked out once an operation.
type placements struct {
	mu       sync.Mutex
	byRegion map[string]func() placement
	// asked is how many hosts have been asked for their machines so far, of all regions.
	asked int
}

// placement is the places of the machines of one region.
type placement struct {
	machines *hosts.Placement
	// missing is why a machine may be there although it was not found; nil when every host was searched.
	missing error
}

// InstanceMachines are the virtual machines that ECS instances are, in their order; nil for other types, for an
// instance without a region, and where no host, or more than one, has the machine.
func (s *Set) InstanceMachines(ctx context.Context, instances []*model.Instance) ([]*model.VirtualMachine, []error) {
	machines, errs := make([]*model.VirtualMachine, len(instances)), make([]error, len(instances))
	for i, instance := range instances {
		if instance == nil || instance.Type != model.InstanceTypeEcs || instance.RegionCode == nil {
			continue
		}
		found := s.placementIn(ctx, *instance.RegionCode)
		var known bool
		if found.machines != nil {
			machines[i], known = found.machines.Machine(instance.ResourceID)
		}
		if !known {
			errs[i] = found.missing
		}
	}
	return machines, errs
}

// InstanceHosts are the hosts of the virtual machines that instances are, in the instances' order.
func (s *Set) InstanceHosts(ctx context.Context, instances []*model.Instance) ([]*model.Host, []error) {
	hosts := make([]*model.Host, len(instances))
	machines, errs := s.InstanceMachines(ctx, instances)
	for i, machine := range machines {
		if machine != nil {
			hosts[i], errs[i] = s.Host(ctx, machine.HostID)
		}
	}
	return hosts, errs
}

// InstanceNames are the names of instances, in their order: of the virtual machines that they are, else of the billing
// system's entries; nil where neither has one. Without a billing system there are no entries.
func (s *Set) InstanceNames(ctx context.Context, instances []*model.Instance) ([]*string, []error) {
	names, unnamed := make([]*string, len(instances)), slices.Clone(instances)
	machines, errs := s.InstanceMachines(ctx, instances)
	for i, machine := range machines {
		if machine != nil && machine.Name != nil {
			names[i], unnamed[i] = machine.Name, nil
		}
	}
	entries, failed := s.PayPerUseOf(ctx, unnamed)
	for i, entry := range entries {
		switch {
		case entry != nil && entry.Name != nil:
			names[i], errs[i] = entry.Name, nil
		case errs[i] == nil && !billing.Absent(failed[i]):
			errs[i] = failed[i]
		}
	}
	return names, errs
}

func (s *Set) placementIn(ctx context.Context, region string) placement {
	s.places.mu.Lock()
	if s.places.byRegion == nil {
		s.places.byRegion = map[string]func() placement{}
	}
	once := s.places.byRegion[region]
	if once == nil {
		once = sync.OnceValue(func() placement { return s.readPlacement(ctx, region) })
		s.places.byRegion[region] = once
	}
	s.places.mu.Unlock()
	return once()
}

// readPlacement reads the machines of the hosts of a region: all that are held, and as many others as it may ask for.
func (s *Set) readPlacement(ctx context.Context, region string) placement {
	all, err := s.allHosts(ctx)
	if err != nil {
		return placement{missing: err}
	}
	var found placement
	if all.GapIn(region) {
		found.missing = dataset.GapError(hosts.Operation)
	}
	hostIDs := s.searchable(ctx, all.InRegion(region))
	lists := make([]*hosts.Machines, 0, len(hostIDs))
	for _, a := range load(s, s.sources.Hosts.Machines).all(ctx, hostIDs) {
		switch {
		case a.err != nil:
			found.missing = a.err
		case a.found:
			if a.value.Unreadable {
				found.missing = dataset.GapError(hosts.OperationMachines)
			}
			lists = append(lists, a.value)
		}
	}
	found.machines = hosts.NewPlacement(lists)
	return found
}

// searchable are the hosts whose machines are held, and of the others as many as the operation may still ask.
func (s *Set) searchable(ctx context.Context, of []*model.Host) []string {
	hostIDs := make([]string, 0, len(of))
	var unheld []string
	for _, host := range of {
		if _, held := load(s, s.sources.Hosts.Machines).held(ctx, host.HostID); held {
			hostIDs = append(hostIDs, host.HostID)
		} else {
			unheld = append(unheld, host.HostID)
		}
	}
	s.places.mu.Lock()
	may := min(len(unheld), max(0, s.sources.Hosts.PlacementHosts-s.places.asked))
	s.places.asked += may
	s.places.mu.Unlock()
	if left := len(unheld) - may; left > 0 {
		s.uses.cut(hosts.OperationMachines,
			fmt.Sprintf("The machines of %s hosts are not held and were not asked for: what runs there is not found.",
				dataset.Grouped(left)))
	}
	return append(hostIDs, unheld[:may]...)
}
