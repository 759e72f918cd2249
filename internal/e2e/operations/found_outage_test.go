package operations

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// outage is an address in front of a world's upstream at which nothing listens until it is back.
type outage struct{ address string }

func newOutage(t *testing.T) outage {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return outage{listener.Addr().String()}
}

// back lets the upstream answer at the address.
func (o outage) back(t *testing.T, w *kit.World) {
	t.Helper()
	listener, err := net.Listen("tcp", o.address)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(w.Server.URL)
	if err != nil {
		t.Fatal(err)
	}
	front := &httptest.Server{
		Listener: listener,
		Config:   &http.Server{Handler: httputil.NewSingleHostReverseProxy(target), ReadHeaderTimeout: time.Minute},
	}
	front.Start()
	t.Cleanup(front.Close)
}

// Commands to an upstream that refuses connections started nothing: they are retryable, their keys are free, and each
// repeat starts its job once the upstream is back. Readiness has the system as a reason until then.
func TestFound_C2_C8_AnUpstreamThatComesBack(t *testing.T) {
	t.Parallel()
	w, down := kit.NewWorld(t, kit.WorldSettings{Hosts: 3}), newOutage(t)
	databases := kit.Answered[struct {
		Instances struct{ Nodes []struct{ ResourceID string } }
	}](t, w.StartGateway(t, ""),
		`{ instances(type: GAUSS, filter: {domainIds: ["demo-domain"]}) { nodes { resourceId } } }`, "")
	if len(databases.Instances.Nodes) == 0 {
		t.Fatal("the site has no database of the demo tenant")
	}
	r := w.StartGateway(t, "", "OPSGRAPH_ESM_URL=http://"+down.address, "OPSGRAPH_GAUSSDB_URL=http://"+down.address,
		"OPSGRAPH_WORKSPACE_URL=http://"+down.address)
	const span = `from: "2026-11-20T00:00:00Z", to: "2026-11-21T00:00:00Z", idempotencyKey: "k"`
	commands := map[string]string{
		"createMeterQueryJob": `mutation { it: createMeterJob(input: {idempotencyKey: "k"}) { job: meterJob { jobId } } }`,
		"collectAspReports": `mutation { it: collectAspReport(input: {instanceId: "` +
			databases.Instances.Nodes[0].ResourceID + `", ` + span + `}) { job: aspReportJob { jobId } } }`,
		"exportUserUsageStatistics": `mutation { it: exportUserUsage(input: {` + span + `}) {
			job: usageExportJob { jobId } } }`,
		"exportDesktopUsageStatistics": `mutation { it: exportDesktopUsage(input: {` + span + `}) {
			job: usageExportJob { jobId } } }`,
	}
	for operation, document := range commands {
		got := r.Ask(t, document, "", nil)
		if got.Code() != "UPSTREAM_UNAVAILABLE" || got.Body.Errors[0].Extensions["retryable"] != true {
			t.Errorf("%s while the upstream is away: %.500s", operation, got.Raw)
		}
	}
	for range 2 {
		_ = r.Ask(t, askHosts, "", nil)
		w.Clock.Advance(time.Minute)
	}
	if reasons := readiness(t, r); len(reasons) == 0 {
		t.Error("no reason while the upstream is away")
	}
	down.back(t, w)
	for operation, document := range commands {
		before := w.Sim.Calls()[operation]
		got := kit.Answered[struct {
			It struct{ Job *struct{ JobID string } }
		}](t, r, document, "")
		if calls := w.Sim.Calls()[operation] - before; got.It.Job == nil || calls != 1 {
			t.Errorf("%s once it is back: %v, %d calls", operation, got.It.Job, calls)
		}
	}
	if reasons := readiness(t, r); len(reasons) != 0 {
		t.Errorf("reasons once it is back: %q", reasons)
	}
}
