package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestFound_A9_CodeIsLogged: a code that is not known as success is logged with the upstream's own sentence, and rows of
// another thing with their number.
func TestFound_A9_CodeIsLogged(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	w.Steer(t, http.MethodPut, "faults", []map[string]any{
		{"operation": "listHostMetricData", "kind": "status", "status": 200,
			"body": `{"total":1,"list":[{"host_id":"another","metrics_name":"CPU","value":"1","time_stamp":"1795255000000"}]}`},
		{"operation": "listDeviceAssets", "kind": "status", "status": 200,
			"body": `{"code":"500","msg":"internal error of the table","total":0,"list":[]}`},
	})
	r.Ask(t, `{ hosts(first: 1) { nodes { metrics { name } } } devices { totalCount } }`, "", nil)
	for _, words := range []string{
		"upstream answered with a code that is not known as success", "internal error of the table",
		"upstream answered with rows about something else than what was asked",
	} {
		if !strings.Contains(r.Log.String(), words) {
			t.Errorf("the log lacks %q", words)
		}
	}
}
