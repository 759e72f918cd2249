package workspace_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/rest"
	"github.com/opsgraph/opsgraph/upstream/workspace"
)

const reference = "../simulator/reference/"

func example(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(reference + "examples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// token gives the token that IAM would.
type token struct{}

func (token) Token(ctx context.Context) (string, error)           { return "token-1", ctx.Err() }
func (token) Renew(ctx context.Context, _ string) (string, error) { return "token-2", ctx.Err() }

// serve starts a Workspace with one answer and a client of it; the requests are read after the calls.
func serve(t *testing.T, o workspace.Options, status int, answer string) (*workspace.Client, *[]*http.Request) {
	t.Helper()
	var requests []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests = append(requests, r)
		w.WriteHeader(status)
		if _, err := io.WriteString(w, answer); err != nil {
			return // the client is gone
		}
	}))
	t.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{
		System: "workspace", BaseURL: server.URL, Tokens: token{}, Timeout: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return workspace.New(client, o), &requests
}

const projectID = "0611f1bd8b00d5d32f17c017f15b599f"

func users() workspace.UserUsageRequest {
	return workspace.UserUsageRequest{
		ProjectID: projectID,
		From:      time.Date(2024, 9, 1, 8, 0, 0, 0, time.FixedZone("UTC+8", 8*60*60)),
		To:        time.Date(2024, 9, 20, 8, 2, 0, 500, time.UTC),
	}
}

func desktops() workspace.DesktopUsageRequest {
	in := users()
	return workspace.DesktopUsageRequest{ProjectID: in.ProjectID, From: in.From, To: in.To}
}

func TestExportUserUsage(t *testing.T) {
	client,
		requests := serve(t, workspace.Options{}, http.StatusOK, example(t, "exportUserUsageStatistics.illustrative.json"))
	in := users()
	in.Username, in.EnterpriseProjectID = "李 &", "ep-1"
	in.UsageHours = workspace.Range{Min: new(0), Max: new(8)}
	in.Order = workspace.Order{Field: workspace.SortUserUsage, Descending: true}
	task, err := client.ExportUserUsage(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if task != "2f6d0f2c-3a1b-4c8e-9d70-5b1e6a7c8d90" {
		t.Errorf("task %q", task)
	}
	checkRequest(t, *requests, "/v3/"+projectID+"/statistics/metrics/users/export", url.Values{
		"start_time": {"2024-09-01T00:00:00Z"}, "end_time": {"2024-09-20T08:02:00Z"}, "username": {"李 &"},
		"usage_min_hours": {"0"}, "usage_max_hours": {"8"}, "enterprise_project_id": {"ep-1"},
		"sort_field": {"user_usage"}, "sort_type": {"DESC"},
	})
}

func TestExportDesktopUsage(t *testing.T) {
	client,
		requests := serve(t, workspace.Options{}, http.StatusOK, example(t, "exportDesktopUsageStatistics.illustrative.json"))
	in := desktops()
	in.ResourceName, in.ResourceID, in.EnterpriseProjectID = "desk", "d-1", "ep-1"
	in.IdleDays = workspace.Range{Min: new(3)}
	in.UsageHours = workspace.Range{Max: new(100)}
	in.Order = workspace.Order{Field: workspace.SortDesktopIdle}
	task, err := client.ExportDesktopUsage(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if task != "9b7e4a10-6c52-4d3f-8e21-0a4c5d6e7f81" {
		t.Errorf("task %q", task)
	}
	checkRequest(t, *requests, "/v3/"+projectID+"/statistics/metrics/desktops/export", url.Values{
		"start_time": {"2024-09-01T00:00:00Z"}, "end_time": {"2024-09-20T08:02:00Z"}, "resource_name": {"desk"},
		"resource_id": {"d-1"}, "min_idle_days": {"3"}, "usage_max_hours": {"100"}, "enterprise_project_id": {"ep-1"},
		"sort_field": {"desktop_idle_duration"}, "sort_type": {"ASC"},
	})
}

func checkRequest(t *testing.T, requests []*http.Request, path string, query url.Values) {
	t.Helper()
	if len(requests) != 1 {
		t.Fatalf("sent %d requests, want one", len(requests))
	}
	request := requests[0]
	if request.Method != http.MethodGet || request.URL.EscapedPath() != path {
		t.Errorf("sent %s %s, want GET %s", request.Method, request.URL.EscapedPath(), path)
	}
	if diff := cmp.Diff(query, request.URL.Query()); diff != "" {
		t.Error(diff)
	}
}

func TestQuirk089TokenIsSentAllTheSame(t *testing.T) {
	client, requests := serve(t, workspace.Options{}, http.StatusOK, `{"task_id":"t"}`)
	if _, err := client.ExportUserUsage(t.Context(), users()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.ExportDesktopUsage(t.Context(), desktops()); err != nil {
		t.Fatal(err)
	}
	for _, request := range *requests {
		if got := request.Header.Get("X-Auth-Token"); got != "token-1" {
			t.Errorf("%s: X-Auth-Token %q, want token-1", request.URL.Path, got)
		}
	}
}

func TestQuirk050LayoutIsASetting(t *testing.T) {
	client, requests := serve(t, workspace.Options{TimeLayout: "2006-01-02 15:04:05"}, http.StatusOK, `{"task_id":"t"}`)
	if _, err := client.ExportUserUsage(t.Context(), users()); err != nil {
		t.Fatal(err)
	}
	if got := (*requests)[0].URL.Query().Get("start_time"); got != "2024-09-01 00:00:00" {
		t.Errorf("start_time %q", got)
	}
}

func TestQuirk078ExportsAreNeverRepeated(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusBadGateway} {
		client, requests := serve(t, workspace.Options{}, status, example(t, "error.workspace.illustrative.json"))
		if _, err := client.ExportUserUsage(t.Context(), users()); rest.KindOf(err) != rest.Unavailable {
			t.Errorf("got error %v, want unavailable", err)
		}
		if _, err := client.ExportDesktopUsage(t.Context(), desktops()); rest.KindOf(err) != rest.Unavailable {
			t.Errorf("got error %v, want unavailable", err)
		}
		if len(*requests) != 2 {
			t.Errorf("%d: sent %d requests, want one each", status, len(*requests))
		}
	}
}

func TestExportWithoutAnID(t *testing.T) {
	client, _ := serve(t, workspace.Options{}, http.StatusOK, `{"task_id":"null"}`)
	if task, err := client.ExportUserUsage(t.Context(), users()); rest.KindOf(err) != rest.BadResponse {
		t.Errorf("got %q, %v, want a bad response", task, err)
	}
}

func TestUserExportChecksItsInput(t *testing.T) {
	for name, test := range map[string]struct {
		field  string
		change func(in *workspace.UserUsageRequest)
	}{
		"no project":             {"projectId", func(in *workspace.UserUsageRequest) { in.ProjectID = "" }},
		"path in the project":    {"projectId", func(in *workspace.UserUsageRequest) { in.ProjectID = "a/../b" }},
		"no start":               {"from", func(in *workspace.UserUsageRequest) { in.From = time.Time{} }},
		"no end":                 {"to", func(in *workspace.UserUsageRequest) { in.To = time.Time{} }},
		"Quirk106 turned window": {"from", func(in *workspace.UserUsageRequest) { in.From, in.To = in.To, in.From }},
		"Quirk056 more than 30 days": {
			"from",
			func(in *workspace.UserUsageRequest) { in.From = in.To.Add(-workspace.MaxUserWindow - 1) },
		},
		"long name": {
			"username",
			func(in *workspace.UserUsageRequest) { in.Username = strings.Repeat("a", 256) },
		},
		"Quirk106 turned hours": {
			"usageHours",
			func(in *workspace.UserUsageRequest) { in.UsageHours = workspace.Range{Min: new(2), Max: new(1)} },
		},
		"negative hours":    {"usageHours", func(in *workspace.UserUsageRequest) { in.UsageHours.Min = new(-1) }},
		"order of desktops": {"order", func(in *workspace.UserUsageRequest) { in.Order.Field = workspace.SortDesktopUsage }},
		"direction alone":   {"order", func(in *workspace.UserUsageRequest) { in.Order.Descending = true }},
	} {
		t.Run(name, func(t *testing.T) {
			client, requests := serve(t, workspace.Options{}, http.StatusOK, `{"task_id":"t"}`)
			in := users()
			test.change(&in)
			_, err := client.ExportUserUsage(t.Context(), in)
			checkInputError(t, err, test.field, *requests)
		})
	}
}

func TestDesktopExportChecksItsInput(t *testing.T) {
	for name, test := range map[string]struct {
		field  string
		change func(in *workspace.DesktopUsageRequest)
	}{
		"no project":    {"projectId", func(in *workspace.DesktopUsageRequest) { in.ProjectID = "" }},
		"turned window": {"from", func(in *workspace.DesktopUsageRequest) { in.From, in.To = in.To, in.From }},
		"Quirk056 more than 180 days": {"from", func(in *workspace.DesktopUsageRequest) {
			in.From = in.To.Add(-workspace.MaxDesktopAge - 24*time.Hour - 1)
		}},
		"long id": {
			"resourceId",
			func(in *workspace.DesktopUsageRequest) { in.ResourceID = strings.Repeat("a", 256) },
		},
		"long name": {
			"resourceName",
			func(in *workspace.DesktopUsageRequest) { in.ResourceName = strings.Repeat("a", 256) },
		},
		"Quirk106 turned idle days": {
			"idleDays",
			func(in *workspace.DesktopUsageRequest) { in.IdleDays = workspace.Range{Min: new(9), Max: new(8)} },
		},
		"order of users": {"order", func(in *workspace.DesktopUsageRequest) { in.Order.Field = workspace.SortUserUsage }},
	} {
		t.Run(name, func(t *testing.T) {
			client, requests := serve(t, workspace.Options{}, http.StatusOK, `{"task_id":"t"}`)
			in := desktops()
			test.change(&in)
			_, err := client.ExportDesktopUsage(t.Context(), in)
			checkInputError(t, err, test.field, *requests)
		})
	}
}

// TestQuirk056DesktopsFromTheStartOfADay: callers count 180 days from the start of the first one, so a window may be a
// part of a day longer.
func TestQuirk056DesktopsFromTheStartOfADay(t *testing.T) {
	client, requests := serve(t, workspace.Options{}, http.StatusOK, `{"task_id":"t"}`)
	in := desktops()
	in.From = in.To.Add(-workspace.MaxDesktopAge - 23*time.Hour)
	if _, err := client.ExportDesktopUsage(t.Context(), in); err != nil || len(*requests) != 1 {
		t.Errorf("%d requests, error %v", len(*requests), err)
	}
}

func checkInputError(t *testing.T, err error, want string, requests []*http.Request) {
	t.Helper()
	input, ok := errors.AsType[*rest.InputError](err)
	if !ok {
		t.Fatalf("got error %v, want an InputError", err)
	}
	field, message := input.Field, input.Message
	if field != want || err.Error() != "workspace: input "+field+" "+message {
		t.Errorf("error %q, want one about %s", err, want)
	}
	if len(requests) != 0 {
		t.Errorf("sent %d requests", len(requests))
	}
}

func TestEqualBoundsAreAllowed(t *testing.T) {
	client, _ := serve(t, workspace.Options{}, http.StatusOK, `{"task_id":"t"}`)
	in := users()
	in.From = in.To.Add(-workspace.MaxUserWindow)
	in.UsageHours = workspace.Range{Min: new(2), Max: new(2)}
	if _, err := client.ExportUserUsage(t.Context(), in); err != nil {
		t.Error(err)
	}
}

// TestEndpointsAreTheDocuments compares the table with the document, both ways.
func TestEndpointsAreTheDocuments(t *testing.T) {
	content, err := os.ReadFile(reference + "workspace.openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string `yaml:"operationId"`
		} `yaml:"paths"`
	}
	if err := yaml.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for path, methods := range document.Paths {
		for method, operation := range methods {
			want[operation.OperationID] = strings.ToUpper(method) + " " + path
		}
	}
	got := map[string]string{}
	for _, spec := range workspace.Endpoints() {
		got[spec.Operation] = spec.Method + " " + spec.Path
		if spec.Reads || spec.System != "workspace" {
			t.Errorf("Quirk078: %s of %s reads: %v", spec.Operation, spec.System, spec.Reads)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
