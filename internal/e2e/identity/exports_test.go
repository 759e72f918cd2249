package identity

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestExportFileOfAnother: the file of an export is for its tenant alone, even while the gateway knows its state.
func TestExportFileOfAnother(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_WORKSPACE_READ_EXPORTS=true")
	got := r.Ask(t, fmt.Sprintf(`mutation {exportUserUsage(input: {
		projectId: %q, from: "2026-11-20T08:00:00Z", to: "2026-11-21T09:00:00Z"}) {usageExportJob {id}}}`,
		n.A.Account.ProjectID), "", n.A.Header())
	_, id, _ := strings.Cut(got.Raw, `"id":"`)
	id, _, found := strings.Cut(id, `"`)
	if !found {
		t.Fatalf("export: %.300s", got.Raw)
	}
	n.Clock.Advance(time.Minute)
	file := func(header http.Header) *kit.Reply {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.Server.URL+"/exports/"+id+"/file", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header = header
		response, err := r.Client.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
		if err != nil {
			t.Fatal(err)
		}
		return kit.ReadReply(t, response)
	}
	if own := file(n.A.Header()); own.Status != http.StatusOK || !strings.HasPrefix(own.Raw, "name,") {
		t.Errorf("the own file: %d %.300s", own.Status, own.Raw)
	}
	if other := file(n.B.Header()); other.Status != http.StatusForbidden || strings.Contains(other.Raw, "usage_hours") {
		t.Errorf("another's file: %d %.300s", other.Status, other.Raw)
	}
	if nobody := file(http.Header{}); nobody.Status != http.StatusUnauthorized || nobody.Code() != "UNAUTHENTICATED" {
		t.Errorf("nobody: %d %.300s", nobody.Status, nobody.Raw)
	}
	revoked := kit.With(n.A.Header(), "X-Auth-Token", "unknown")
	if got := file(revoked); got.Status != http.StatusUnauthorized {
		t.Errorf("an unknown token: %d %.300s", got.Status, got.Raw)
	}
}
