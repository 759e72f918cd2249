package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// startedJob is the payload of any of the commands that start a job.
type startedJob struct {
	Job *struct {
		ID, JobID, Status string
		SubmittedAt       *time.Time
		From, To          *time.Time
	}
	UserErrors []struct {
		Field         []string
		Message, Code string
	}
}

func (s startedJob) faults() []string {
	faults := []string{}
	for _, fault := range s.UserErrors {
		faults = append(faults,
			strings.TrimPrefix(strings.Join(fault.Field, "."), "input.")+": "+fault.Code+": "+fault.Message)
	}
	return faults
}

const (
	collectDocument = `mutation ($input: CollectAspReportInput!) { it: collectAspReport(input: $input) {
		job: aspReportJob { id jobId status submittedAt from to } userErrors { field message code } } }`
	usersDocument = `mutation ($input: ExportUserUsageInput!) { it: exportUserUsage(input: $input) {
		job: usageExportJob { id jobId status submittedAt from to } userErrors { field message code } } }`
	desktopsDocument = `mutation ($input: ExportDesktopUsageInput!) { it: exportDesktopUsage(input: $input) {
		job: usageExportJob { id jobId status submittedAt from to } userErrors { field message code } } }`
)

func command(t *testing.T, r *kit.Replica, document, input string) startedJob {
	t.Helper()
	return kit.Answered[struct{ It startedJob }](t, r, document, `{"input":`+input+`}`).It
}

// databaseOf is a database instance of the demo tenant.
func databaseOf(t *testing.T, r *kit.Replica) string {
	t.Helper()
	got := kit.Answered[struct {
		Instances struct{ Nodes []struct{ ResourceID string } }
	}](t, r, `{ instances(type: GAUSS, filter: {domainIds: ["demo-domain"]}) { nodes { resourceId } } }`, "")
	if len(got.Instances.Nodes) == 0 {
		t.Fatal("the site has no database of the demo tenant")
	}
	return got.Instances.Nodes[0].ResourceID
}

// TestQuirk056WindowsOfCommands goes to each limit and a second over it; the clock stands at 2026-11-21T10:00:00Z. A
// refusal costs no call, not even for a token.
func TestQuirk056WindowsOfCommands(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	database := databaseOf(t, r)
	tests := []struct {
		name, document, input string
		want                  []string
	}{
		{"two days", collectDocument, `"from":"2026-11-19T10:00:00Z","to":"2026-11-21T10:00:00Z"`, nil},
		{
			"a second over two days", collectDocument, `"from":"2026-11-19T09:59:59Z","to":"2026-11-21T10:00:00Z"`,
			[]string{"from: BAD_USER_INPUT: from must lie within the two days before now."},
		},
		{
			"a second in the future", collectDocument, `"from":"2026-11-21T09:00:00Z","to":"2026-11-21T10:00:01Z"`,
			[]string{"to: BAD_USER_INPUT: to must not be in the future."},
		},
		{
			"all that is wrong at once", collectDocument, `"from":"2026-11-22T10:00:00Z","to":"2026-11-22T10:00:00.9Z"`,
			[]string{"from: BAD_USER_INPUT: from must be before to.", "to: BAD_USER_INPUT: to must not be in the future."},
		},
		{"users, 30 days", usersDocument, `"from":"2026-10-22T10:00:00Z","to":"2026-11-21T10:00:00Z"`, nil},
		{
			"users, a second older", usersDocument, `"from":"2026-10-22T09:59:59Z","to":"2026-11-21T09:00:00Z"`,
			[]string{"from: BAD_USER_INPUT: from must lie within the last 30 days."},
		},
		{
			"users, a second longer", usersDocument, `"from":"2026-10-22T10:00:00Z","to":"2026-11-21T10:00:01Z"`,
			[]string{"to: BAD_USER_INPUT: The window must not be longer than 30 days."},
		},
		{
			"Quirk106 users, turned bounds", usersDocument,
			`"from":"2026-11-20T00:00:00Z","to":"2026-11-21T00:00:00Z","minUsageHours":3,"maxUsageHours":2`,
			[]string{"minUsageHours: BAD_USER_INPUT: minUsageHours must not be above maxUsageHours."},
		},
		{"desktops, 180 days", desktopsDocument, `"from":"2026-05-25T10:00:00Z","to":"2026-11-21T10:00:00Z"`, nil},
		{
			"desktops, from the start of that day in their zone", desktopsDocument,
			`"from":"2026-05-24T16:00:00Z","to":"2026-06-01T00:00:00Z"`, nil,
		},
		{
			"desktops, before that day in their zone", desktopsDocument,
			`"from":"2026-05-24T15:59:59Z","to":"2026-06-01T00:00:00Z"`,
			[]string{"from: BAD_USER_INPUT: from must lie within the last 180 days."},
		},
		{
			"Quirk106 desktops, both bounds turned", desktopsDocument,
			`"from":"2026-11-20T00:00:00Z","to":"2026-11-21T00:00:00Z",` +
				`"minIdleDays":2,"maxIdleDays":1,"minUsageHours":3,"maxUsageHours":2`,
			[]string{
				"minIdleDays: BAD_USER_INPUT: minIdleDays must not be above maxIdleDays.",
				"minUsageHours: BAD_USER_INPUT: minUsageHours must not be above maxUsageHours.",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := len(w.Arrived())
			input := test.input
			if test.document == collectDocument {
				input += `,"instanceId":"` + database + `"`
			}
			got := command(t, r, test.document, "{"+input+"}")
			if diff := cmp.Diff(append([]string{}, test.want...), got.faults()); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			if calls := len(w.Arrived()) - before; (got.Job != nil) != (test.want == nil) || calls > 0 && test.want != nil {
				t.Errorf("job %v, %d calls", got.Job, calls)
			}
		})
	}
	// The token of the demo is asked for by name; the paths have the id that IAM gave.
	for path, want := range map[string]int{ // as many as rows above are taken
		"POST /v3/" + simulator.DemoProjectID + "/instances/" + database + "/asp/collect": 1,
		"GET /v3/" + simulator.DemoProjectID + "/statistics/metrics/users/export?":        1,
		"GET /v3/" + simulator.DemoProjectID + "/statistics/metrics/desktops/export?":     2,
	} {
		if n := callsBegun(w, path); n != want {
			t.Errorf("%d calls of %s, want %d", n, path, want)
		}
	}
	if !slices.ContainsFunc(w.Arrived(), func(request string) bool {
		return strings.Contains(request, "start_time=2026-10-22T10%3A00%3A00Z")
	}) {
		t.Errorf("Quirk050: no window in whole seconds with a Z: %v", w.Arrived())
	}
}

// TestQuirk078ExportsAreSentOnce: a GET that creates is a command all the same, and is never repeated.
func TestQuirk078ExportsAreSentOnce(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	const call = "GET /v3/" + simulator.DemoProjectID + "/statistics/metrics/users/export?"
	input := func(key, hours string) string {
		return `{"from":"2026-11-20T00:00:00Z","to":"2026-11-21T00:00:00Z","idempotencyKey":"` + key + `","minUsageHours":` +
			hours + `}`
	}
	first := command(t, r, usersDocument, input("a", "1"))
	again := command(t, r, usersDocument, input("a", "1"))
	if first.Job == nil || again.Job == nil || first.Job.JobID != again.Job.JobID || first.Job.Status != "UNKNOWN" ||
		again.Job.SubmittedAt == nil || again.Job.From == nil || callsBegun(w, call) != 1 {
		t.Fatalf("first %+v, again %+v, %d calls", first, again, callsBegun(w, call))
	}
	other := command(t, r, usersDocument, input("a", "2"))
	want := []string{"idempotencyKey: BAD_USER_INPUT: This key was used with another input."}
	if diff := cmp.Diff(want, other.faults()); diff != "" || callsBegun(w, call) != 1 {
		t.Errorf("another input, %d calls (-want +got):\n%s", callsBegun(w, call), diff)
	}
	third := command(t, r, usersDocument, input("b", "1"))
	if third.Job == nil || third.Job.JobID == first.Job.JobID || callsBegun(w, call) != 2 {
		t.Errorf("another key: %+v, %d calls", third, callsBegun(w, call))
	}

	w.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "exportUserUsageStatistics", "kind": "status", "status": 500}})
	failed := r.Ask(t, usersDocument, `{"input":`+input("c", "1")+`}`, nil)
	if failed.Code() != "UPSTREAM_UNAVAILABLE" || callsBegun(w, call) != 3 {
		t.Errorf("after a 500: %d calls, %.500s", callsBegun(w, call), failed.Raw)
	}
	w.Steer(t, http.MethodPut, "faults", []map[string]any{})
	unsure := command(t, r, usersDocument, input("c", "1"))
	if faults := unsure.faults(); len(faults) != 1 ||
		!strings.HasPrefix(faults[0], "idempotencyKey: UPSTREAM_TIMEOUT: ") ||
		callsBegun(w, call) != 3 {
		t.Errorf("a repeat of what may have run: %v, %d calls", faults, callsBegun(w, call))
	}

	node := kit.Answered[struct {
		Node struct {
			Kind, ProjectID, JobID string
			SubmittedAt, From      *time.Time
		}
	}](t, r, `query ($id: ID!) { node(id: $id) { ... on UsageExportJob { kind projectId jobId submittedAt from } } }`,
		`{"id":"`+first.Job.ID+`"}`)
	if node.Node.Kind != "USERS" || node.Node.ProjectID != simulator.DemoProjectID || node.Node.JobID != first.Job.JobID ||
		node.Node.SubmittedAt == nil || node.Node.From == nil {
		t.Errorf("node %+v", node.Node)
	}
}

// TestJobsSurviveARestart starts jobs at one gateway and asks the next one on the same Redis: it knows them, and does
// not start them again.
func TestJobsSurviveARestart(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{})
	environ := "OPSGRAPH_REDIS_URL=" + redistest.Start(t).URL()
	before := w.StartGateway(t, "", environ)
	database := databaseOf(t, before)
	const window = `"from":"2026-11-21T08:00:00Z","to":"2026-11-21T09:00:00Z","idempotencyKey":"a"`
	commands := []struct{ kind, document, input, call string }{
		{
			"AspReportJob", collectDocument, `{` + window + `,"instanceId":"` + database + `"}`,
			"POST /v3/" + simulator.DemoProjectID + "/instances/" + database,
		},
		{
			"UsageExportJob", usersDocument, `{` + window + `}`,
			"GET /v3/" + simulator.DemoProjectID + "/statistics/metrics/users/",
		},
	}
	started := make([]startedJob, len(commands))
	for i, c := range commands {
		if started[i] = command(t, before, c.document, c.input); started[i].Job == nil {
			t.Fatalf("%s: %v", c.kind, started[i].faults())
		}
	}
	before.Close()
	w.Clock.Advance(time.Hour)
	after := w.StartGateway(t, "", environ)
	for i, c := range commands {
		again := command(t, after, c.document, c.input)
		if diff := cmp.Diff(started[i], again); diff != "" || callsBegun(w, c.call) != 1 {
			t.Errorf("%s: %d calls, sent again after the restart (-before +after):\n%s", c.kind, callsBegun(w, c.call), diff)
		}
		node := kit.Answered[struct{ Node map[string]any }](t, after,
			`query ($id: ID!) { node(id: $id) { ... on `+c.kind+` { id jobId submittedAt from to } } }`,
			`{"id":"`+started[i].Job.ID+`"}`).Node
		if node["jobId"] != started[i].Job.JobID || node["submittedAt"] == nil || node["from"] == nil || node["to"] == nil {
			t.Errorf("%s: node after the restart: %v", c.kind, node)
		}
	}
}

// TestAspReportIsReadWhereThatIsSwitchedOn follows a collection by the call that no document has.
func TestAspReportIsReadWhereThatIsSwitchedOn(t *testing.T) {
	const document = `query ($job: String!, $instance: String!) { aspReportJob(jobId: $job, instanceId: $instance) {
		id status statusText from report instance { resourceId } } }`
	type answer struct {
		AspReportJob struct {
			ID, Status string
			StatusText *string
			From       *time.Time
			Report     map[string]any
			Instance   *struct{ ResourceID string }
		}
	}
	for _, on := range []bool{false, true} {
		t.Run(fmt.Sprintf("on is %v", on), func(t *testing.T) {
			w := kit.NewWorld(t, kit.WorldSettings{})
			r := w.StartGateway(t, fmt.Sprintf("gaussdb: {read_reports: %v}\n", on))
			database := databaseOf(t, r)
			started := command(t, r, collectDocument,
				`{"from":"2026-11-21T08:00:00Z","to":"2026-11-21T09:00:00Z","instanceId":"`+database+`"}`)
			if started.Job == nil {
				t.Fatal(started.faults())
			}
			variables := fmt.Sprintf(`{"job":%q,"instance":%q}`, started.Job.JobID, database)
			if !on {
				got := r.Ask(t, document, variables, nil)
				if got.Code() != "UPSTREAM_NOT_CONFIGURED" || !strings.Contains(string(got.Body.Data), `"status":"UNKNOWN"`) {
					t.Errorf("%.800s", got.Raw)
				}
				return
			}
			running := kit.Answered[answer](t, r, document, variables).AspReportJob
			if running.Status != "RUNNING" || *running.StatusText != "EXPORTING" || running.From == nil ||
				running.Instance == nil || running.Instance.ResourceID != database {
				t.Errorf("while it runs: %+v", running)
			}
			w.Clock.Advance(2 * time.Minute)
			ended := kit.Answered[answer](t, r, document, variables).AspReportJob
			if ended.Status != "SUCCEEDED" || ended.Report["job_id"] != started.Job.JobID ||
				ended.Report["download_url"] == nil {
				t.Errorf("after it: %+v", ended)
			}
			if strings.Contains(r.Log.String(), "asp-reports.invalid") {
				t.Error("the address of a report stands in the log")
			}
		})
	}
}

func TestCollectionOfAnUnknownDatabase(t *testing.T) {
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "")
	got := command(t, r, collectDocument,
		`{"from":"2026-11-21T08:00:00Z","to":"2026-11-21T09:00:00Z","instanceId":"000000000000000000000000000000000000"}`)
	want := []string{"instanceId: NOT_FOUND: The upstream knows no such thing."}
	if diff := cmp.Diff(want, got.faults()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
