package loaders

import (
	"context"
	"encoding/json"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
)

// Now is the moment of the operation.
func (s *Set) Now() time.Time { return s.options.Now }

// AspReportJob is a collection by its ids: what the gateway remembers of it, and its state where reading is on.
func (s *Set) AspReportJob(ctx context.Context, projectID, instanceID, jobID string) (*model.AspReportJob, error) {
	key := jobs.AspReportKey{ProjectID: projectID, InstanceID: instanceID, JobID: jobID}
	job := s.sources.AspReports.Job(ctx, s.options.Scope, key)
	if !s.sources.AspReports.Reads() {
		return job, nil
	}
	a := load(s, s.sources.AspReports.Reports).one(ctx, key)
	if a.err != nil {
		return nil, a.err
	}
	if a.found {
		job.Status, job.StatusText = a.value.Status, a.value.StatusText
	}
	return job, nil
}

// AspReports are the upstream's rows of collections, in their order; nil where it knows none.
func (s *Set) AspReports(ctx context.Context, of []*model.AspReportJob) ([]json.RawMessage, []error) {
	rows, errs := make([]json.RawMessage, len(of)), make([]error, len(of))
	var at []int
	var keys []jobs.AspReportKey
	for i, job := range of {
		if job != nil {
			at = append(at, i)
			keys = append(keys, jobs.AspReportKey{ProjectID: job.ProjectID, InstanceID: job.InstanceID, JobID: job.JobID})
		}
	}
	if !s.sources.AspReports.Reads() {
		for _, i := range at {
			errs[i] = s.sources.AspReports.NotRead()
		}
		return rows, errs
	}
	for n, a := range load(s, s.sources.AspReports.Reports).all(ctx, keys) {
		errs[at[n]] = a.err
		if a.found {
			rows[at[n]] = a.value.Raw
		}
	}
	return rows, errs
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
func (s *Set) usageExportNode(ctx context.Context, parts []string) *model.UsageExportJob {
	kind := model.UsageExportKind(parts[0])
	if !jobs.PossibleExport(kind, parts[1], parts[2]) {
		return nil
	}
	return s.sources.UsageExports.Job(ctx, s.options.Scope, kind, parts[1], parts[2])
}
