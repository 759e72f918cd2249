package esm_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

func TestHostDetailFields(t *testing.T) {
	host := row[esm.HostDetail](t, "listHostDetails.joined.json", 0)
	cpu, memory, disk := host.CPU, host.Memory, host.Disk
	host.CPU, host.Memory, host.Disk = loose.Embedded[[]esm.Processor]{}, loose.Embedded[[]esm.MemoryModule]{},
		loose.Embedded[[]esm.DiskDescriptor]{}
	equal(t, esm.HostDetail{
		RegionID: text("cn-north-7"), HostID: text(hostID), HostName: text("ecs_4-C07R12034"), Manufacturer: text("Huawei"),
		Kernel: text("4.18.0-147.5.1.6.h579.eulerosv2r9.x86_64"), ManagementIP: text("10.21.4.34"),
		NetworkAdapter: text("4 x 25GE"),
		RAID:           text("RAID1"), SerialNumber: text("abfa96bc-29f6-4571-bfba-fcfdf6ad6ebb"),
		Architecture: text("x86_64"),
		ClusterName:  text("ecs"), ZoneCode: text("cn-north-7a"), PodCode: text("POD-01"), RoomCode: text("wuhd22"),
		RackCode: text("wuhd22-c-01-7"), DataCenterCode: text("WC_WUH_18"),
	}, host)

	processors, ok := cpu.Value()
	if !ok {
		t.Fatalf("CPU %q cannot be read", cpu.Raw())
	}
	equal(t, []esm.Processor{{
		Sockets: number(t, "2"), Cores: number(t, "22"), Threads: number(t, "2"),
		Model: text("Intel(R) Xeon(R) Gold 6161 CPU @ 2.20GHz"),
	}}, processors)
	modules, ok := memory.Value()
	if !ok || len(modules) != 10 {
		t.Fatalf("%d memory modules, %v, want 10", len(modules), ok)
	}
	equal(t, esm.MemoryModule{
		Size: text("32 GB"), Frequency: text("2666 MHz"), Type: text("DDR4"), Manufacturer: text("Micron"),
	}, modules[9])
	disks, ok := disk.Value()
	if !ok {
		t.Fatalf("DISK %q cannot be read", disk.Raw())
	}
	equal(t, []esm.DiskDescriptor{
		{Disk: text("/dev/sda:599.0GB")}, {Disk: text("/dev/sdb:1598.0GB")}, {Disk: text("/dev/sdc:10.7GB")},
	}, disks)
}

func TestQuirk069DisksWithoutAComma(t *testing.T) {
	want := []esm.DiskDescriptor{
		{Disk: text("/dev/sda:599.0GB")}, {Disk: text("/dev/sdb:1598.0GB")}, {Disk: text("/dev/sdc:10.7GB")},
	}
	for _, file := range []string{"listHostDetails.json", "listHostDetails.documented.json"} {
		host := row[esm.HostDetail](t, file, 0)
		disks, ok := host.Disks()
		if !ok {
			t.Errorf("%s: no disks", file)
		}
		equal(t, want, disks)
	}
	if _, parses := row[esm.HostDetail](t, "listHostDetails.documented.json", 0).Disk.Value(); parses {
		t.Error("the documented DISK parses: the test shows nothing")
	}
	for name, wire := range map[string]string{
		"absent": `{}`, "nothing in it": `{"DISK":"see attachment"}`, "other shape": `{"DISK":"5"}`,
	} {
		if disks, ok := decode[esm.HostDetail](t, wire).Disks(); ok {
			t.Errorf("%s: found %v", name, disks)
		}
	}
	if disks, ok := decode[esm.HostDetail](t, `{"DISK":"[]"}`).Disks(); !ok || len(disks) != 0 {
		t.Errorf("a host without disks has %v, %v", disks, ok)
	}
}

func TestQuirk068InnerTextDoesNotFailTheRow(t *testing.T) {
	host := decode[esm.HostDetail](t, `{"HOST_ID":"h1","CPU":"[{\"cores\":","MEMORY":"{}","DISK":null}`)
	if _, ok := host.CPU.Value(); ok || host.CPU.Raw() != `[{"cores":` {
		t.Errorf("CPU reads %v, raw %q", ok, host.CPU.Raw())
	}
	if !host.Memory.Unreadable() || !host.Disk.IsAbsent() || host.HostID.String() != "h1" {
		t.Errorf("row is %+v", host)
	}
}

func TestQuirk072MachinesOfAHost(t *testing.T) {
	host := row[esm.HostVMs](t, "listHostVms.joined.json", 0)
	equal(t, text("cn-north-7"), host.RegionID)
	equal(t, text(hostID), host.HostID)
	equal(t, text("ecs_4-C07R12034"), host.HostName)
	equal(t, text("10.21.4.34"), host.HostIP)
	equal(t, instant(t, "1726819320000"), host.LastUpdateTime)
	machines, ok := host.VMs()
	if !ok || len(machines) != 2 {
		t.Fatalf("%d machines, %v, want 2", len(machines), ok)
	}
	equal(t, text("3a9d5c1e-8b47-4f2a-9c60-1d2e3f4a5b6c"), machines[1].First)
	equal(t, text("ecs-db-01"), machines[1].Second)
	equal(t, text("CentOS"), machines[1].OperatingSystem)
	processors, ok := machines[1].CPU.Value()
	if !ok {
		t.Fatalf("CPU %q cannot be read", machines[1].CPU.Raw())
	}
	equal(t, []esm.Processor{{Sockets: number(t, "16"), Cores: number(t, "1"), Threads: number(t, "1"), Model: text("")}},
		processors)
}

func TestQuirk073PositionsMayBeEmpty(t *testing.T) {
	machines, ok := row[esm.HostVMs](t, "listHostVms.json", 0).VMs()
	if !ok || len(machines) != 1 {
		t.Fatalf("%d machines, %v, want 1", len(machines), ok)
	}
	if !machines[0].First.IsAbsent() || !machines[0].Second.IsAbsent() {
		t.Errorf("positions read %q and %q, want them absent", machines[0].First, machines[0].Second)
	}
	equal(t, text("Euler"), machines[0].OperatingSystem)
}

func TestVMListInOtherForms(t *testing.T) {
	for name, test := range map[string]struct {
		wire     string
		machines int
		ok       bool
	}{
		"no machines":                {`{"vm_list":"[]"}`, 0, true},
		"Quirk072 JSON in a text":    {`{"vm_list":"[[\"a\",null,\"Euler\",\"[]\"]]"}`, 1, true},
		"Quirk072 JSON itself":       {`{"vm_list":[["a","b","Euler",[{"cores":"1"}]],["c"]]}`, 2, true},
		"short and long rows":        {`{"vm_list":"[['a'], ['b','c','d','[]','?']]"}`, 2, true},
		"missing":                    {`{}`, 0, false},
		"Quirk020 null text":         {`{"vm_list":"null"}`, 0, false},
		"not a list":                 {`{"vm_list":"see host"}`, 0, false},
		"list that ends too early":   {`{"vm_list":"[['a', 'b'"}`, 0, false},
		"object":                     {`{"vm_list":{"a":1}}`, 0, false},
		"number where a list should": {`{"vm_list":5}`, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			machines, ok := decode[esm.HostVMs](t, test.wire).VMs()
			if ok != test.ok || len(machines) != test.machines {
				t.Errorf("%d machines, %v, want %d, %v", len(machines), ok, test.machines, test.ok)
			}
		})
	}
}

func TestQuirk097RolesOfOneID(t *testing.T) {
	// The sample uses one UUID as serial number, host id and machine id; HOST_ID is another one.
	host := row[esm.HostDetail](t, "listHostDetails.json", 0)
	vms := row[esm.HostVMs](t, "listHostVms.json", 0)
	if host.SerialNumber.String() != vms.HostID.String() || host.HostID.String() == vms.HostID.String() {
		t.Errorf("SN %q, HOST_ID %q, host_id %q", host.SerialNumber, host.HostID, vms.HostID)
	}
}
