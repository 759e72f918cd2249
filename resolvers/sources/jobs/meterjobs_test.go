package jobs_test

import (
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func TestMeterJobs(t *testing.T) {
	for _, test := range []struct {
		name, body, status, text, progress string
	}{
		{"pending", `{"id": "j", "status": "pending", "progress": 0}`, "PENDING", "pending", "0"},
		{"running", `{"id": "j", "status": "running", "progress": "45"}`, "RUNNING", "running", "45"},
		{"success", `{"id": "j", "status": "success", "progress": 100}`, "SUCCEEDED", "success", "100"},
		{"failure", `{"id": "j", "status": "failure"}`, "FAILED", "failure", "null"},
		{"Quirk041 another word", `{"id": "j", "status": "paused", "progress": 10}`, "UNKNOWN", "paused", "10"},
		{"no word", `{"id": "j"}`, "UNKNOWN", "null", "null"},
		{
			"Quirk018 progress that is none", `{"id": "j", "status": "running", "progress": "half"}`, "RUNNING", "running",
			"null",
		},
		{"progress out of range", `{"id": "j", "status": "running", "progress": 101}`, "RUNNING", "running", "null"},
		{"progress below nothing", `{"id": "j", "status": "running", "progress": -1}`, "RUNNING", "running", "null"},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, upstream := sourcestest.New(t, map[string]string{"query-jobs/j": test.body}, nil)
			key := jobs.MeterJobKey{DomainID: "d", JobID: "j"}
			outcome := all.MeterJobs.States.Get(t.Context(), "", []jobs.MeterJobKey{key}, 0)[key]
			if outcome.Err != nil {
				t.Fatal(outcome.Err)
			}
			job := outcome.Held.Value
			if string(job.Status) != test.status || sourcestest.Shown(job.StatusText) != test.text ||
				sourcestest.Shown(job.Progress) != test.progress {
				t.Errorf("job %s %s %s", job.Status, sourcestest.Shown(job.StatusText), sourcestest.Shown(job.Progress))
			}
			if counted := upstream.Count("JobStatus"); (counted == 1) != (test.text == "paused") {
				t.Errorf("unknown words were counted %d times", counted)
			}
			if job.SubmittedAt != nil {
				t.Error("a job that was not started here has a start")
			}
		})
	}
}

func TestMeterRecords(t *testing.T) {
	all, _ := sourcestest.New(t, map[string]string{"query-jobs/j/sdr": `{"marker": "next", "data": [
		{"accumulate_factor_value": "0.1000000000000000055511151231257827", "begin_time": "20240301220000", "csb_params": "::a|b:", "tag": "null"},
		{"accumulate_factor_value": {"nested": 1}, "resource_id": "r"},
		"no object", 7, null]}`}, nil)
	key := jobs.MeterPageKey{MeterJobKey: jobs.MeterJobKey{DomainID: "d", JobID: "j"}, Marker: "m"}
	outcome := all.MeterJobs.Pages.Get(t.Context(), "", []jobs.MeterPageKey{key}, 0)[key]
	if outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	page := outcome.Held.Value
	if page.Next != "next" || len(page.Records) != 5 {
		t.Fatalf("%d records, next %q", len(page.Records), page.Next)
	}
	first := page.Records[0]
	if first.AccumulateFactorValue.String() != "0.1000000000000000055511151231257827" || first.Tag != nil ||
		first.BeginAt.Format("2006-01-02T15:04:05Z07:00") != "2024-03-01T22:00:00Z" {
		t.Errorf("first record: %s, %v, %v", first.AccumulateFactorValue, first.BeginAt, sourcestest.Shown(first.Tag))
	}
	for i, want := range []string{
		`{"accumulate_factor_value":"0.1000000000000000055511151231257827","begin_time":"20240301220000","csb_params":"::a|b:","tag":"null"}`,
		`{"accumulate_factor_value":{"nested":1},"resource_id":"r"}`, `"no object"`, "7", "null",
	} {
		if got := string(page.Records[i].Raw); got != want {
			t.Errorf("Quirk101 Quirk075: record %d is kept as %s, want %s", i, got, want)
		}
		marker, position, err := jobs.MeterPlace(&page.Records[i].Cursor)
		if err != nil || marker != "m" || position != i+1 {
			t.Errorf("after record %d comes %q %d, %v", i, marker, position, err)
		}
	}
	if page.Records[1].AccumulateFactorValue != nil || sourcestest.Shown(page.Records[1].ResourceID) != "r" {
		t.Error("what is nested costs the other fields")
	}
}

func TestMeterPlaceRefuses(t *testing.T) {
	cursor := func(order, marker, position string) string {
		return model.Cursor{Order: order, Key: model.SortKey{Text: marker}, ID: position}.String()
	}
	if marker, position, err := jobs.MeterPlace(nil); marker != "" || position != 0 || err != nil {
		t.Errorf("the beginning is %q %d, %v", marker, position, err)
	}
	for name, text := range map[string]string{
		"nothing": "", "no cursor": "abc", "another order": cursor("hn", "m", "1"), "no position": cursor("mr", "m", "x"),
		"below nothing": cursor("mr", "m", "-1"), "two keys in one": cursor("mr", "m x", "1"),
		"beyond a page": cursor("mr", "m", "100000"), "the greatest number": cursor("mr", "m", strconv.Itoa(math.MaxInt)),
		"more than a number holds": cursor("mr", "m", "99999999999999999999"),
	} {
		t.Run(name, func(t *testing.T) {
			marker, position, err := jobs.MeterPlace(&text)
			if !errors.Is(err, model.ErrInvalidCursor) {
				t.Errorf("place %q %d, %v", marker, position, err)
			}
		})
	}
}
