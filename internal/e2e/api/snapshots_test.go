package api

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestSnapshotsOfOneOperation: the lists of one operation are told apart by words of the schema: the latest capacity of
// a service by its type, the history that its forecasts read by its days, too.
func TestSnapshotsOfOneOperation(t *testing.T) {
	t.Parallel()
	r := kit.NewWorld(t, kit.WorldSettings{Hosts: 20, Regions: 2}).StartGateway(t, "")
	reply := r.Ask(t, `{ allocationTable(types: [BMS]) { cells { forecast { outlook } } } }`, "", nil)
	if reply.Code() != "" {
		t.Fatalf("%.500s", reply.Raw)
	}
	got := string(r.Ask(t, `{ upstream { snapshots { operation parameters } } }`, "", nil).Body.Data)
	for _, want := range []string{`{"type":"BMS"}`, `{"days":31,"type":"BMS"}`} {
		if !strings.Contains(got, `{"operation":"listCloudServiceCapacity","parameters":`+want+`}`) {
			t.Errorf("no list of %s in %s", want, got)
		}
	}
}
