package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/workspace"
)

// The upstream operations of exports. No document has the last two, which the operator must switch on.
const (
	OperationExportUsers    = "exportUserUsageStatistics"
	OperationExportDesktops = "exportDesktopUsageStatistics"
	OperationExportTasks    = "listExportTasks"
	OperationExportFile     = "downloadExportFile"
)

// UsageExports starts exports of cloud desktop statistics, remembers what was started and, where that is switched on,
// reads how it went.
type UsageExports struct {
	// DesktopZone is where the days of desktop statistics begin (quirk 56).
	DesktopZone *time.Location
	// Project returns the project of the gateway's own token, for commands that name none; empty when there is none.
	Project func(context.Context) (string, error)
	// Tasks holds the states of exports; nil when reading is off.
	Tasks cache.Set[UsageExportKey, *model.UsageExportTask]

	client   *workspace.Client
	commands *Commands
	memory   memory
}

// NewUsageExports makes the source of exports.
func NewUsageExports(cfg dataset.Config, commands *Commands) *UsageExports {
	e := &UsageExports{
		DesktopZone: cfg.DesktopZone, Project: cfg.Project, client: cfg.Workspace,
		commands: commands, memory: newMemory(cfg, kindUsageExport, commandRemembered),
	}
	if cfg.ReadExports {
		e.Tasks = newExportTasks(cfg)
	}
	return e
}

// UsageExportKey names an export.
type UsageExportKey struct {
	Kind              model.UsageExportKind
	ProjectID, TaskID string
}

// Possible reports whether an export can have these ids: they go into a path of the upstream.
func (k UsageExportKey) Possible() bool {
	return k.Kind.IsValid() && workspace.CheckTask(k.ProjectID, k.TaskID) == nil
}

// Job is an export with what the gateway remembers of it where the tenant started it. It costs no call.
func (e *UsageExports) Job(ctx context.Context, scope string, k UsageExportKey) *model.UsageExportJob {
	job := model.NewUsageExportJob(k.Kind, k.ProjectID, k.TaskID)
	if note, ok := e.memory.of(ctx, scope, string(k.Kind), k.ProjectID, k.TaskID); ok {
		job.SubmittedAt, job.From, job.To = &note.At, &note.From, &note.To
	}
	return job
}

// The longest window, and age, of an export of the users' usage, and the age of one of the desktops'.
const (
	MaxUserWindow = workspace.MaxUserWindow
	MaxDesktopAge = workspace.MaxDesktopAge
)

// StartUsers starts an export of the users' usage, once for each key of the client's. The input must have been checked.
func (e *UsageExports) StartUsers(
	ctx context.Context, scope, projectID string, in model.ExportUserUsageInput,
) (*model.UsageExportJob, error) {
	about := wholeSeconds(in.From, in.To)
	request := workspace.UserUsageRequest{
		ProjectID: projectID, From: about.From, To: about.To, Username: dataset.Text(in.Username),
		UsageHours:          workspace.Range{Min: in.MinUsageHours, Max: in.MaxUsageHours},
		EnterpriseProjectID: dataset.Text(in.EnterpriseProjectID),
	}
	if in.OrderBy != nil {
		request.Order = workspace.Order{
			Field: workspace.SortUserUsage, Descending: in.OrderBy.Direction == model.OrderDirectionDesc,
		}
	}
	return e.start(ctx, scope, export{
		kind: model.UsageExportKindUsers, operation: OperationExportUsers, key: dataset.Text(in.IdempotencyKey),
		projectID: projectID, about: about, input: request,
		send: func(ctx context.Context) (string, error) { return e.client.ExportUserUsage(ctx, request) },
	})
}

// StartDesktops starts an export of the desktops' usage, as [UsageExports.StartUsers] does.
func (e *UsageExports) StartDesktops(
	ctx context.Context, scope, projectID string, in model.ExportDesktopUsageInput,
) (*model.UsageExportJob, error) {
	about := wholeSeconds(in.From, in.To)
	request := workspace.DesktopUsageRequest{
		ProjectID: projectID, From: about.From, To: about.To,
		ResourceName:        dataset.Text(in.DesktopName),
		ResourceID:          dataset.Text(in.DesktopID),
		IdleDays:            workspace.Range{Min: in.MinIdleDays, Max: in.MaxIdleDays},
		UsageHours:          workspace.Range{Min: in.MinUsageHours, Max: in.MaxUsageHours},
		EnterpriseProjectID: dataset.Text(in.EnterpriseProjectID),
	}
	if in.OrderBy != nil {
		request.Order = workspace.Order{
			Field: workspace.SortDesktopUsage, Descending: in.OrderBy.Direction == model.OrderDirectionDesc,
		}
		if in.OrderBy.Field == model.DesktopUsageOrderFieldDesktopIdleDuration {
			request.Order.Field = workspace.SortDesktopIdle
		}
	}
	return e.start(ctx, scope, export{
		kind: model.UsageExportKindDesktops, operation: OperationExportDesktops, key: dataset.Text(in.IdempotencyKey),
		projectID: projectID, about: about, input: request,
		send: func(ctx context.Context) (string, error) { return e.client.ExportDesktopUsage(ctx, request) },
	})
}

// wholeSeconds is a window as the upstream takes it.
func wholeSeconds(from, to time.Time) span {
	return span{from.Truncate(time.Second), to.Truncate(time.Second)}
}

// export is a command that starts an export.
type export struct {
	kind           model.UsageExportKind
	operation, key string
	projectID      string
	about          span
	input          any
	send           func(context.Context) (taskID string, err error)
}

func (e *UsageExports) start(ctx context.Context, scope string, x export) (*model.UsageExportJob, error) {
	task, err := e.commands.once(ctx, commandKey(x.key, scope, x.operation, "by key"), x.input,
		func(ctx context.Context) (string, error) {
			id, err := x.send(ctx)
			if err != nil {
				return id, fmt.Errorf("start usage export: %w", err)
			}
			e.memory.keep(ctx, scope, x.about, string(x.kind), x.projectID, id)
			return id, nil
		})
	if err != nil {
		return nil, err
	}
	started := UsageExportKey{Kind: x.kind, ProjectID: x.projectID, TaskID: task}
	if e.Tasks != nil {
		// A "no such task" from before it existed must not hide it; a Redis out of reach forgets it in a second.
		_ = e.Tasks.Drop(ctx, scope, started)
	}
	return e.Job(ctx, scope, started), nil
}
