package loaders

import (
	"context"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addMeterLoaders(ctx context.Context) {
	scope, maxAge, jobs := s.options.Scope, s.options.MaxAge, s.sources.MeterJobs
	s.meterJobs = newLoader(ctx, s, sources.OperationMeterJob,
		func(ctx context.Context, key sources.MeterJobKey) (answer[*model.MeterJob], bool) {
			outcome, ok := jobs.Peek(ctx, scope, key)
			return fromOutcome(outcome), ok
		},
		func(ctx context.Context, keys []sources.MeterJobKey) map[sources.MeterJobKey]answer[*model.MeterJob] {
			answers := make(map[sources.MeterJobKey]answer[*model.MeterJob], len(keys))
			for key, outcome := range jobs.Load(ctx, scope, keys, maxAge) {
				answers[key] = fromOutcome(outcome)
			}
			return answers
		})
	s.pages = newLoader(ctx, s, sources.OperationMeterRecords,
		func(ctx context.Context, key sources.MeterPageKey) (answer[*sources.MeterPage], bool) {
			outcome, ok := jobs.PeekPage(ctx, scope, key)
			return fromOutcome(outcome), ok
		},
		func(ctx context.Context, keys []sources.MeterPageKey) map[sources.MeterPageKey]answer[*sources.MeterPage] {
			answers := make(map[sources.MeterPageKey]answer[*sources.MeterPage], len(keys))
			for key, outcome := range jobs.LoadPages(ctx, scope, keys) {
				answers[key] = fromOutcome(outcome)
			}
			return answers
		})
}

// MeterJob is the job with an id; an empty tenant means the configured one. Nil when the upstream knows no such job.
func (s *Set) MeterJob(ctx context.Context, domainID, jobID string) (*model.MeterJob, error) {
	a := s.meterJobs.one(ctx, sources.MeterJobKey{DomainID: domainID, JobID: jobID})
	return a.value, a.err
}

// mostMeterPages bounds the pages of usage records that one field reads: pages may be empty although more follow.
const mostMeterPages = 20

// MeterRecords is a page of a job's usage records, forward from a cursor. It is empty until the job has succeeded.
func (s *Set) MeterRecords(ctx context.Context, job *model.MeterJob, args PageArgs) (*model.MeterRecordConnection, error) {
	page := &model.MeterRecordConnection{
		Nodes: []*model.MeterRecord{}, HasPreviousPage: args.After != nil,
		CursorOf: func(r *model.MeterRecord) string { return r.Cursor },
	}
	if job.Status != model.JobStatusSucceeded {
		return page, nil
	}
	wanted := defaultPage
	if args.First != nil {
		wanted = *args.First
	}
	marker, position, err := sources.MeterPlace(args.After)
	if err != nil {
		return nil, err
	}
	var read []string
	for {
		key := sources.MeterPageKey{MeterJobKey: sources.MeterJobKey{DomainID: job.DomainID, JobID: job.JobID}, Marker: marker}
		a := s.pages.one(ctx, key)
		if a.err != nil || !a.found {
			return nil, a.err
		}
		records := a.value.Records[min(position, len(a.value.Records)):]
		if missing := wanted - len(page.Nodes); len(records) > missing {
			page.Nodes = append(page.Nodes, records[:missing]...)
			page.HasNextPage = true
			return page, nil
		}
		page.Nodes = append(page.Nodes, records...)
		read = append(read, marker)
		marker, position = a.value.Next, 0
		switch {
		case marker == "":
			return page, nil
		case slices.Contains(read, marker):
			return nil, sources.MarkerLoopError(sources.OperationMeterRecords)
		case len(page.Nodes) == wanted:
			page.HasNextPage = true
			return page, nil
		case len(read) == mostMeterPages:
			s.uses.incomplete(sources.OperationMeterRecords, true, nil)
			page.HasNextPage = true
			return page, nil
		}
	}
}
