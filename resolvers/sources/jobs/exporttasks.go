package jobs

import (
	"context"
	"net/url"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/rest"
	"github.com/opsgraph/opsgraph/upstream/workspace"
)

// newExportTasks declares the states of exports.
func newExportTasks(cfg dataset.Config) cache.Set[UsageExportKey, *model.UsageExportTask] {
	return dataset.Add(cfg, cache.Dataset[UsageExportKey, workspace.Task, *model.UsageExportTask]{
		Operation:   OperationExportTasks,
		Ages:        cfg.Ages.Metrics,
		AgesOf:      func(t workspace.Task) cache.Ages { return taskAges(cfg, t) },
		NotFoundFor: time.Second,
		Key:         func(k UsageExportKey) string { return jobKey([]string{string(k.Kind), k.ProjectID, k.TaskID}) },
		Fetch: dataset.Each(func(ctx context.Context, _ string, k UsageExportKey) (workspace.Task, bool, error) {
			return cfg.Workspace.Task(ctx, k.ProjectID, k.TaskID)
		}),
		Build: func(_ string, k UsageExportKey, t workspace.Task) (*model.UsageExportTask, int64) {
			return convertTask(cfg, k, t), int64(len(t.Raw)) + 300
		},
	})
}

// taskAges are those of a job while the export runs, then those of metrics: its file is kept for a time only.
func taskAges(cfg dataset.Config, t workspace.Task) cache.Ages {
	if status, _ := taskStatus(t); status == model.JobStatusRunning {
		return cfg.Ages.Job
	}
	return cfg.Ages.Metrics
}

// taskStatus reads the words of the provider's client library; false for any other.
func taskStatus(t workspace.Task) (model.JobStatus, bool) {
	switch t.Status.String() {
	case "CREATING":
		return model.JobStatusRunning, true
	case "SUCCESS":
		return model.JobStatusSucceeded, true
	case "FAIL":
		return model.JobStatusFailed, true
	case "EXPIRED":
		return model.JobStatusExpired, true
	default:
		return model.JobStatusUnknown, t.Status.IsAbsent()
	}
}

func convertTask(cfg dataset.Config, k UsageExportKey, t workspace.Task) *model.UsageExportTask {
	status, known := taskStatus(t)
	if !known {
		cfg.Unknown("JobStatus")
	}
	task := &model.UsageExportTask{
		Status: status, StatusText: t.Status.Ptr(), FileName: t.FileName.Ptr(),
		StartedAt: taskTime(t.CreateTime.String()), FinishedAt: taskTime(t.EndTime.String()),
	}
	if status == model.JobStatusSucceeded {
		task.FilePath = new(FilePath(model.NewUsageExportJob(k.Kind, k.ProjectID, k.TaskID).ID))
	}
	if status == model.JobStatusFailed {
		task.FailReason, task.FailCode = t.FailReason.Ptr(), t.ErrorCode.Ptr()
	}
	return task
}

// taskTime reads yyyy-MM-dd'T'HH:mm:ss.SSSZ; nil for any other text. The library's Z may be the letter or an offset.
func taskTime(text string) *time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.999Z0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return new(t.UTC())
		}
	}
	return nil
}

// FilePath is where this gateway answers the file of an export, by its global id.
func FilePath(id string) string { return "/exports/" + url.PathEscape(id) + "/file" }

// Reads reports whether the reading of exports is switched on.
func (e *UsageExports) Reads() bool { return e.Tasks != nil }

// NotRead is the error of an operation while the reading is switched off: a part of the upstream that is not
// configured.
func (e *UsageExports) NotRead(operation string) error {
	return &rest.Error{System: "workspace", Operation: operation, Kind: rest.NotConfigured, Err: errReadingOff}
}

// File hands the file of an export to consume while it arrives from the upstream; nothing is kept.
func (e *UsageExports) File(ctx context.Context, k UsageExportKey, consume func(rest.File) error) error {
	if !e.Reads() {
		return e.NotRead(OperationExportFile)
	}
	return e.client.File(ctx, k.ProjectID, k.TaskID, consume) //nolint:wrapcheck // a rest.Error names the operation
}
