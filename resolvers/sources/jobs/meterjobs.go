// Package jobs is the source of what commands start: usage-record queries and their records, ASP reports and usage
// exports. A command with an idempotency key runs once.
package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// The upstream operations of usage-record queries.
const (
	OperationMeterJob     = "getMeterQueryJob"
	OperationMeterRecords = "listMeterJobSdrs"

	OperationCreateMeterJob = "createMeterQueryJob"
)

// MeterJobs is the source of usage-record queries and their records.
type MeterJobs struct {
	// DefaultDomainID is the tenant when a query names none; empty means that it must.
	DefaultDomainID string
	// States holds the states of jobs, Pages the pages of their records.
	States cache.Set[MeterJobKey, *model.MeterJob]
	Pages  cache.Set[MeterPageKey, *MeterPage]

	esm      *esm.Client
	commands *Commands
	memory   memory
}

// meterJobRecord is the state of a job and, when it was started through the gateway, when.
type meterJobRecord struct {
	State       esm.MeterJobState `json:"state"`
	SubmittedAt *time.Time        `json:"submittedAt,omitempty"`
}

// MeterJobKey names a job: the upstream needs the tenant with it.
type MeterJobKey struct{ DomainID, JobID string }

// Text is the key as text.
func (k MeterJobKey) Text() string { return k.DomainID + " " + k.JobID }

// MeterPageKey names a page of a job's records; an empty marker is the first page.
type MeterPageKey struct {
	MeterJobKey
	Marker string
}

// MeterPage is a page of usage records.
type MeterPage struct {
	Records []*model.MeterRecord
	// Next is the marker of the next page; empty after the last one.
	Next string
}

// Repeats reports that a page holds the very records of the one before it: the upstream ignores the marker.
func (p *MeterPage) Repeats(before *MeterPage) bool {
	return before != nil && len(p.Records) > 0 && slices.EqualFunc(p.Records, before.Records,
		func(a, b *model.MeterRecord) bool { return bytes.Equal(a.Raw, b.Raw) })
}

// NewMeterJobs makes the source of usage-record queries.
func NewMeterJobs(cfg dataset.Config, commands *Commands) *MeterJobs {
	j := &MeterJobs{
		DefaultDomainID: cfg.DefaultDomainID, esm: cfg.ESM, commands: commands,
		memory: newMemory(cfg, kindMeterJob, jobRemembered),
	}
	j.States = dataset.Add(cfg, cache.Dataset[MeterJobKey, meterJobRecord, *model.MeterJob]{
		Operation:   OperationMeterJob,
		Ages:        cfg.Ages.Job,
		AgesOf:      func(r meterJobRecord) cache.Ages { return jobAges(cfg, r.State) },
		NotFoundFor: time.Second,
		LeaseFor:    dataset.OneReplica, // numbers states in their order, whatever the clocks of replicas say
		Key:         MeterJobKey.Text,
		Fetch: dataset.Each(func(ctx context.Context, scope string, k MeterJobKey) (meterJobRecord, bool, error) {
			state, err := cfg.ESM.MeterJob(ctx, k.DomainID, k.JobID)
			switch {
			case noSuchJob(err):
				return meterJobRecord{}, false, nil
			case err != nil:
				return meterJobRecord{}, true, err
			case !dataset.IsAbout(state.JobID, k.JobID):
				cfg.CountForeign(ctx, OperationMeterJob, "id", 1)
				spec := dataset.Reading("esm", OperationMeterJob)
				return meterJobRecord{}, true, spec.Fail(rest.BadResponse, errOtherJob)
			}
			return meterJobRecord{State: state, SubmittedAt: j.submittedAt(ctx, scope, k)}, true, nil
		}),
		Build: func(_ string, k MeterJobKey, r meterJobRecord) (*model.MeterJob, int64) {
			return convertMeterJob(cfg, k, r), 300
		},
	})
	j.Pages = dataset.Add(cfg, cache.Dataset[MeterPageKey, esm.MeterJobPage, *MeterPage]{
		Operation: OperationMeterRecords,
		Ages:      cfg.Ages.FinishedJob,
		Key:       func(k MeterPageKey) string { return k.DomainID + " " + k.JobID + " " + k.Marker },
		Fetch: dataset.Each(func(ctx context.Context, _ string, k MeterPageKey) (esm.MeterJobPage, bool, error) {
			page, err := cfg.ESM.MeterJobRecords(ctx, k.DomainID, k.JobID, k.Marker, esm.MaxMeterRecords)
			if err == nil {
				spec := dataset.Reading("esm", OperationMeterRecords)
				err = dataset.OwnRows(ctx, cfg, spec, page.Records, k.DomainID, "domain_id",
					func(r esm.UsageRecord) loose.Text { return r.Fields.DomainID })
			}
			return page, true, err
		}),
		Build: func(_ string, k MeterPageKey, page esm.MeterJobPage) (*MeterPage, int64) {
			converted := convertMeterPage(cfg, k, page)
			return converted, int64(len(converted.Records)+1) * 1500
		},
	})
	return j
}

// jobAges are those of a running job, or long ones once the state can't change any more.
func jobAges(cfg dataset.Config, state esm.MeterJobState) cache.Ages {
	if final(jobStatus(state.Status)) {
		return cfg.Ages.FinishedJob
	}
	return cfg.Ages.Job
}

// errOtherJob is the cause of an answer that is about another job than the one that was asked for.
var errOtherJob = errors.New("state of another job")

// noSuchJob reports whether an error means that the upstream knows no such job.
func noSuchJob(err error) bool {
	failure, ok := errors.AsType[*rest.Error](err)
	return ok && failure.Kind == rest.NotFound
}

// Finished reports whether a job's state can't change any more.
func Finished(job *model.MeterJob) bool { return final(job.Status) }

func final(status model.JobStatus) bool {
	return status == model.JobStatusSucceeded || status == model.JobStatusFailed
}

func jobStatus(t loose.Text) model.JobStatus {
	switch t.String() {
	case esm.MeterJobPending:
		return model.JobStatusPending
	case esm.MeterJobRunning:
		return model.JobStatusRunning
	case esm.MeterJobSuccess:
		return model.JobStatusSucceeded
	case esm.MeterJobFailure:
		return model.JobStatusFailed
	default:
		return model.JobStatusUnknown
	}
}

func convertMeterJob(cfg dataset.Config, k MeterJobKey, r meterJobRecord) *model.MeterJob {
	job := &model.MeterJob{
		ID:         model.NewID(model.KindMeterJob, k.DomainID, k.JobID),
		JobID:      k.JobID,
		DomainID:   k.DomainID,
		Status:     jobStatus(r.State.Status),
		StatusText: r.State.Status.Ptr(),

		SubmittedAt: r.SubmittedAt,
	}
	if job.Status == model.JobStatusUnknown && !r.State.Status.IsAbsent() {
		cfg.Unknown("JobStatus")
	}
	if progress := dataset.WholeNumber(r.State.Progress); progress != nil && *progress >= 0 && *progress <= 100 {
		job.Progress = progress
	}
	return job
}

func convertMeterPage(cfg dataset.Config, k MeterPageKey, page esm.MeterJobPage) *MeterPage {
	converted := &MeterPage{Next: page.Marker.String(), Records: make([]*model.MeterRecord, 0, len(page.Records))}
	for position, record := range page.Records {
		converted.Records = append(converted.Records, convertMeterRecord(cfg, k, position, record))
	}
	return converted
}

func convertMeterRecord(cfg dataset.Config, k MeterPageKey, position int, r esm.UsageRecord) *model.MeterRecord {
	f := r.Fields
	at := func(t loose.Time, field string) *time.Time {
		return cfg.Instant(t, cfg.MeterZone, OperationMeterRecords, field)
	}
	record := &model.MeterRecord{
		AccumulateFactorName: f.FactorName.Ptr(),
		AvailabilityZone:     f.ZoneCode.Ptr(),
		BeginAt:              at(f.BeginTime, "begin_time"),
		EndAt:                at(f.EndTime, "end_time"),
		RecordedAt:           at(f.RecordedAt, "time_stamp"),
		CloudServiceTypeCode: f.ServiceTypeCode.Ptr(),
		ResourceTypeCode:     f.ResourceTypeCode.Ptr(),
		ResourceSpecCode:     f.ResourceSpecCode.Ptr(),
		ResourceID:           f.ResourceID.Ptr(),
		ParentResourceID:     f.ParentResource.Ptr(),
		RegionCode:           f.RegionCode.Ptr(),
		DomainID:             f.DomainID.Ptr(),
		DomainName:           f.DomainName.Ptr(),
		ProjectID:            f.ProjectID.Ptr(),
		EnterpriseProjectID:  f.EnterpriseProjectID.Ptr(),
		RecordType:           f.RecordType.Ptr(),
		Tag:                  f.Tag.Ptr(),
		Raw:                  r.Raw,
		Cursor:               meterCursor(k.Marker, position),
	}
	if value, ok := f.FactorValue.Decimal(); ok {
		record.AccumulateFactorValue = &value
	}
	if record.Raw == nil {
		record.Raw = json.RawMessage("null")
	}
	return record
}

// meterOrder is the name of the only order of usage records: the upstream's own.
const meterOrder = "mr"

// meterCursor is the place of a record: the marker of its page and its position there.
func meterCursor(marker string, position int) string {
	return model.Cursor{Order: meterOrder, Key: model.SortKey{Text: marker}, ID: strconv.Itoa(position)}.String()
}

// MeterPlace is where to go on reading after a cursor; an empty cursor is the beginning.
func MeterPlace(cursor *string) (marker string, position int, err error) {
	if cursor == nil {
		return "", 0, nil
	}
	c, err := model.ParseCursor(*cursor)
	if err != nil {
		return "", 0, err
	}
	before, err := strconv.Atoi(c.ID)
	if c.Order != meterOrder || err != nil || before < 0 || before > esm.MaxMeterRecords ||
		strings.ContainsAny(c.Key.Text, " ") {
		return "", 0, model.ErrInvalidCursor
	}
	return c.Key.Text, before + 1, nil
}
