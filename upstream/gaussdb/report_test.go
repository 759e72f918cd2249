package gaussdb_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/gaussdb"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	reportProject  = "0483b6b16e954cb88930a360d2c4e663"
	reportInstance = "d04686c6baae4f65a742771186f47b7ain14"
)

func TestReport(t *testing.T) {
	tests := []struct {
		name, answer string
		found        bool
		status, raw  string
	}{
		{
			"the one among others",
			`{"asp":[{"job_id":"other","status":"FAILED"},{"job_id":"j-1","status":"SUCCESS","file_size":3}],"total_count":2}`,
			true, "SUCCESS", `{"job_id":"j-1","status":"SUCCESS","file_size":3}`,
		},
		{"none", `{"asp":[],"total_count":0}`, false, "", ""},
		{"only others", `{"asp":[{"job_id":"other"}]}`, false, "", ""},
		{"no list", `{}`, false, "", ""},
		{"a state that is left out", `{"asp":[{"job_id":"j-1"}]}`, true, "", `{"job_id":"j-1"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client, requests := serve(t, http.StatusOK, test.answer)
			report, found, err := client.Report(t.Context(), reportProject, reportInstance, "j-1")
			if err != nil || found != test.found || report.Status.String() != test.status || string(report.Raw) != test.raw {
				t.Errorf("report %s, found %v, error %v", report.Raw, found, err)
			}
			want := []recorded{{Method: http.MethodGet, Path: "/v3/" + reportProject + "/instances/" + reportInstance + "/asp"}}
			if diff := cmp.Diff(want, *requests); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReportIsStoredAsItCame: writing and reading again changes nothing.
func TestReportIsStoredAsItCame(t *testing.T) {
	const row = `{"job_id":"j-1","status":"SUCCESS","download_url":"https://reports.invalid/1"}`
	var first, second gaussdb.Report
	if err := json.Unmarshal([]byte(row), &first); err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(first)
	if err != nil || string(stored) != row {
		t.Fatalf("stored %s, %v", stored, err)
	}
	if err := json.Unmarshal(stored, &second); err != nil || second.Status.String() != "SUCCESS" ||
		second.JobID.String() != "j-1" {
		t.Errorf("read again: %+v, %v", second, err)
	}
}

func TestReportRefusesIdsThatCanBeNone(t *testing.T) {
	client, requests := serve(t, http.StatusOK, `{}`)
	for field, ids := range map[string][3]string{
		"projectId": {"..", reportInstance, "j"}, "instanceId": {reportProject, "a/b", "j"},
		"jobId": {reportProject, reportInstance, "a b"},
	} {
		_, _, err := client.Report(t.Context(), ids[0], ids[1], ids[2])
		if refused, ok := errors.AsType[*rest.InputError](err); !ok || refused.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if len(*requests) != 0 {
		t.Errorf("%d calls", len(*requests))
	}
	broken, _ := serve(t, http.StatusInternalServerError, `{}`)
	if _, _, err := broken.Report(t.Context(), reportProject, reportInstance, "j"); rest.KindOf(err) != rest.Unavailable {
		t.Errorf("error %v", err)
	}
}

// TestFound_A9_CodeInPlaceOfReports: an answer that has a code and no reports says nothing of whether there is one.
func TestFound_A9_CodeInPlaceOfReports(t *testing.T) {
	client, _ := serve(t, http.StatusOK, `{"code":"500","msg":"internal error"}`)
	_, found, err := client.Report(t.Context(), reportProject, reportInstance, "j")
	if found || rest.KindOf(err) != rest.BadResponse {
		t.Errorf("found %v, error %v, want bad response", found, err)
	}
}
