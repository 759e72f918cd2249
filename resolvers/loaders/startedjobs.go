package loaders

import (
	"context"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
)

// lacksReplicas is what an answer says of a list of started jobs while Redis does not answer.
const lacksReplicas = "The shared memory of started jobs can't be read now: " +
	"jobs that were started by other replicas, or before this one's start, are missing."

// StartedJobs is a page of the jobs that the tenant has started, of some kinds; nil selects all, an empty list none.
func (s *Set) StartedJobs(
	ctx context.Context, kinds []model.JobKind, args paging.Args,
) (*model.StartedJobConnection, error) {
	s.uses.unsettled()
	resume := s.pause(ctx)
	all, err := s.sources.StartedJobs.Jobs(ctx, s.options.Scope)
	resume(ctx)
	if err != nil {
		s.uses.say(Notice{Operation: "jobs", Sentence: lacksReplicas, Lacks: true})
	}
	if kinds != nil {
		all = slices.DeleteFunc(all, func(j *model.StartedJob) bool { return !slices.Contains(kinds, j.Kind) })
	}
	return cut(all, err != nil, jobs.StartedOrder(), args)
}

// JobsOf are the jobs themselves, in the order of what is remembered of them, with their states where these are read;
// nil where the upstream has none.
func (s *Set) JobsOf(ctx context.Context, of []*model.StartedJob) ([]model.Job, []error) {
	found, errs := make([]model.Job, len(of)), make([]error, len(of))
	meters := make([]*model.StartedJob, len(of))
	for i, job := range of {
		if job == nil {
			continue
		}
		switch job.Kind {
		case model.JobKindMeter:
			meters[i] = job
		case model.JobKindUsageExport:
			export := model.NewUsageExportJob(model.UsageExportKind(job.Parts[0]), job.Parts[1], job.Parts[2])
			export.SubmittedAt, export.From, export.To = &job.SubmittedAt, job.From, job.To
			found[i] = export
		case model.JobKindAspReport:
			report := model.NewAspReportJob(job.Parts[0], job.Parts[1], job.Parts[2])
			report.SubmittedAt, report.From, report.To = &job.SubmittedAt, job.From, job.To
			found[i] = report
		}
	}
	states, failed := ofJobs(ctx, load(s, s.sources.MeterJobs.States), meters, func(j *model.StartedJob) jobs.MeterJobKey {
		return jobs.MeterJobKey{DomainID: j.Parts[0], JobID: j.Parts[1]}
	})
	for i, state := range states {
		if errs[i] = failed[i]; state.found {
			found[i] = state.value
		}
	}
	return found, errs
}
