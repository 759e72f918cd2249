package gaussdb

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// listAspInfos is in no document: its path, parameters and answer are those of the provider's own client library
// (ListAspInfos of gaussdbforopengauss v3). The gateway calls it only where the operator has switched it on.
var listAspInfos = rest.Endpoint[reportPage]{Spec: rest.Spec{
	System: "gaussdb", Operation: "listAspInfos", Method: http.MethodGet,
	Path: "/v3/{project_id}/instances/{instance_id}/asp", Reads: true,
}}

// showAspStatus is in no document either (ShowAspStatus of the same library).
var showAspStatus = rest.Endpoint[collecting]{Spec: rest.Spec{
	System: "gaussdb", Operation: "showAspStatus", Method: http.MethodGet,
	Path: "/v3/{project_id}/instances/{instance_id}/asp/status", Reads: true,
}}

// LinkLife is how long the link to a report works from the answer that it came in on (the library's comment on
// download_url).
const LinkLife = 30 * time.Minute

// OutsideEndpoints lists the operations outside the documents.
func OutsideEndpoints() []rest.Spec { return []rest.Spec{listAspInfos.Spec, showAspStatus.Spec} }

// Report is the state of a collection.
type Report struct {
	JobID  loose.Text
	Status loose.Text // EXPORTING, SUCCESS, FAILED, or another
	// FileSize is in kilobytes; DownloadURL is a signed address that works for LinkLife. Both come with SUCCESS.
	FileSize    loose.Number
	DownloadURL loose.Text
	// Raw is the row as it came. It may hold a signed address: it must not be logged.
	Raw json.RawMessage
}

// UnmarshalJSON reads a row and keeps it whole.
func (r *Report) UnmarshalJSON(data []byte) error {
	var row struct {
		JobID  loose.Text `json:"job_id"`
		Status loose.Text `json:"status"`

		FileSize    loose.Number `json:"file_size"`
		DownloadURL loose.Text   `json:"download_url"`
	}
	if err := json.Unmarshal(data, &row); err != nil {
		return fmt.Errorf("asp report: %w", err)
	}
	*r = Report{
		JobID: row.JobID, Status: row.Status, FileSize: row.FileSize, DownloadURL: row.DownloadURL,
		Raw: bytes.Clone(data),
	}
	return nil
}

// MarshalJSON is the row as it came, so that storing and reading again changes nothing.
func (r Report) MarshalJSON() ([]byte, error) {
	if r.Raw == nil {
		return []byte("{}"), nil
	}
	return r.Raw, nil
}

type reportPage struct {
	Reports []Report `json:"asp"`
}

// jobPattern is the form of a job id.
var jobPattern = regexp.MustCompile(`^[-_0-9A-Za-z]{1,64}$`)

// CheckReport refuses ids that no collection can have.
func CheckReport(projectID, instanceID, jobID string) error {
	switch {
	case !FitsProject(projectID):
		return refuse("projectId", "must be 32 letters and digits")
	case !instancePattern.MatchString(instanceID):
		return refuse("instanceId", "must be 36 letters and digits")
	case !jobPattern.MatchString(jobID):
		return refuse("jobId", "must be 1 to 64 letters, digits, - or _")
	}
	return nil
}

// Report reads how a collection goes; false when GaussDB knows none with the id.
func (c *Client) Report(ctx context.Context, projectID, instanceID, jobID string) (Report, bool, error) {
	if err := CheckReport(projectID, instanceID, jobID); err != nil {
		return Report{}, false, err
	}
	answer, err := rest.Call(ctx, c.rest, listAspInfos, rest.Request{
		Path:  map[string]string{"project_id": projectID, "instance_id": instanceID},
		Query: url.Values{"job_id": {jobID}},
	})
	if err != nil {
		return Report{}, false, err
	}
	reports := answer.Body.Reports
	if i := slices.IndexFunc(reports, func(r Report) bool { return r.JobID.String() == jobID }); i >= 0 {
		return reports[i], true, nil
	}
	return Report{}, false, answer.Notice.Failure(listAspInfos.Spec)
}

type collecting struct {
	Status loose.Text `json:"status"`
}

// Collecting is whether ASP data are collected on a database instance: "ON", "OFF" or another word; absent where the
// answer has none.
func (c *Client) Collecting(ctx context.Context, projectID, instanceID string) (loose.Text, error) {
	switch {
	case !FitsProject(projectID):
		return loose.Text{}, refuse("projectId", "must be 32 letters and digits")
	case !instancePattern.MatchString(instanceID):
		return loose.Text{}, refuse("instanceId", "must be 36 letters and digits")
	}
	answer, err := rest.Call(ctx, c.rest, showAspStatus, rest.Request{
		Path: map[string]string{"project_id": projectID, "instance_id": instanceID},
	})
	return answer.Body.Status, err
}
