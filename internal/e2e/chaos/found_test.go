package chaos

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_A5_RedisKeepsTheGoodList: hosts of which half lack their id take the place of no good list, neither in the
// memory of the replica that reads them nor in Redis, where the next replica finds it.
func TestFound_A5_RedisKeepsTheGoodList(t *testing.T) {
	t.Parallel()
	const document, good = `{ hosts { totalCount } }`, `"totalCount":24`
	fleet := kit.NewFleet(t, kit.WorldSettings{Hosts: 24, Regions: 1})
	first := fleet.Start(t, 1, kit.Steady)[0]
	if got := first.Ask(t, document, "", nil); !strings.Contains(got.Raw, good) {
		t.Fatalf("the good list: %s", got.Raw)
	}
	(&spoilt{Fleet: fleet, connection: fleet.Admin(t)}).keyOf(t, "listHostDetails")

	rows := make([]string, 24)
	for i := range rows {
		rows[i] = `{"HOST_NAME":"nobody"}`
		if i < len(rows)/2 {
			rows[i] = fmt.Sprintf(`{"HOST_ID":"h%d"}`, i)
		}
	}
	body := `{"total":24,"list":[` + strings.Join(rows, ",") + `]}`
	fleet.Steer(t, http.MethodPut, "faults", []map[string]any{{
		"operation": "listHostDetails", "kind": "status", "status": 200, "body": body,
	}})
	fleet.Clock.Advance(15 * time.Minute)
	for name, replica := range map[string]*kit.Replica{
		"the one that read it": first, "the next one": fleet.Start(t, 1, kit.Steady)[0],
	} {
		testkit.Eventually(t, name+": the refused refresh", func() bool {
			got := replica.Ask(t, document, "", nil)
			if !strings.Contains(got.Raw, good) {
				t.Fatalf("%s: %s", name, got.Raw)
			}
			return strings.Contains(got.Raw, `"reason":"UPSTREAM_BAD_RESPONSE"`)
		})
	}
}
