package identity

import (
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestSnapshotsOfAnother proves that a tenant sees no age, size or parameter of what another has read.
func TestSnapshotsOfAnother(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	r.Ask(t, `{hosts {totalCount} auditEvents(filter: {range: {from: "2026-11-19T00:00:00Z", to: "2026-11-20T00:00:00Z"}})
		{totalCount}}`, "", n.A.Header())
	snapshots := func(who *kit.Tenant) string {
		t.Helper()
		return string(r.Ask(t, `{upstream {snapshots {operation parameters}}}`, "", who.Header()).Body.Data)
	}
	const both = `{"upstream":{"snapshots":[` +
		`{"operation":"listCloudAuditLogs","parameters":{"first":"2026-11-19","last":"2026-11-19"}},` +
		`{"operation":"listHostDetails","parameters":{}}]}}`
	if got := snapshots(n.A); got != both {
		t.Errorf("the own lists: %s", got)
	}
	if got := snapshots(n.B); got != `{"upstream":{"snapshots":[]}}` {
		t.Errorf("another tenant sees %s", got)
	}
}
