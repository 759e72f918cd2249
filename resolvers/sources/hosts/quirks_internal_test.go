package hosts

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

func TestQuirk031UnitsInsideTexts(t *testing.T) {
	var record esm.HostDetail
	if err := json.Unmarshal([]byte(`{"HOST_ID":"h",
		"MEMORY":"[{\"size\":\"32 GB\",\"frequency\":\"2666 MHz\"},{\"size\":\"many\",\"frequency\":\"fast\"}]",
		"DISK":"[{\"disk\":\"/dev/sda:599.0GB\"},{\"disk\":\"pci-0000:00:1f:10.5TB\"},{\"disk\":\"/dev/sdb\"}]"}`), &record); err != nil {
		t.Fatal(err)
	}
	host := convertHost(dataset.Config{}.WithDefaults(), &hardware{}, &record)
	number := func(f float64) *float64 { return &f }
	frequency := 2666
	wantModules := []*model.MemoryModule{{SizeGib: number(32), FrequencyMhz: &frequency}, {}}
	if diff := cmp.Diff(wantModules, host.MemoryModules); diff != "" {
		t.Errorf("modules (-want +got):\n%s", diff)
	}
	if host.MemoryGib != nil {
		t.Errorf("a sum with an unknown part: %v", *host.MemoryGib)
	}
	wantDisks := []*model.HostDisk{
		{Device: "/dev/sda", SizeGb: number(599)}, {Device: "pci-0000:00:1f", SizeGb: number(10500)}, {Device: "/dev/sdb"},
	}
	if diff := cmp.Diff(wantDisks, host.Disks); diff != "" {
		t.Errorf("disks (-want +got):\n%s", diff)
	}
}
