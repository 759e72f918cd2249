package identity

import (
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestFound_E9_BillingSaysWhichToken asks for billed resources with the token that ESM takes, one of a project: BSS is
// documented for the token of a partner, and takes one of the account's scope. The refusal says so, and how to go on.
func TestFound_E9_BillingSaysWhichToken(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	for _, document := range []string{
		`{payPerUseResources(customerId: "anna-domain", first: 1) {nodes {resourceId}}}`,
		`{instances(type: EVS, first: 1) {nodes {payPerUseResource {resourceId}}}}`,
	} {
		got := r.Ask(t, document, "", n.A.Header())
		if len(got.Body.Errors) == 0 || got.Code() != "FORBIDDEN" {
			t.Fatalf("%s: %.400s", document, got.Raw)
		}
		for _, want := range []string{"partner", "domain scope", "iam.*", `"retryable":false`, `"system":"bss"`} {
			if !strings.Contains(got.Raw, want) {
				t.Errorf("%s: the error lacks %s: %.600s", document, want, got.Raw)
			}
		}
	}
	// The token is still good for all the rest.
	kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
}
