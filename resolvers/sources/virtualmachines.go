package sources

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// OperationHostVMs is the upstream operation behind virtual machines.
const OperationHostVMs = "listHostVms"

// VirtualMachines is the source of the machines on a host: a fast call for each host, several at once.
type VirtualMachines struct {
	byHost *cache.Many[string, []esm.HostVMs, *VMList]
}

// VMList holds the machines of one host.
type VMList struct {
	// All holds the machines by name and position; nil when the upstream's list can't be read.
	All []*model.VirtualMachine
	// Unreadable tells that the upstream sent a list that can't be read.
	Unreadable bool
}

func newVirtualMachines(cfg Config) (*VirtualMachines, error) {
	byHost, err := cache.NewMany(cache.ManyConfig[string, []esm.HostVMs, *VMList]{
		Operation: OperationHostVMs,
		Ages:      cfg.Ages.VirtualMachines,
		Tiers:     cfg.Tiers,
		Text:      func(hostID string) string { return hostID },
		Fetch: func(ctx context.Context, _ string, hostIDs []string) map[string]cache.Result[[]esm.HostVMs] {
			return each(ctx, hostIDs, func(ctx context.Context, hostID string) ([]esm.HostVMs, bool, error) {
				list, err := cfg.ESM.HostVMs(lane(ctx), hostID)
				if err == nil && len(list.Bad) > 0 { // what can't be read is not a host without machines
					err = GapError(OperationHostVMs)
				}
				return list.Rows, true, asFetchError(err)
			})
		},
		Build: func(hostID string, rows []esm.HostVMs) (*VMList, int64) {
			list := convertVMs(cfg, hostID, rows)
			return list, int64(len(list.All)+1) * bytesOfVM
		},
	})
	if err != nil {
		return nil, fmt.Errorf("virtual machines: %w", err)
	}
	return &VirtualMachines{byHost: byHost}, nil
}

func (v *VirtualMachines) close() { v.byHost.Close() }

// Peek gives the machines of a host when memory has them; it never waits.
func (v *VirtualMachines) Peek(ctx context.Context, scope, hostID string) (cache.Outcome[*VMList], bool) {
	return v.byHost.Peek(ctx, scope, hostID)
}

// Load gives the machines of hosts, each fetched when it must be.
func (v *VirtualMachines) Load(
	ctx context.Context, scope string, hostIDs []string, maxAge time.Duration,
) map[string]cache.Outcome[*VMList] {
	return v.byHost.Get(ctx, scope, hostIDs, maxAge)
}

// bytesOfVM is about what a converted machine takes in memory.
const bytesOfVM = 500

// convertVMs turns the rows of a host into its machines. They belong to the host that was asked, whatever host the rows name (quirk 97).
func convertVMs(cfg Config, hostID string, rows []esm.HostVMs) *VMList {
	list := &VMList{}
	machines := []*model.VirtualMachine{}
	seen := map[string]bool{}
	for _, row := range rows {
		records, ok := row.VMs()
		if !ok {
			if !row.VMList.IsAbsent() {
				cfg.Unreadable(OperationHostVMs, "vm_list")
				list.Unreadable = true
			}
			continue
		}
		observed := cfg.instant(row.LastUpdateTime, time.UTC, OperationHostVMs, "last_update_time")
		for _, record := range records {
			machine := convertVM(cfg, hostID, record, len(machines), observed)
			if seen[machine.ID] {
				continue
			}
			seen[machine.ID] = true
			machines = append(machines, machine)
		}
	}
	list.All = VMOrder().Sorted(machines)
	return list
}

func convertVM(cfg Config, hostID string, r esm.HostVM, position int, observed *time.Time) *model.VirtualMachine {
	machine := &model.VirtualMachine{
		VMID:            machineID(r.First),
		Name:            r.Second.Ptr(),
		OperatingSystem: r.OperatingSystem.Ptr(),
		HostID:          hostID,
		ObservedAt:      observed,
		Position:        position,
	}
	if machine.VMID != nil {
		machine.ID = model.NewID(model.KindVirtualMachine, hostID, *machine.VMID)
	} else {
		machine.ID = model.NewID(model.KindVirtualMachine, hostID, strconv.Itoa(position), vmByPosition)
	}
	if processors, ok := r.CPU.Value(); ok {
		machine.Processors = convertProcessors(processors)
		machine.Vcpus = sumOfThreads(machine.Processors)
	} else if r.CPU.Unreadable() {
		cfg.Unreadable(OperationHostVMs, "vm_list cpu")
	}
	return machine
}

// vmByPosition marks the global id of a machine that is known by its position alone.
const vmByPosition = "position"

// machineID is the first position where it looks like an id: one word of letters, digits and dashes (quirk 73).
func machineID(t loose.Text) *string {
	if t.IsAbsent() || !wordPattern.MatchString(t.String()) {
		return nil
	}
	return t.Ptr()
}

func sumOfThreads(processors []*model.Processor) *int {
	sum := 0
	for _, p := range processors {
		if p.Sockets == nil || p.Cores == nil || p.Threads == nil {
			return nil
		}
		sum += *p.Sockets * *p.Cores * *p.Threads
	}
	if len(processors) == 0 {
		return nil
	}
	return &sum
}

// ByID is the machine with a global id; nil when the list has none.
func (l *VMList) ByID(id string) *model.VirtualMachine {
	for _, machine := range l.All {
		if machine.ID == id {
			return machine
		}
	}
	return nil
}

// VMOrder is the order of machines: by name, then by their place in the upstream's list.
func VMOrder() Order[*model.VirtualMachine] {
	return Order[*model.VirtualMachine]{
		Name: "vn",
		Key:  func(m *model.VirtualMachine) model.SortKey { return textKey(m.Name) },
		ID:   func(m *model.VirtualMachine) string { return fmt.Sprintf("%06d", m.Position) },
	}
}
