package hosts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func hostListOf(t *testing.T, rows ...string) (*hosts.List, *sourcestest.Upstream) {
	t.Helper()
	all, upstream := sourcestest.New(t, map[string]string{"host/detail": sourcestest.ListOf(rows...)}, nil)
	held := all.Hosts.List.One(t.Context(), "", struct{}{}, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	return held.Held.Value, upstream
}

func processorsShown(processors []*model.Processor) string {
	var parts []string
	for _, p := range processors {
		parts = append(parts, strings.Join([]string{
			sourcestest.Shown(p.Sockets), sourcestest.Shown(p.Cores),
			sourcestest.Shown(p.Threads), sourcestest.Shown(p.Model),
		}, " x "))
	}
	return strings.Join(parts, "; ")
}

func TestHostFields(t *testing.T) {
	tests := []struct {
		name, row string // without its id
		show      func(*model.Host) string
		want      string
	}{
		{
			"Quirk009 Quirk010 region and zone under their names", `"REGION_ID": "cn-north-7", "AZ_CODE": "cn-north-7a"`,
			func(h *model.Host) string {
				return sourcestest.Shown(h.RegionCode) + " " + sourcestest.Shown(h.AvailabilityZone)
			}, "cn-north-7 cn-north-7a",
		},
		{
			"Quirk032 placeholders pass", `"MANUFACTURER": "cn-north-7", "KERNEL": "0", "SN": "00700188-9859-xxx8"`,
			func(h *model.Host) string {
				return sourcestest.Shown(h.Manufacturer) + " " + sourcestest.Shown(h.Kernel) + " " +
					sourcestest.Shown(h.SerialNumber)
			},
			"cn-north-7 0 00700188-9859-xxx8",
		},
		{
			"Quirk032 a masked address is none", `"MAC_IP": "XX.XX.XX.XX"`,
			func(h *model.Host) string { return strings.Join(append(h.IPAddresses, h.MacAddresses...), " ") + "|" }, "|",
		},
		{
			"addresses of both kinds", `"MAC_IP": "10.21.4.34, FA:16:3E:00:11:22; fe80::0001"`,
			func(h *model.Host) string {
				return strings.Join(h.IPAddresses, " ") + "|" + strings.Join(h.MacAddresses, " ")
			},
			"10.21.4.34 fe80::1|fa:16:3e:00:11:22",
		},
		{
			"Quirk068 Quirk070 Quirk071 JSON inside a text, every value a text, the product ignored",
			`"CPU": "[{\"cores\":\"22\",\"model\":\"Gold\",\"threads\":\"2\",\"cpu\":\"9 * 9 * 9 * no\",\"sockets\":\"2\"}]"`,
			func(h *model.Host) string { return processorsShown(h.Processors) }, "2 x 22 x 2 x Gold",
		},
		{
			"Quirk068 JSON that is not inside a text", `"CPU": [{"cores": 22, "sockets": 2}]`,
			func(h *model.Host) string { return processorsShown(h.Processors) }, "2 x 22 x null x null",
		},
		{
			"Quirk068 text that does not parse", `"CPU": "[{\"cores\":", "MEMORY": "none"`,
			func(h *model.Host) string {
				return processorsShown(h.Processors) + "|" + sourcestest.Shown(h.MemoryGib)
			},
			"|null",
		},
		{
			"Quirk031 Quirk070 numbers and units in one text",
			`"MEMORY": "[{\"size\":\"32 GB\",\"frequency\":\"2666 MHz\"},{\"size\":\"16384MB\",\"frequency\":\"2.4 GHz\"}]"`,
			func(h *model.Host) string {
				return sourcestest.Shown(h.MemoryGib) + " " + sourcestest.Shown(h.MemoryModules[0].FrequencyMhz) + " " +
					sourcestest.Shown(h.MemoryModules[1].FrequencyMhz)
			},
			"48 2666 2400",
		},
		{
			"Quirk031 a size in no known unit leaves the sum unknown",
			`"MEMORY": "[{\"size\":\"32 GB\"},{\"size\":\"2 slots\"}]"`,
			func(h *model.Host) string {
				return sourcestest.Shown(h.MemoryGib) + " " + sourcestest.Shown(h.MemoryModules[0].SizeGib)
			}, "null 32",
		},
		{
			"no modules are no memory known", `"MEMORY": "[]"`,
			func(h *model.Host) string { return sourcestest.Shown(h.MemoryGib) }, "null",
		},
		{
			"Quirk069 a comma that is missing", `"DISK": "[{\"disk\":\"/dev/sda:599.0GB\"} {\"disk\":\"/dev/sdb:1.6TB\"}]"`,
			func(h *model.Host) string {
				return h.Disks[0].Device + sourcestest.Shown(h.Disks[0].SizeGb) + " " + h.Disks[1].Device +
					sourcestest.Shown(h.Disks[1].SizeGb)
			},
			"/dev/sda599 /dev/sdb1600",
		},
		{
			"Quirk031 the last colon parts device and size",
			`"DISK": "[{\"disk\":\"pci:0000:00:1f:10GB\"},{\"disk\":\"/dev/sdc\"}]"`,
			func(h *model.Host) string {
				return h.Disks[0].Device + " " + sourcestest.Shown(h.Disks[0].SizeGb) + " " + h.Disks[1].Device
			},
			"pci:0000:00:1f 10 /dev/sdc",
		},
		{
			"Quirk020 null as text", `"SN": "null", "HOST_NAME": "NULL", "RACK_CODE": ""`,
			func(h *model.Host) string {
				return sourcestest.Shown(h.SerialNumber) + sourcestest.Shown(h.Name) + sourcestest.Shown(h.Rack)
			}, "nullnullnull",
		},
		{
			"Quirk015 a region's name is no code", `"REGION_ID": "North-7"`,
			func(h *model.Host) string { return sourcestest.Shown(h.RegionCode) }, "null",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			list, _ := hostListOf(t, `{"HOST_ID": "h", `+test.row+`}`)
			if got := test.show(list.ByID("h")); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestHostsTellWhatTheyCouldNotRead(t *testing.T) {
	list, upstream := hostListOf(t,
		`{"HOST_ID": "h", "CPU": "[{", "MEMORY": "x", "DISK": "none"}`, `{"HOST_NAME": "nobody"}`,
		`{"HOST_ID": "", "SN": "s"}`)
	if len(list.All) != 1 {
		t.Errorf("%d hosts, want those with an id", len(list.All))
	}
	for what, want := range map[string]int{"CPU": 1, "MEMORY": 1, "DISK": 1, "HOST_ID": 2} {
		if got := upstream.Count(what); got != want {
			t.Errorf("%s was counted %d times, want %d", what, got, want)
		}
	}
}

func TestHostIndexes(t *testing.T) {
	row := func(id, name, serial string) string {
		return `{"HOST_ID": "` + id + `", "HOST_NAME": "` + name + `", "SN": "` + serial + `", "REGION_ID": "cn-north-7"}`
	}
	list, _ := hostListOf(t,
		row("b", "two", "s"), row("a", "Two", "s"), row("c", "one", "t"), row("c", "again", "u"), row("d", "null", ""))
	var order []string
	for _, host := range list.All {
		order = append(order, host.HostID)
	}
	if diff := cmp.Diff([]string{"c", "a", "b", "d"}, order); diff != "" {
		t.Errorf("by name without regard to case, then id, nameless last; Quirk060 each once (-want +got):\n%s", diff)
	}
	if host := list.ByID("c"); *host.Name != "one" {
		t.Errorf("host c is %s: the first row of an id counts", *host.Name)
	}
	if list.ByID("x") != nil || list.BySerialNumber("x") != nil || list.BySerialNumber("s").HostID != "a" {
		t.Error("lookups by id and serial number")
	}
	if len(list.InRegion("cn-north-7")) != 4 || list.InRegion("cn-east-1") != nil {
		t.Error("hosts of a region")
	}
}

func TestHostMatches(t *testing.T) {
	list, _ := hostListOf(t,
		`{"HOST_ID": "a", "HOST_NAME": "Alpha", "REGION_ID": "cn-north-7", "SN": "1", "CLUSTER_NAME": "ecs", "AZ_CODE": "z1", "CPU_ARCH": "x86_64",
			"ROOM_CODE": "wuhd22", "RACK_CODE": "r-01"}`,
		`{"HOST_ID": "b", "HOST_NAME": "beta", "REGION_ID": "cn-east-1", "SN": "2", "CLUSTER_NAME": "arm", "AZ_CODE": "z2", "CPU_ARCH": "aarch64",
			"ROOM_CODE": "wuhd22", "RACK_CODE": "r-02"}`,
		`{"HOST_ID": "c"}`)
	text := func(s string) *string { return &s }
	tests := []struct {
		name   string
		filter *model.HostFilter
		want   string
	}{
		{"none", nil, "a b c"},
		{"empty", &model.HostFilter{}, "a b c"},
		{"region", &model.HostFilter{Regions: []string{"cn-north-7", "cn-none-1"}}, "a"},
		{"id", &model.HostFilter{HostIds: []string{"c", "b"}}, "b c"},
		{"no id", &model.HostFilter{HostIds: []string{}}, ""},
		{"serial", &model.HostFilter{SerialNumbers: []string{"2"}}, "b"},
		{"cluster", &model.HostFilter{Clusters: []string{"ecs"}}, "a"},
		{"zone", &model.HostFilter{AvailabilityZones: []string{"z2"}}, "b"},
		{"architecture", &model.HostFilter{CPUArchitectures: []string{"x86_64", "aarch64"}}, "a b"},
		{"part of the name", &model.HostFilter{NameContains: text("A")}, "a b"},
		{"rack", &model.HostFilter{Racks: []string{"r-01", "R-02"}}, "a"},
		{"no rack", &model.HostFilter{Racks: []string{}}, ""},
		{"room", &model.HostFilter{Rooms: []string{"wuhd22"}}, "a b"},
		{"room and rack", &model.HostFilter{Rooms: []string{"wuhd22"}, Racks: []string{"r-02"}}, "b"},
		{"text and name", &model.HostFilter{TextContains: text("wuhd22"), NameContains: text("alp")}, "a"},
		{
			"all of them",
			&model.HostFilter{Regions: []string{"cn-north-7"}, NameContains: text("alp"), Clusters: []string{"arm"}}, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, host := range dataset.Select(list.All, dataset.Matches(hosts.Filter(test.filter))) {
				got = append(got, host.HostID)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestHostTextContains looks for a host by each thing that one may know of it, in any case, and by what is not looked
// through.
func TestHostTextContains(t *testing.T) {
	list, _ := hostListOf(t, `{"HOST_ID": "id-A1", "HOST_NAME": "Alpha", "REGION_ID": "cn-north-7", "SN": "serial-B2",
		"CLUSTER_NAME": "cluster-C3", "POD_CODE": "pod-D4", "AZ_CODE": "zone-E5", "DC_CODE": "dc-F6", "ROOM_CODE": "room-G7",
		"RACK_CODE": "rack-H8", "MAC_IP": "10.0.0.9,fe:80:00:00:00:0A 10.0.0.10", "MANUFACTURER": "maker", "KERNEL": "kernel",
		"CPU": "[{\"model\": \"\"}, {\"model\": \"Gold 6161\"}, {\"model\": \"Kunpeng 920\"}]"}`, `{"HOST_ID": "other"}`)
	for text, found := range map[string]bool{
		"ID-a": true, "alpha": true, "L-b2": true, "Cluster": true, "D4": true, "e-E5": true, "dc-": true,
		"ROOM-G": true, "k-h8": true, "0.0.9": true, "10.0.0.10": true, "FE:80": true, "gold 61": true, "kunpeng 920": true,
		"9,fe": false, "10.0.0.9 ": false, "alphaserial": false, "cn-north": false, "maker": false,
		"kernel": false, "Gold  6161": false,
	} {
		got := dataset.Select(list.All, dataset.Matches(hosts.Filter(&model.HostFilter{TextContains: &text})))
		if (len(got) == 1 && got[0].HostID == "id-A1") != found || len(got) > 1 {
			t.Errorf("%q leads to %d hosts, found %t", text, len(got), found)
		}
	}
}

func TestPlanHosts(t *testing.T) {
	tests := []struct {
		name string
		in   hosts.PlanInput
		want hosts.Plan
	}{
		{"one of one page: the scan serves others too", hosts.PlanInput{Asked: 1, Pages: 1, QuotaLeft: -1}, hosts.PlanScan},
		{"nothing known counts as one page", hosts.PlanInput{Asked: 1, QuotaLeft: -1}, hosts.PlanScan},
		{"one of two pages", hosts.PlanInput{Asked: 1, Pages: 2, QuotaLeft: -1, CallTime: 2, Parallel: 32}, hosts.PlanPerID},
		{"as many as pages", hosts.PlanInput{Asked: 2, Pages: 2, QuotaLeft: -1, CallTime: 2, Parallel: 32}, hosts.PlanScan},
		{
			"many of many pages at once",
			hosts.PlanInput{Asked: 99, Pages: 100, QuotaLeft: -1, CallTime: 2, Parallel: 32},
			hosts.PlanPerID,
		},
		{
			"one after the other as long as the scan",
			hosts.PlanInput{Asked: 99, Pages: 100, QuotaLeft: -1, CallTime: 2},
			hosts.PlanPerID,
		},
		{"the quota is too short for both", hosts.PlanInput{Asked: 5, Pages: 9, QuotaLeft: 4, Parallel: 32}, hosts.PlanScan},
		{"the quota is long enough", hosts.PlanInput{Asked: 5, Pages: 9, QuotaLeft: 5, Parallel: 32}, hosts.PlanPerID},
		{"no quota left", hosts.PlanInput{Asked: 1, Pages: 9, QuotaLeft: 0, Parallel: 32}, hosts.PlanScan},
		{"nothing asked", hosts.PlanInput{Asked: 0, Pages: 9, QuotaLeft: -1}, hosts.PlanPerID},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := hosts.PlanFor(test.in); got != test.want {
				t.Errorf("plan %v, want %v", got, test.want)
			}
		})
	}
}

func TestSummariseHosts(t *testing.T) {
	xeon, kunpeng := &model.Processor{Model: new("Xeon")}, &model.Processor{Model: new("Kunpeng")}
	summary := hosts.Summarise([]*model.Host{
		{
			RegionCode: new("cn-south-1"), AvailabilityZone: new("a"), MemoryGib: new(64.0),
			Processors: []*model.Processor{xeon, xeon, kunpeng},
		},
		{
			RegionCode: new("cn-north-7"), AvailabilityZone: new("a"), MemoryGib: new(32.0),
			Processors: []*model.Processor{xeon},
		},
		{RegionCode: new("cn-north-7"), AvailabilityZone: new("a"), Cluster: new("c")},
		{Processors: []*model.Processor{{}}},
	})
	got := fmt.Sprintf("%d %g %d", summary.Total, summary.MemoryGib, summary.HostsWithoutMemory)
	for _, counts := range [][]*model.HostCount{
		summary.ByRegion, summary.Clusters, summary.Models, summary.AvailabilityZones,
	} {
		got += " |"
		for _, count := range counts {
			got += fmt.Sprintf(" %s/%s:%d,%g", sourcestest.Shown(count.RegionCode), sourcestest.Shown(count.Value), count.Count,
				count.MemoryGib)
		}
	}
	want := "4 96 2 | null/cn-north-7:2,32 null/cn-south-1:1,64 null/null:1,0 | null/c:1,0 null/null:3,96" +
		" | null/Xeon:2,96 null/Kunpeng:1,64 null/null:2,0 | cn-north-7/a:2,32 cn-south-1/a:1,64 null/null:1,0"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
