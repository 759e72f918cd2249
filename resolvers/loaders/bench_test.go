package loaders_test

import (
	"fmt"
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
)

// BenchmarkOperation is one operation from memory: its loaders are made, a page of hosts is read, and a level of hosts
// by id.
func BenchmarkOperation(b *testing.B) {
	all, u := newSources(b, 500)
	ids := make([]string, 50)
	for i := range ids {
		ids[i] = fmt.Sprintf("h%d", i)
	}
	one := func() {
		set := loaders.New(b.Context(), all, loaders.Options{Now: u.now()})
		if _, err := set.HostPage(b.Context(), "", nil, nil, paging.Args{}); err != nil {
			b.Fatal(err)
		}
		if _, errs := set.Hosts(b.Context(), ids); errs[0] != nil {
			b.Fatal(errs[0])
		}
		if _, errs := set.MachinePages(b.Context(), ids, paging.Args{}); errs[0] != nil {
			b.Fatal(errs[0])
		}
	}
	one()
	b.ReportAllocs()
	for b.Loop() {
		one()
	}
}

// BenchmarkAlarmsOfHosts is what a page of 50 hosts asks of alarms: a page of each.
func BenchmarkAlarmsOfHosts(b *testing.B) {
	all, u := newSources(b, 500)
	no, first := false, 20
	var of []loaders.AlarmsOf
	for i := range 50 {
		of = append(of, loaders.AlarmsOf{HostID: fmt.Sprint("h", i)})
	}
	for name, filter := range map[string]*model.AlarmFilter{"all": nil, "active": {Cleared: &no}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				set := loaders.New(b.Context(), all, loaders.Options{Now: u.now()})
				if _, errs := set.AlarmPages(b.Context(), of, filter, nil, paging.Args{First: &first}); errs[0] != nil {
					b.Fatal(errs[0])
				}
			}
		})
	}
}
