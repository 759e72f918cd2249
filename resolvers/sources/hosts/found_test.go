package hosts_test

import (
	"slices"
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestFound_A7_HostByID: a host that is asked by its id is never another one. Where the upstream answers with others
// only, the host may be there all the same: an error, and no "not found".
func TestFound_A7_HostByID(t *testing.T) {
	other, own := `{"HOST_ID":"other","HOST_NAME":"no"}`, `{"HOST_ID":"h","HOST_NAME":"yes"}`
	for name, test := range map[string]struct {
		rows []string
		want string
		kind rest.Kind
	}{
		"itself":                          {[]string{own}, "yes", rest.None},
		"another host":                    {[]string{other}, "", rest.BadResponse},
		"the filter ignored":              {[]string{other, own}, "yes", rest.None},
		"none":                            {nil, "", rest.None},
		"a row without an id":             {[]string{`{"HOST_NAME":"who"}`}, "", rest.BadResponse},
		"itself and a row without its id": {[]string{`{"HOST_NAME":"who"}`, own}, "yes", rest.None},
	} {
		t.Run(name, func(t *testing.T) {
			all, _ := sourcestest.New(t, map[string]string{"host/detail": sourcestest.ListOf(test.rows...)}, nil)
			got := all.Hosts.ByID.One(t.Context(), "", "h", 0)
			found := ""
			if got.Found {
				found = *got.Held.Value.Name
			}
			if found != test.want || rest.KindOf(got.Err) != test.kind {
				t.Errorf("found %q, error %v", found, got.Err)
			}
		})
	}
}

// TestFound_A7_MachinesOfAnotherHost: the documents' sample answers under an id that names no host, which is accepted
// for this call (quirk 97); the id of a host that the list knows is that host's, and so are rows of several hosts.
func TestFound_A7_MachinesOfAnotherHost(t *testing.T) {
	row := func(host, vm string) string {
		return `{"host_id":"` + host + `","vm_list":"[['` + vm + `','','','']]"}`
	}
	for name, test := range map[string]struct {
		rows    []string
		want    []string
		foreign int
		kind    rest.Kind
	}{
		"its own":                         {[]string{row("h", "a")}, []string{"a"}, 0, rest.None},
		"Quirk097 an id of no host":       {[]string{row("serial", "a")}, []string{"a"}, 0, rest.None},
		"Quirk032 a masked id":            {[]string{row("0070-xxx8", "a"), row("h", "b")}, []string{"a", "b"}, 0, rest.None},
		"no id":                           {[]string{row("", "a")}, []string{"a"}, 0, rest.None},
		"the id of a known host":          {[]string{row("known", "a")}, nil, 0, rest.BadResponse},
		"several, its own among them":     {[]string{row("x", "a"), row("h", "b")}, []string{"b"}, 1, rest.None},
		"several, its own not among them": {[]string{row("x", "a"), row("y", "b")}, nil, 0, rest.BadResponse},
	} {
		t.Run(name, func(t *testing.T) {
			all, upstream := sourcestest.New(t, map[string]string{
				"host/vms": sourcestest.ListOf(test.rows...), "host/detail": sourcestest.ListOf(`{"HOST_ID":"known"}`),
			}, nil)
			if held := all.Hosts.List.One(t.Context(), "", struct{}{}, 0); held.Err != nil {
				t.Fatal(held.Err)
			}
			got := all.Hosts.Machines.One(t.Context(), "", "h", 0)
			if rest.KindOf(got.Err) != test.kind {
				t.Fatalf("error %v", got.Err)
			}
			if test.kind != rest.None {
				if upstream.Count("host_id") != len(test.rows) {
					t.Errorf("counted %d rows", upstream.Count("host_id"))
				}
				return
			}
			var ids []string
			for _, machine := range got.Held.Value.All {
				ids = append(ids, textOf(machine))
			}
			slices.Sort(ids)
			if !slices.Equal(ids, test.want) || got.Held.Value.Foreign != test.foreign {
				t.Errorf("machines %v, %d of others", ids, got.Held.Value.Foreign)
			}
		})
	}
}

func textOf(machine *model.VirtualMachine) string { return *machine.VMID }
