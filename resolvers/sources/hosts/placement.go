package hosts

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Placement finds a machine by its id: the upstream leads from a host to its machines and not back.
type Placement struct {
	byID map[string]*model.VirtualMachine
}

// NewPlacement puts the machines of hosts together. Of a machine that two hosts claim, as after a migration, the later
// observation counts; where neither is known to be later, none does.
func NewPlacement(lists []*Machines) *Placement {
	p := &Placement{byID: map[string]*model.VirtualMachine{}}
	ambiguous := map[string]bool{}
	for _, list := range lists {
		for _, machine := range list.All {
			if machine.VMID == nil {
				continue
			}
			id := *machine.VMID
			before := p.byID[id]
			switch {
			case before == nil || dataset.Later(machine.ObservedAt, before.ObservedAt):
				p.byID[id] = machine
				ambiguous[id] = false
			case !dataset.Later(before.ObservedAt, machine.ObservedAt):
				ambiguous[id] = true
			}
		}
	}
	for id, twice := range ambiguous {
		if twice {
			p.byID[id] = nil
		}
	}
	return p
}

// Machine is the machine with an id; nil when no host has it or two claim it. known: at least one host has it.
func (p *Placement) Machine(vmID string) (machine *model.VirtualMachine, known bool) {
	machine, known = p.byID[vmID]
	return machine, known
}
