package hosts

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// Machines holds the machines of one host.
type Machines struct {
	// All holds the machines in [MachineOrder]; nil when the upstream's list can't be read.
	All []*model.VirtualMachine
	// Unreadable reports that the upstream sent a list that can't be read.
	Unreadable bool
	dataset.Extent
}

// bytesOfVM is about what a converted machine takes in memory.
const bytesOfVM = 500

func (s *Source) addMachines(cfg dataset.Config) {
	type rows = cache.Fetched[esm.HostVMs]
	s.Machines = dataset.Add(cfg, cache.Dataset[string, rows, *Machines]{
		Operation: OperationMachines,
		Ages:      cfg.Ages.VirtualMachines,
		Key:       dataset.Itself,
		Fetch: dataset.Each(func(ctx context.Context, scope, hostID string) (rows, bool, error) {
			list, err := cfg.ESM.HostVMs(ctx, hostID)
			if err != nil {
				return rows{}, true, err
			}
			f := dataset.FetchedOf(cfg, OperationMachines, list, "region_id")
			f = dataset.Asked(ctx, cfg, OperationMachines, "host_id", f, s.onHost(scope, hostID, f.Records))
			// The host may have machines, and its rows be unreadable or bear another host's id.
			if len(f.Gaps) > 0 || f.Foreign > 0 && len(f.Records) == 0 {
				return rows{}, true, dataset.GapError(OperationMachines)
			}
			return f, true, nil
		}),
		Build: func(_, hostID string, f rows) (*Machines, int64) {
			list := convertVMs(cfg, hostID, f)
			return list, int64(len(list.All)+1) * bytesOfVM
		},
	})
}

// onHost says which rows are about the host that was asked. The documents' own sample answers under another id, a rule
// that holds for this call alone (quirk 97): an id that names no host is accepted, in an answer with one id. It is
// another host's where the list in memory has such a host, and where the answer has rows of several hosts, so that the
// filter was ignored.
func (s *Source) onHost(scope, hostID string, rows []esm.HostVMs) func(esm.HostVMs) bool {
	hosts, _ := s.List.Look(scope, struct{}{})
	several := slices.ContainsFunc(rows, func(r esm.HostVMs) bool { return r.HostID.String() != rows[0].HostID.String() })
	return func(r esm.HostVMs) bool {
		known := hosts != nil && hosts.ByID(r.HostID.String()) != nil
		return dataset.IsAbout(r.HostID, hostID) || !several && !known
	}
}

// convertVMs turns the rows of a host into its machines.
func convertVMs(cfg dataset.Config, hostID string, f cache.Fetched[esm.HostVMs]) *Machines {
	list := &Machines{Extent: dataset.ExtentOf(f)}
	machines := []*model.VirtualMachine{}
	seen := map[string]bool{}
	for _, row := range f.Records {
		records, ok := row.VMs()
		if !ok {
			if !row.VMList.IsAbsent() {
				cfg.Unreadable(OperationMachines, "vm_list")
				list.Unreadable = true
			}
			continue
		}
		observed := cfg.Instant(row.LastUpdateTime, time.UTC, OperationMachines, "last_update_time")
		for _, record := range records {
			machine := convertVM(cfg, hostID, record, len(machines), observed)
			if seen[machine.ID] {
				continue
			}
			seen[machine.ID] = true
			machines = append(machines, machine)
		}
	}
	list.All = dataset.Sorted(MachineOrder(), machines)
	return list
}

func convertVM(
	cfg dataset.Config, hostID string, r esm.HostVM, position int, observed *time.Time,
) *model.VirtualMachine {
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
		cfg.Unreadable(OperationMachines, "vm_list cpu")
	}
	return machine
}

// wordPattern is what an id looks like: one word without spaces.
var wordPattern = regexp.MustCompile(`^[-_.:0-9A-Za-z]{1,64}$`)

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
	sum := 0.0
	for _, p := range processors {
		if p.Sockets == nil || p.Cores == nil || p.Threads == nil {
			return nil
		}
		sum += float64(*p.Sockets) * float64(*p.Cores) * float64(*p.Threads)
	}
	if len(processors) == 0 {
		return nil
	}
	return dataset.WholeOf(sum)
}

// ByID is the machine with a global id; nil when the list has none.
func (l *Machines) ByID(id string) *model.VirtualMachine {
	if i := slices.IndexFunc(l.All, func(m *model.VirtualMachine) bool { return m.ID == id }); i >= 0 {
		return l.All[i]
	}
	return nil
}

// MachineOrder is the order of machines: by name, then by id; those without an id come last, by their place in the
// upstream's list, which is all that is known of them.
func MachineOrder() dataset.Order[*model.VirtualMachine] {
	return dataset.Order[*model.VirtualMachine]{
		Name: "vi",
		Key:  func(m *model.VirtualMachine) model.SortKey { return dataset.TextKey(m.Name) },
		ID: func(m *model.VirtualMachine) string {
			if m.VMID == nil {
				return fmt.Sprintf("1 %06d", m.Position)
			}
			return "0 " + *m.VMID
		},
	}
}
