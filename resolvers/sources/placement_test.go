package sources_test

import (
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func TestPlacement(t *testing.T) {
	machine := func(host, id string, minutes int) *model.VirtualMachine {
		m := &model.VirtualMachine{HostID: host}
		if id != "" {
			m.VMID = &id
		}
		if minutes > 0 {
			at := metricNow().Add(time.Duration(minutes) * time.Minute)
			m.ObservedAt = &at
		}
		return m
	}
	list := func(machines ...*model.VirtualMachine) *sources.VMList { return &sources.VMList{All: machines} }
	tests := map[string]struct {
		lists []*sources.VMList
		host  string // empty: none
		known bool
	}{
		"one host":                    {[]*sources.VMList{list(machine("h1", "m", 1), machine("h1", "other", 1))}, "h1", true},
		"none":                        {[]*sources.VMList{list(machine("h1", "other", 1))}, "", false},
		"Quirk073 no id":              {[]*sources.VMList{list(machine("h1", "", 1))}, "", false},
		"two hosts, the later counts": {[]*sources.VMList{list(machine("h1", "m", 2)), list(machine("h2", "m", 1))}, "h1", true},
		"the later comes second":      {[]*sources.VMList{list(machine("h1", "m", 1)), list(machine("h2", "m", 2))}, "h2", true},
		"equal times":                 {[]*sources.VMList{list(machine("h1", "m", 1)), list(machine("h2", "m", 1))}, "", true},
		"no times":                    {[]*sources.VMList{list(machine("h1", "m", 0)), list(machine("h2", "m", 0))}, "", true},
		"a known time beats none":     {[]*sources.VMList{list(machine("h1", "m", 0)), list(machine("h2", "m", 1))}, "h2", true},
		"equal, then a later one":     {[]*sources.VMList{list(machine("h1", "m", 1)), list(machine("h2", "m", 1)), list(machine("h3", "m", 2))}, "h3", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, known := sources.NewPlacement(test.lists).Machine("m")
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
