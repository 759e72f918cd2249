package loaders

import (
	"context"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
)

// Now is the moment of the operation.
func (s *Set) Now() time.Time { return s.options.Now }

// AspReportJob is a collection by its ids, with what the gateway remembers of it. Where reading is on, its state is
// read: a failure of that is the job's.
func (s *Set) AspReportJob(ctx context.Context, projectID, instanceID, jobID string) (*model.AspReportJob, error) {
	key := jobs.AspReportKey{ProjectID: projectID, InstanceID: instanceID, JobID: jobID}
	if s.sources.AspReports.Reads() {
		if a := load(s, s.sources.AspReports.Reports).one(ctx, key); a.err != nil {
			return nil, a.err
		}
	}
	s.uses.unsettled()
	return s.sources.AspReports.Job(ctx, s.options.Scope, key), nil
}

// AspState is what the upstream has of a collection; its report is nil where the upstream knows none.
type AspState struct {
	*jobs.AspReport
	// ReadAt is when the upstream answered.
	ReadAt time.Time
}

// AspStates are what the upstream has of collections, in their order; an error for each while reading is off.
func (s *Set) AspStates(ctx context.Context, of []*model.AspReportJob) ([]AspState, []error) {
	if !s.sources.AspReports.Reads() {
		return make([]AspState, len(of)), sameError(of, s.sources.AspReports.NotRead(jobs.OperationListReports))
	}
	answers, errs := ofJobs(ctx, load(s, s.sources.AspReports.Reports), of, func(j *model.AspReportJob) jobs.AspReportKey {
		return jobs.AspReportKey{ProjectID: j.ProjectID, InstanceID: j.InstanceID, JobID: j.JobID}
	})
	states := make([]AspState, len(of))
	for i, a := range answers {
		states[i] = AspState{AspReport: a.value, ReadAt: a.age.FetchedAt}
	}
	return states, errs
}

// AspEnabled is whether active sessions are recorded on a database instance; nil where the upstream's word is unknown.
func (s *Set) AspEnabled(ctx context.Context, projectID, instanceID string) (*bool, error) {
	a := load(s, s.sources.AspReports.Enabled).one(ctx, jobs.DatabaseKey{ProjectID: projectID, InstanceID: instanceID})
	return a.value, a.err
}

// UsageExportJob is an export by its ids, with what the gateway remembers of it. Where reading is on, its state is
// read: a failure of that is the job's.
func (s *Set) UsageExportJob(ctx context.Context, key jobs.UsageExportKey) (*model.UsageExportJob, error) {
	if s.sources.UsageExports.Reads() {
		if a := load(s, s.sources.UsageExports.Tasks).one(ctx, key); a.err != nil {
			return nil, a.err
		}
	}
	s.uses.unsettled()
	return s.sources.UsageExports.Job(ctx, s.options.Scope, key), nil
}

// UsageExportTasks are what the upstream has of exports, in their order; nil where it knows none, and an error for each
// while reading is off.
func (s *Set) UsageExportTasks(ctx context.Context, of []*model.UsageExportJob) ([]*model.UsageExportTask, []error) {
	tasks := make([]*model.UsageExportTask, len(of))
	if !s.sources.UsageExports.Reads() {
		return tasks, sameError(of, s.sources.UsageExports.NotRead(jobs.OperationExportTasks))
	}
	answers, errs := ofJobs(ctx, load(s, s.sources.UsageExports.Tasks), of, usageExportKey)
	for i, a := range answers {
		tasks[i] = a.value
	}
	return tasks, errs
}

func usageExportKey(j *model.UsageExportJob) jobs.UsageExportKey {
	return jobs.UsageExportKey{Kind: j.Kind, ProjectID: j.ProjectID, TaskID: j.JobID}
}

// ofJobs are the answers for the jobs of a level, in their order; a nil job has none.
func ofJobs[J any, K comparable, V any](
	ctx context.Context, from *loader[K, V], of []*J, key func(*J) K,
) ([]answer[V], []error) {
	answers, errs := make([]answer[V], len(of)), make([]error, len(of))
	var at []int
	var keys []K
	for i, job := range of {
		if job != nil {
			at, keys = append(at, i), append(keys, key(job))
		}
	}
	for n, a := range from.all(ctx, keys) {
		answers[at[n]], errs[at[n]] = a, a.err
	}
	return answers, errs
}

// sameError is one error for each parent.
func sameError[P any](parents []*P, err error) []error {
	errs := make([]error, len(parents))
	for i, parent := range parents {
		if parent != nil {
			errs[i] = err
		}
	}
	return errs
}

// JobStatuses are the states of jobs: unknown where an error says why none was read, which becomes a warning unless
// reading is switched off.
func (s *Set) JobStatuses(operation string, statuses []model.JobStatus, errs []error) []model.JobStatus {
	for i, err := range errs {
		if err != nil || statuses[i] == "" {
			statuses[i] = model.JobStatusUnknown
		}
		if err != nil && !jobs.SwitchedOff(err) {
			s.uses.warn(operation, err)
		}
	}
	return statuses
}

// aspReportNode is the collection of a global id; nil when its parts can't be those of one.
func (s *Set) aspReportNode(ctx context.Context, parts []string) (*model.AspReportJob, error) {
	key := jobs.AspReportKey{ProjectID: parts[0], InstanceID: parts[1], JobID: parts[2]}
	if !key.Possible() {
		return nil, nil //nolint:nilnil // no collection can have this id, which is no failure
	}
	return s.AspReportJob(ctx, key.ProjectID, key.InstanceID, key.JobID)
}

// usageExportNode is the export of a global id; nil when its parts can't be those of one.
func (s *Set) usageExportNode(ctx context.Context, parts []string) (*model.UsageExportJob, error) {
	key, possible := UsageExportOf(parts)
	if !possible {
		return nil, nil //nolint:nilnil // no export can have this id, which is no failure
	}
	return s.UsageExportJob(ctx, key)
}

// UsageExportOf names the export of a global id's parts; false when no export can have them.
func UsageExportOf(parts []string) (jobs.UsageExportKey, bool) {
	key := jobs.UsageExportKey{Kind: model.UsageExportKind(parts[0]), ProjectID: parts[1], TaskID: parts[2]}
	return key, key.Possible()
}
