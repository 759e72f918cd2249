package gateway_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestDefer_notOffered asks for @defer in each of its forms: all are refused alike, before anything runs.
func TestDefer_notOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, worldSettings{Hosts: 4})
	r := w.startGateway(t, "")
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
				got := r.ask(t, test.document, test.variables, http.Header{"Accept": {accept}})
				if got.status != status || got.code() != "GRAPHQL_VALIDATION_FAILED" || got.body.Data != nil {
					t.Errorf("%s: %d %s", accept, got.status, got.raw)
					continue
				}
				if message := got.body.Errors[0].Message; !strings.HasPrefix(message, "@defer is not offered: ") {
					t.Errorf("%s: %s", accept, message)
				}
			}
		})
	}
	if calls := w.arrived(); len(calls) > 0 {
		t.Errorf("refused operations called the upstream: %v", calls)
	}
	listed := r.ask(t, `{ __schema { directives { name } } }`, "", nil)
	if listed.status != http.StatusOK || !strings.Contains(listed.raw, `"skip"`) || strings.Contains(listed.raw, `"defer"`) {
		t.Errorf("directives: %s", listed.raw)
	}
}
