package workspace

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

// Both operations are in no document: paths, parameters and answers are those of the provider's own client library
// (ListExportTasks and DownloadExportFile of workspace v2). The gateway calls them only where the operator has switched
// them on.
var (
	listExportTasks = rest.Endpoint[taskPage]{Spec: rest.Spec{
		System: "workspace", Operation: "listExportTasks", Method: http.MethodGet,
		Path: "/v2/{project_id}/export-tasks", Reads: true,
	}}
	downloadExportFile = rest.Endpoint[rest.File]{Spec: rest.Spec{
		System: "workspace", Operation: "downloadExportFile", Method: http.MethodGet,
		Path: "/v2/{project_id}/export-tasks/{task_id}/download", Reads: true,
		Timeout: 10 * time.Minute, MaxBytes: defaultFileBytes,
	}}
)

// defaultFileBytes is the largest file that is handed on where the options name no size.
const defaultFileBytes = 256 << 20

// OutsideEndpoints lists the operations outside the documents.
func OutsideEndpoints() []rest.Spec {
	return []rest.Spec{listExportTasks.Spec, downloadExportFile.Spec}
}

// Task is the state of an export.
type Task struct {
	TaskID   loose.Text
	Status   loose.Text // CREATING, SUCCESS, FAIL, EXPIRED, or another
	FileName loose.Text
	// FailReason and ErrorCode say why it failed.
	FailReason, ErrorCode loose.Text
	CreateTime, EndTime   loose.Text // yyyy-MM-dd'T'HH:mm:ss.SSSZ, UTC
	// Raw is the row as it came.
	Raw json.RawMessage
}

// UnmarshalJSON reads a row and keeps it whole.
func (t *Task) UnmarshalJSON(data []byte) error {
	var row struct {
		TaskID     loose.Text `json:"task_id"`
		Status     loose.Text `json:"status"`
		FileName   loose.Text `json:"file_name"`
		FailReason loose.Text `json:"fail_reason"`
		ErrorCode  loose.Text `json:"error_code"`
		CreateTime loose.Text `json:"create_time"`
		EndTime    loose.Text `json:"end_time"`
	}
	if err := json.Unmarshal(data, &row); err != nil {
		return fmt.Errorf("export task: %w", err)
	}
	*t = Task{
		TaskID: row.TaskID, Status: row.Status, FileName: row.FileName, FailReason: row.FailReason,
		ErrorCode: row.ErrorCode, CreateTime: row.CreateTime, EndTime: row.EndTime, Raw: bytes.Clone(data),
	}
	return nil
}

// MarshalJSON is the row as it came, so that storing and reading again changes nothing.
func (t Task) MarshalJSON() ([]byte, error) {
	if t.Raw == nil {
		return []byte("{}"), nil
	}
	return t.Raw, nil
}

type taskPage struct {
	Tasks []Task `json:"export_tasks"`
}

// taskPattern is the form of a task id: no document gives it, so it is what fits into a path.
var taskPattern = regexp.MustCompile(`^[-_0-9A-Za-z]{1,64}$`)

// CheckTask refuses ids that no export can have.
func CheckTask(projectID, taskID string) error {
	switch {
	case !FitsProject(projectID):
		return refuse("projectId", "must be 1 to 64 letters, digits, - or _")
	case !taskPattern.MatchString(taskID):
		return refuse("jobId", "must be 1 to 64 letters, digits, - or _")
	}
	return nil
}

// Task reads how an export goes; false when Workspace knows none with the id.
func (c *Client) Task(ctx context.Context, projectID, taskID string) (Task, bool, error) {
	if err := CheckTask(projectID, taskID); err != nil {
		return Task{}, false, err
	}
	answer, err := rest.Call(ctx, c.rest, listExportTasks, rest.Request{
		Path:  map[string]string{"project_id": projectID},
		Query: url.Values{"task_id": {taskID}},
	})
	if err != nil {
		return Task{}, false, err
	}
	tasks := answer.Body.Tasks
	if i := slices.IndexFunc(tasks, func(t Task) bool { return t.TaskID.String() == taskID }); i >= 0 {
		return tasks[i], true, nil
	}
	return Task{}, false, nil
}

// File hands the file of an export to consume while it arrives; nothing is kept. See [rest.Stream].
func (c *Client) File(ctx context.Context, projectID, taskID string, consume func(rest.File) error) error {
	if err := CheckTask(projectID, taskID); err != nil {
		return err
	}
	spec := downloadExportFile.Spec
	spec.MaxBytes = c.fileBytes
	return rest.Stream(ctx, c.rest, spec, rest.Request{
		Path: map[string]string{"project_id": projectID, "task_id": taskID},
	}, consume)
}
