package hosts_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func TestPlacement(t *testing.T) {
	machine := func(host, id string, minutes int) *model.VirtualMachine {
		m := &model.VirtualMachine{HostID: host}
		if id != "" {
			m.VMID = &id
		}
		if minutes > 0 {
			at := sourcestest.Now().Add(time.Duration(minutes) * time.Minute)
			m.ObservedAt = &at
		}
		return m
	}
	list := func(machines ...*model.VirtualMachine) *hosts.Machines { return &hosts.Machines{All: machines} }
	tests := map[string]struct {
		lists []*hosts.Machines
		host  string // empty: none
		known bool
	}{
		"one host": {
			[]*hosts.Machines{list(machine("h1", "m", 1), machine("h1", "other", 1))},
			"h1",
			true,
		},
		"none":           {[]*hosts.Machines{list(machine("h1", "other", 1))}, "", false},
		"Quirk073 no id": {[]*hosts.Machines{list(machine("h1", "", 1))}, "", false},
		"two hosts, the later counts": {
			[]*hosts.Machines{list(machine("h1", "m", 2)), list(machine("h2", "m", 1))},
			"h1",
			true,
		},
		"the later comes second":  {[]*hosts.Machines{list(machine("h1", "m", 1)), list(machine("h2", "m", 2))}, "h2", true},
		"equal times":             {[]*hosts.Machines{list(machine("h1", "m", 1)), list(machine("h2", "m", 1))}, "", true},
		"no times":                {[]*hosts.Machines{list(machine("h1", "m", 0)), list(machine("h2", "m", 0))}, "", true},
		"a known time beats none": {[]*hosts.Machines{list(machine("h1", "m", 0)), list(machine("h2", "m", 1))}, "h2", true},
		"equal, then a later one": {[]*hosts.Machines{
			list(machine("h1", "m", 1)), list(machine("h2", "m", 1)),
			list(machine("h3", "m", 2)),
		}, "h3", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, known := hosts.NewPlacement(test.lists).Machine("m")
			host := ""
			if got != nil {
				host = got.HostID
			}
			if host != test.host || known != test.known {
				t.Errorf("got host %q (known %t), want %q (known %t)", host, known, test.host, test.known)
			}
		})
	}
}
