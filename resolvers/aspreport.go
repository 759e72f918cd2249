package resolvers

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// aspReportJob is a collection by its ids; the project is that of the gateway's own token unless it is given.
func aspReportJob(
	ctx context.Context, reports *jobs.AspReports, jobID, instanceID string, projectID *string,
) (*model.AspReportJob, error) {
	project, err := projectOf(ctx, projectID, reports.Project)
	if err != nil {
		return nil, err
	}
	if !jobs.FitsReportProject(project) {
		return nil, &rest.InputError{Field: "projectId", Message: unfitProject(project)}
	}
	return load(ctx).AspReportJob(ctx, project, instanceID, jobID)
}

const (
	ownProjectUnfit = "The gateway's own project id is not 32 letters and digits; give projectId."
	projectUnknown  = "The project of the token is not known; give projectId."
)

// unfitProject says what is wrong with a project id that was not given.
func unfitProject(project string) string {
	if project == "" {
		return projectUnknown
	}
	return ownProjectUnfit
}

// projectOf is the given project, else that of the gateway's own token; empty where callers bring their tokens.
func projectOf(ctx context.Context, given *string, own func(context.Context) (string, error)) (string, error) {
	if given != nil {
		return *given, nil
	}
	return own(ctx)
}

// collectAspReport starts a collection, after its whole input was checked; "now" is the moment of the operation.
func collectAspReport(
	ctx context.Context, reports *jobs.AspReports, input model.CollectAspReportInput,
) (*model.CollectAspReportPayload, error) {
	from, to, now := input.From.Truncate(time.Second), input.To.Truncate(time.Second), load(ctx).Now()
	var faults inputFaults
	faults.order(from, to)
	faults.when(now.Sub(from) > jobs.MaxReportAge, "from", "from must lie within the two days before now.")
	faults.when(to.After(now), "to", "to must not be in the future.")
	project := ""
	if input.ProjectID != nil || len(faults) == 0 {
		var err error
		if project, err = projectOf(ctx, input.ProjectID, reports.Project); err != nil {
			return nil, err
		}
		faults.when(!jobs.FitsReportProject(project), "projectId", unfitProject(project))
	}
	if len(faults) > 0 {
		return &model.CollectAspReportPayload{UserErrors: faults}, nil
	}
	job, err := reports.Start(commandContext(ctx), load(ctx).Scope(), valueOf(input.IdempotencyKey),
		jobs.AspReportCommand{ProjectID: project, InstanceID: input.InstanceID, From: from, To: to})
	faults, err = commandFaults(err, "instanceId")
	if err != nil {
		return nil, err
	}
	return &model.CollectAspReportPayload{AspReportJob: job, UserErrors: faults}, nil
}

// aspEnabled is whether active sessions are recorded on a database instance.
func aspEnabled(ctx context.Context, reports *jobs.AspReports, instanceID string, projectID *string) (*bool, error) {
	if !reports.Reads() {
		return nil, reports.NotRead(jobs.OperationAspStatus)
	}
	project, err := projectOf(ctx, projectID, reports.Project)
	if err != nil {
		return nil, err
	}
	if !jobs.FitsReportProject(project) {
		return nil, &rest.InputError{Field: "projectId", Message: unfitProject(project)}
	}
	return load(ctx).AspEnabled(ctx, project, instanceID)
}

// aspFields are a field of collections, in their order; empty where the upstream has none or reading is off.
func aspFields[V any](
	ctx context.Context, of []*model.AspReportJob, field func(loaders.AspState) V,
) (values []V, errs []error) {
	states, errs := load(ctx).AspStates(ctx, of)
	values = make([]V, len(states))
	for i, state := range states {
		if state.AspReport != nil {
			values[i] = field(state)
		}
	}
	return values, errs
}

// aspStatuses are the states of collections.
func aspStatuses(ctx context.Context, of []*model.AspReportJob) []model.JobStatus {
	statuses, errs := aspFields(ctx, of, func(s loaders.AspState) model.JobStatus { return s.Status })
	return load(ctx).JobStatuses(jobs.OperationListReports, statuses, errs)
}

// whereRead drops the errors of reading that is switched off: the field is null then.
func whereRead(errs []error) error {
	for i, err := range errs {
		if jobs.SwitchedOff(err) {
			errs[i] = nil
		}
	}
	return perParent(errs)
}

// linkEnd is when the link to a report stops working; nil without a link.
func linkEnd(state loaders.AspState) *time.Time {
	if state.DownloadURL == nil {
		return nil
	}
	return new(state.ReadAt.Add(jobs.LinkLife).UTC())
}
