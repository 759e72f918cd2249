package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestDefer_notOffered asks for @defer in each of its forms: all are refused alike, before anything runs.
func TestDefer_notOffered(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 4})
	r := w.StartGateway(t, "")
	tests := map[string]struct{ document, variables string }{
		"inline fragment": {`{ regions { code ... @defer { name } } }`, ""},
		"fragment spread": {`{ regions { code ...Name @defer(label: "name") } } fragment Name on Region { name }`, ""},
		"switched off":    {`query($d: Boolean!) { regions { code ... @defer(if: $d) { name } } }`, `{"d": false}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for accept, status := range map[string]int{
				"application/graphql-response+json": http.StatusBadRequest,
				"multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9": http.StatusBadRequest,
				"application/json": http.StatusOK,
			} {
				got := r.Ask(t, test.document, test.variables, http.Header{"Accept": {accept}})
				if got.Status != status || got.Code() != "GRAPHQL_VALIDATION_FAILED" || got.Body.Data != nil {
					t.Errorf("%s: %d %s", accept, got.Status, got.Raw)
					continue
				}
				if message := got.Body.Errors[0].Message; !strings.HasPrefix(message, "@defer is not offered: ") {
					t.Errorf("%s: %s", accept, message)
				}
			}
		})
	}
	if calls := w.Arrived(); len(calls) > 0 {
		t.Errorf("refused operations called the upstream: %v", calls)
	}
	listed := r.Ask(t, `{ __schema { directives { name } } }`, "", nil)
	if listed.Status != http.StatusOK || !strings.Contains(listed.Raw, `"skip"`) ||
		strings.Contains(listed.Raw, `"defer"`) {
		t.Errorf("directives: %s", listed.Raw)
	}
}
