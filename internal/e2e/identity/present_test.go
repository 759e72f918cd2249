package identity

import (
	"fmt"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
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

// TestStartedJobsOfAnother proves that each tenant sees the jobs that it has started, on every replica, and no others.
func TestStartedJobsOfAnother(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	settings := kit.WithRedis(redistest.Start(t))
	one, two := n.Passthrough(t, settings...), n.Passthrough(t, settings...)
	for _, domain := range []string{"first", "second"} {
		got := one.Ask(t, fmt.Sprintf(`mutation {createMeterJob(input: {domainId: %q}) {meterJob {jobId}}}`, domain), "",
			n.A.Header())
		if got.Code() != "" {
			t.Fatalf("start: %.300s", got.Raw)
		}
	}
	for _, r := range []*kit.Replica{one, two} {
		got := r.Ask(t, `{jobs {totalCount nodes {kind job {... on MeterJob {domainId}}}}}`, "", n.A.Header())
		if !strings.Contains(got.Raw, `"totalCount":2`) || !strings.Contains(got.Raw, `"domainId":"first"`) ||
			!strings.Contains(got.Raw, `"domainId":"second"`) {
			t.Errorf("the own jobs: %.500s", got.Raw)
		}
		if got := r.Ask(t, `{jobs {totalCount nodes {id}}}`, "", n.B.Header()); string(got.Body.Data) !=
			`{"jobs":{"totalCount":0,"nodes":[]}}` {
			t.Errorf("another tenant sees %.300s", got.Raw)
		}
	}
}

// TestStartedJobsWithoutRedis proves that a replica tells the jobs that it started itself while Redis is away, and says
// that others may be missing.
func TestStartedJobsWithoutRedis(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	server := redistest.Start(t)
	settings := kit.WithRedis(server)
	one, two := n.Passthrough(t, settings...), n.Passthrough(t, settings...)
	got := one.Ask(t, `mutation {createMeterJob(input: {domainId: "d"}) {meterJob {jobId}}}`, "", n.A.Header())
	if got.Code() != "" {
		t.Fatalf("start: %.300s", got.Raw)
	}
	if got := two.Ask(t, `{jobs {totalCount}}`, "", n.A.Header()); string(got.Body.Data) != `{"jobs":{"totalCount":1}}` {
		t.Errorf("the other replica's: %.300s", got.Raw)
	}
	server.Kill()
	for r, jobs := range map[*kit.Replica]int{one: 1, two: 0} {
		got := r.Ask(t, `{jobs {totalCount nodes {jobId}}}`, "", n.A.Header())
		if strings.Count(got.Raw, `"jobId"`) != jobs || !strings.Contains(got.Raw, `"totalCount":null`) ||
			!strings.Contains(got.Raw, `"code":"TRUNCATED","operation":"jobs"`) {
			t.Errorf("want %d jobs and a warning: %.500s", jobs, got.Raw)
		}
	}
}
