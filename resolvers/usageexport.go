package resolvers

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// exportUserUsage starts an export of the users' usage. "A maximum of 30 days" may mean span or age (quirk 56).
func exportUserUsage(
	ctx context.Context, exports *jobs.UsageExports, input model.ExportUserUsageInput,
) (*model.ExportUserUsagePayload, error) {
	from, to, now := input.From.Truncate(time.Second), input.To.Truncate(time.Second), load(ctx).Now()
	var faults inputFaults
	faults.order(from, to)
	faults.when(to.Sub(from) > jobs.MaxUserWindow, "to", "The window must not be longer than 30 days.")
	faults.when(now.Sub(from) > jobs.MaxUserWindow, "from", "from must lie within the last 30 days.")
	faults.bounds(input.MinUsageHours, input.MaxUsageHours, "minUsageHours", "maxUsageHours")
	if len(faults) > 0 {
		return &model.ExportUserUsagePayload{UserErrors: faults}, nil
	}
	project, err := projectOf(ctx, input.ProjectID, exports.Project)
	if err != nil {
		return nil, err
	}
	if faults.when(project == "", "projectId", projectUnknown); len(faults) > 0 {
		return &model.ExportUserUsagePayload{UserErrors: faults}, nil
	}
	job, err := exports.StartUsers(commandContext(ctx), load(ctx).Scope(), project, input)
	if faults, err = commandFaults(err, ""); err != nil {
		return nil, err
	}
	return &model.ExportUserUsagePayload{UsageExportJob: job, UserErrors: faults}, nil
}

// exportDesktopUsage starts an export of the desktops' usage, of days not older than 180.
func exportDesktopUsage(
	ctx context.Context, exports *jobs.UsageExports, input model.ExportDesktopUsageInput,
) (*model.ExportDesktopUsagePayload, error) {
	from, to, now := input.From.Truncate(time.Second), input.To.Truncate(time.Second), load(ctx).Now()
	var faults inputFaults
	faults.order(from, to)
	faults.when(from.Before(firstDesktopDay(now, exports.DesktopZone)), "from",
		"from must lie within the last 180 days.")
	faults.bounds(input.MinIdleDays, input.MaxIdleDays, "minIdleDays", "maxIdleDays")
	faults.bounds(input.MinUsageHours, input.MaxUsageHours, "minUsageHours", "maxUsageHours")
	if len(faults) > 0 {
		return &model.ExportDesktopUsagePayload{UserErrors: faults}, nil
	}
	project, err := projectOf(ctx, input.ProjectID, exports.Project)
	if err != nil {
		return nil, err
	}
	if faults.when(project == "", "projectId", projectUnknown); len(faults) > 0 {
		return &model.ExportDesktopUsagePayload{UserErrors: faults}, nil
	}
	job, err := exports.StartDesktops(commandContext(ctx), load(ctx).Scope(), project, input)
	if faults, err = commandFaults(err, ""); err != nil {
		return nil, err
	}
	return &model.ExportDesktopUsagePayload{UsageExportJob: job, UserErrors: faults}, nil
}

// firstDesktopDay is the start of the day 180 days before now, in the zone of the desktops' days.
func firstDesktopDay(now time.Time, zone *time.Location) time.Time {
	first := now.In(zone).Add(-jobs.MaxDesktopAge)
	return time.Date(first.Year(), first.Month(), first.Day(), 0, 0, 0, 0, zone)
}

// usageExportJob is an export by its ids; the project is that of the gateway's own token unless it is given.
func usageExportJob(
	ctx context.Context, exports *jobs.UsageExports, jobID string, kind model.UsageExportKind, projectID *string,
) (*model.UsageExportJob, error) {
	project, err := projectOf(ctx, projectID, exports.Project)
	if err != nil {
		return nil, err
	}
	key := jobs.UsageExportKey{Kind: kind, ProjectID: project, TaskID: jobID}
	if !key.Possible() {
		return nil, &rest.InputError{Field: "projectId", Message: projectUnknown}
	}
	return load(ctx).UsageExportJob(ctx, key)
}

// exportStatuses are the states of exports.
func exportStatuses(ctx context.Context, of []*model.UsageExportJob) []model.JobStatus {
	tasks, errs := load(ctx).UsageExportTasks(ctx, of)
	statuses := make([]model.JobStatus, len(tasks))
	for i, task := range tasks {
		if task != nil {
			statuses[i] = task.Status
		}
	}
	return load(ctx).JobStatuses(jobs.OperationExportTasks, statuses, errs)
}
