package sources

import (
	"context"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
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

	client  *workspace.Client
	project func(context.Context) (string, error)
	known   *registry.Registry
	memory  jobMemory
}

func newUsageExports(cfg Config) *UsageExports {
	return &UsageExports{
		DesktopZone: cfg.DesktopZone, client: cfg.Workspace, project: cfg.Project, known: cfg.Commands,
		memory: jobMemory{known: cfg.Commands, kind: "usage-export", now: cfg.Now, logger: cfg.Logger},
	}
}

// Project is the project of the gateway's own token, for commands that name none; empty when the token is for none or there is none.
func (e *UsageExports) Project(ctx context.Context) (string, error) {
	if e.project == nil {
		return "", nil
	}
	return e.project(ctx)
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
	task, err := once(ctx, e.known, commandKey(scope, OperationExportUsers, key), in, func(ctx context.Context) (string, error) {
		id, err := e.client.ExportUserUsage(ctx, in)
		return id, e.noted(ctx, scope, model.UsageExportKindUsers, in.ProjectID, id, in.From, in.To, err)
	})
	if err != nil {
		return nil, err
	}
	return e.Job(ctx, scope, model.UsageExportKindUsers, in.ProjectID, task), nil
}

// StartDesktops starts an export of the desktops' usage, once for each key of the client's. The input must have been checked.
func (e *UsageExports) StartDesktops(
	ctx context.Context, scope, key string, in workspace.DesktopUsageRequest,
) (*model.UsageExportJob, error) {
	task, err := once(ctx, e.known, commandKey(scope, OperationExportDesktops, key), in, func(ctx context.Context) (string, error) {
		id, err := e.client.ExportDesktopUsage(ctx, in)
		return id, e.noted(ctx, scope, model.UsageExportKindDesktops, in.ProjectID, id, in.From, in.To, err)
	})
	if err != nil {
		return nil, err
	}
	return e.Job(ctx, scope, model.UsageExportKindDesktops, in.ProjectID, task), nil
}

// noted remembers a task that was started; err is that of its start.
func (e *UsageExports) noted(
	ctx context.Context, scope string, kind model.UsageExportKind, projectID, taskID string, from, to time.Time, err error,
) error {
	if err != nil {
		return fmt.Errorf("start usage export: %w", err)
	}
	e.memory.keep(ctx, scope, from, to, string(kind), projectID, taskID)
	return nil
}
