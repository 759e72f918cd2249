package hosts_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// machines reads rows as the answer for the host h.
func machines(t *testing.T, rows ...string) (*hosts.Machines, *sourcestest.Upstream, error) {
	t.Helper()
	all, upstream := sourcestest.New(t, map[string]string{"host/vms": sourcestest.ListOf(rows...)}, nil)
	outcome := all.Hosts.Machines.Get(t.Context(), "", []string{"h"}, 0)["h"]
	return outcome.Held.Value, upstream, outcome.Err
}

// vmRow is a row with a list of machines in Python's notation.
func vmRow(list string) string {
	return fmt.Sprintf(
		`{"host_id": "abfa96bc", "host_name": "CN_NORTH_7_ECS", "vm_list": %s, "last_update_time": "1726819320000"}`,
		quotedJSON(list))
}

func quotedJSON(text string) string {
	raw, _ := json.Marshal(text) // a text always encodes
	return string(raw)
}

func TestVirtualMachines(t *testing.T) {
	const cpu = `[{"cores":"1","model":"","threads":"1","cpu":"16 * 1 * 1 * ","sockets":"16"}]`
	tests := []struct {
		name, list string
		want       []string // id, name, system, virtual processors
	}{
		{"Quirk072 a Python list, as in the sample", `[['', '', 'Euler', '` + cpu + `']]`, []string{"null null Euler 16"}},
		{"Quirk072 None", `[[None, None, 'Euler', None]]`, []string{"null null Euler null"}},
		{"Quirk072 JSON", `[["vm-1", "web", "Euler", null]]`, []string{"vm-1 web Euler null"}},
		{"Quirk072 escapes", `[['vm-1', 'it\'s', 'Euler', '']]`, []string{"vm-1 it's Euler null"}},
		{"Quirk073 an id that does not look so", `[['no id at all', 'web', '', '']]`, []string{"null web null null"}},
		{"Quirk073 fewer positions", `[['vm-1']]`, []string{"vm-1 null null null"}},
		{"Quirk073 more positions", `[['vm-1', 'web', 'Euler', '', 'new', 'newer']]`, []string{"vm-1 web Euler null"}},
		{"Quirk068 processors that do not parse", `[['vm-1', 'web', 'Euler', '[{']]`, []string{"vm-1 web Euler null"}},
		{
			"by name, nameless last", `[['c', '', '', ''], ['a', 'web', '', ''], ['b', 'Api', '', '']]`,
			[]string{"b Api null null", "a web null null", "c null null null"},
		},
		{"Quirk060 each once", `[['a', 'web', '', ''], ['a', 'again', '', '']]`, []string{"a web null null"}},
		{"no machines", `[]`, nil},
		{"nothing said", `null`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			list, _, err := machines(t, vmRow(test.list))
			if err != nil || list.Unreadable {
				t.Fatalf("list: %v, unreadable %v", err, list.Unreadable)
			}
			var got []string
			for _, vm := range list.All {
				got = append(got, strings.Join([]string{
					sourcestest.Shown(vm.VMID), sourcestest.Shown(vm.Name),
					sourcestest.Shown(vm.OperatingSystem), sourcestest.Shown(vm.Vcpus),
				}, " "))
				if vm.HostID != "h" {
					t.Errorf("Quirk097: the machine belongs to %s, not to the host that was asked", vm.HostID)
				}
				if list.ByID(vm.ID) != vm {
					t.Errorf("machine %s is not found by its id", vm.ID)
				}
				if id, err := model.ParseID(vm.ID); err != nil || id.Parts[0] != "h" {
					t.Errorf("id %+v, %v", id, err)
				}
				if !vm.ObservedAt.Equal(time.Date(2024, 9, 20, 8, 2, 0, 0, time.UTC)) {
					t.Errorf("Quirk043: observed at %v", vm.ObservedAt)
				}
			}
			if strings.Join(got, "; ") != strings.Join(test.want, "; ") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestVirtualMachinesWithoutIDs(t *testing.T) {
	list, _, err := machines(t, vmRow(`[['', 'b', '', ''], ['', 'a', '', ''], ['', 'a', '', '']]`))
	if err != nil || len(list.All) != 3 {
		t.Fatalf("%d machines, %v", len(list.All), err)
	}
	order := hosts.MachineOrder()
	seen := map[string]bool{}
	for _, vm := range list.All {
		seen[vm.ID+dataset.CursorOf(order, vm).String()] = true
	}
	if len(seen) != 3 || *list.All[0].Name != "a" || *list.All[2].Name != "b" {
		t.Errorf("%d different machines in %d", len(seen), len(list.All))
	}
}

func TestMachinesThatCannotBeRead(t *testing.T) {
	list, upstream, err := machines(t, vmRow(`[['vm-1', 'web'`))
	if err != nil || !list.Unreadable || upstream.Count("vm_list") != 1 {
		t.Errorf("Quirk072: a list that is cut short: %+v, %v", list, err)
	}
	_, _, err = machines(t, `{"host_id": "h", "vm_list": "[]", "last_update_time": {}}`)
	if rest.KindOf(err) != rest.BadResponse {
		t.Errorf("a row that can't be read: %v", err)
	}
	list, _, err = machines(t)
	if err != nil || len(list.All) != 0 || list.Unreadable {
		t.Errorf("Quirk082: an unknown host: %+v, %v", list, err)
	}
}
