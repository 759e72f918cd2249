package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/workspace"
)

// The upstream operations that start exports; no document names one that reads them.
const (
	OperationExportUsers    = "exportUserUsageStatistics"
	OperationExportDesktops = "exportDesktopUsageStatistics"
)

// UsageExports starts exports of cloud desktop statistics and remembers what was started.
type UsageExports struct {
	// DesktopZone is where the days of desktop statistics begin (quirk 56).
	DesktopZone *time.Location
	// Project returns the project of the gateway's own token, for commands that name none; empty when the token is for
	// none or there is none.
	Project func(context.Context) (string, error)

	client *workspace.Client
	memory memory
}

// NewUsageExports makes the source of exports.
func NewUsageExports(cfg dataset.Config) *UsageExports {
	return &UsageExports{
		DesktopZone: cfg.DesktopZone, Project: cfg.Project, client: cfg.Workspace,
		memory: newMemory(cfg, "usage-export", commandRemembered),
	}
}

// PossibleExport reports whether an export can have these ids.
func PossibleExport(kind model.UsageExportKind, projectID, taskID string) bool {
	return kind.IsValid() && workspace.FitsProject(projectID) && len(taskID) <= 255
}

// Job is an export with what the gateway remembers of it where the tenant started it. It costs no call.
func (e *UsageExports) Job(
	ctx context.Context, scope string, kind model.UsageExportKind, projectID, taskID string,
) *model.UsageExportJob {
	job := model.NewUsageExportJob(kind, projectID, taskID)
	if note, ok := e.memory.of(ctx, scope, string(kind), projectID, taskID); ok {
		job.SubmittedAt, job.From, job.To = &note.At, &note.From, &note.To
	}
	return job
}

// StartUsers starts an export of the users' usage, once for each key of the client's. The input must have been checked.
func (e *UsageExports) StartUsers(
	ctx context.Context, scope, key string, in workspace.UserUsageRequest,
) (*model.UsageExportJob, error) {
	task, err := once(ctx, e.memory.known, commandKey(key, scope, OperationExportUsers, "by key"), in,
		func(ctx context.Context) (string, error) {
			id, err := e.client.ExportUserUsage(ctx, in)
			return id, e.noted(ctx, scope, model.UsageExportKindUsers, in.ProjectID, id, span{in.From, in.To}, err)
		})
	if err != nil {
		return nil, err
	}
	return e.Job(ctx, scope, model.UsageExportKindUsers, in.ProjectID, task), nil
}

// StartDesktops starts an export of the desktops' usage, once for each key of the client's. The input must have been
// checked.
func (e *UsageExports) StartDesktops(
	ctx context.Context, scope, key string, in workspace.DesktopUsageRequest,
) (*model.UsageExportJob, error) {
	task, err := once(ctx, e.memory.known, commandKey(key, scope, OperationExportDesktops, "by key"), in,
		func(ctx context.Context) (string, error) {
			id, err := e.client.ExportDesktopUsage(ctx, in)
			return id, e.noted(ctx, scope, model.UsageExportKindDesktops, in.ProjectID, id, span{in.From, in.To}, err)
		})
	if err != nil {
		return nil, err
	}
	return e.Job(ctx, scope, model.UsageExportKindDesktops, in.ProjectID, task), nil
}

// noted remembers a task that was started; err is that of its start.
func (e *UsageExports) noted(
	ctx context.Context, scope string, kind model.UsageExportKind, projectID, taskID string, about span, err error,
) error {
	if err != nil {
		return fmt.Errorf("start usage export: %w", err)
	}
	e.memory.keep(ctx, scope, about, string(kind), projectID, taskID)
	return nil
}
