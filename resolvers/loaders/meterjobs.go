package loaders

import (
	"context"
	"slices"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
)

// MeterJob is the job with an id; an empty tenant means the configured one. Nil when the upstream knows no such job.
func (s *Set) MeterJob(ctx context.Context, domainID, jobID string) (*model.MeterJob, error) {
	a := load(s, s.sources.MeterJobs.States).one(ctx, jobs.MeterJobKey{DomainID: domainID, JobID: jobID})
	return a.value, a.err
}

// mostMeterPages bounds the pages of usage records that one field reads: pages may be empty although more follow.
const mostMeterPages = 20

// MeterRecords is a page of a job's usage records, forward from a cursor. It is empty until the job has succeeded.
func (s *Set) MeterRecords(
	ctx context.Context, job *model.MeterJob, args paging.Args,
) (*model.MeterRecordConnection, error) {
	page := &model.MeterRecordConnection{
		Nodes: []*model.MeterRecord{}, HasPreviousPage: args.After != nil,
		CursorOf: func(r *model.MeterRecord) string { return r.Cursor },
	}
	if job.Status != model.JobStatusSucceeded {
		return page, nil
	}
	wanted := paging.DefaultPage
	if args.First != nil {
		wanted = *args.First
	}
	marker, position, err := jobs.MeterPlace(args.After)
	if err != nil {
		return nil, err
	}
	var read []string
	var before *jobs.MeterPage
	for {
		key := jobs.MeterPageKey{MeterJobKey: jobs.MeterJobKey{DomainID: job.DomainID, JobID: job.JobID}, Marker: marker}
		// Records of a finished job never change: no age of them forces a refresh.
		a := loadWithin(s, s.sources.MeterJobs.Pages, 0).one(ctx, key)
		if a.err != nil || !a.found {
			return nil, a.err
		}
		if a.value.Repeats(before) {
			return nil, dataset.MarkerLoopError(jobs.OperationMeterRecords)
		}
		before = a.value
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
			return nil, dataset.MarkerLoopError(jobs.OperationMeterRecords)
		case len(page.Nodes) == wanted:
			page.HasNextPage = true
			return page, nil
		case len(read) == mostMeterPages:
			s.uses.incomplete(jobs.OperationMeterRecords, dataset.Extent{Truncated: true})
			page.HasNextPage = true
			return page, nil
		}
	}
}
