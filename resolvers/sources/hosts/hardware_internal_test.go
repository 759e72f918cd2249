package hosts

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// TestHardwareOnceAText has hosts with equal texts about hardware share what these say, count an unreadable text for
// each host that has it, and remember a bounded number of texts.
func TestHardwareOnceAText(t *testing.T) {
	unreadable := map[string]int{}
	cfg := dataset.Config{Unreadable: func(_, field string) { unreadable[field]++ }}.WithDefaults()
	texts := &hardware{}
	convert := func(cores, memory, disk string) *model.Host {
		var record esm.HostDetail
		text := func(s string) string {
			quoted, _ := json.Marshal(s) // never fails
			return string(quoted)
		}
		if err := json.Unmarshal([]byte(`{"HOST_ID":"h","CPU":`+text(cores)+`,"MEMORY":`+text(memory)+`,"DISK":`+text(disk)+`}`),
			&record); err != nil {
			t.Fatal(err)
		}
		return convertHost(cfg, texts, &record)
	}
	const cpu, memory, disk = `[{"cores":"4"}]`, `[{"size":"32 GB"},{"size":"32 GB"}]`, `[{"disk":"/dev/sda:1.0GB"}]`
	first, second := convert(cpu, memory, disk), convert(cpu, memory, disk)
	if first.Processors[0] != second.Processors[0] || first.MemoryModules[0] != second.MemoryModules[0] ||
		first.Disks[0] != second.Disks[0] {
		t.Error("equal texts are read twice")
	}
	if *second.Processors[0].Cores != 4 || *second.MemoryGib != 64 || *second.Disks[0].SizeGb != 1 {
		t.Errorf("read: %+v", second)
	}
	if other := convert(`[{"cores":"8"}]`, "", "null"); *other.Processors[0].Cores != 8 || other.MemoryModules != nil ||
		other.MemoryGib != nil || other.Disks != nil {
		t.Errorf("other texts read: %+v", other)
	}
	for range 3 {
		convert("[", "no list", "no disk")
	}
	if diff := cmp.Diff(map[string]int{"CPU": 3, "MEMORY": 3, "DISK": 3}, unreadable); diff != "" {
		t.Errorf("unreadable (-want +got):\n%s", diff)
	}
	for i := range 2 * mostTexts {
		if host := convert(fmt.Sprintf(`[{"cores":"%d"}]`, i), "", ""); *host.Processors[0].Cores != i {
			t.Fatalf("text %d read: %+v", i, host.Processors[0])
		}
	}
	if len(texts.processors) != mostTexts {
		t.Errorf("%d texts are remembered, at most %d should be", len(texts.processors), mostTexts)
	}
}
