package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// The upstream operations behind usage-record queries.
const (
	OperationMeterJob     = "getMeterQueryJob"
	OperationMeterRecords = "listMeterJobSdrs"

	OperationCreateMeterJob = "createMeterQueryJob"
)

// MeterJobs is the source of usage-record queries and their records.
type MeterJobs struct {
	// DefaultDomainID is the tenant when a query names none; empty means that it must.
	DefaultDomainID string

	states *cache.Many[MeterJobKey, meterJobRecord, *model.MeterJob]
	pages  *cache.Many[MeterPageKey, esm.MeterJobPage, *MeterPage]
	esm    *esm.Client
	known  *registry.Registry
	now    func() time.Time
	logger *slog.Logger
}

// meterJobRecord is the state of a job and, when it was started through the gateway, when.
type meterJobRecord struct {
	State       esm.MeterJobState `json:"state"`
	SubmittedAt *time.Time        `json:"submittedAt,omitempty"`
}

// MeterJobKey names a job: the upstream needs the tenant with it.
type MeterJobKey struct{ DomainID, JobID string }

func (k MeterJobKey) text() string { return k.DomainID + " " + k.JobID }

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

func newMeterJobs(cfg Config) (*MeterJobs, error) {
	j := &MeterJobs{
		DefaultDomainID: cfg.DefaultDomainID, esm: cfg.ESM, known: cfg.Commands, now: cfg.Now, logger: cfg.Logger,
	}
	var err error
	j.states, err = cache.NewMany(cache.ManyConfig[MeterJobKey, meterJobRecord, *model.MeterJob]{
		Operation:   OperationMeterJob,
		Ages:        cfg.Ages.Job,
		AgesOf:      func(r meterJobRecord) cache.Ages { return jobAges(cfg, r.State) },
		NegativeFor: time.Second,
		Tiers:       cfg.Tiers,
		Text:        MeterJobKey.text,
		Fetch: func(ctx context.Context, scope string, keys []MeterJobKey) map[MeterJobKey]cache.Result[meterJobRecord] {
			return each(ctx, keys, func(ctx context.Context, k MeterJobKey) (meterJobRecord, bool, error) {
				state, err := cfg.ESM.MeterJob(lane(ctx), k.DomainID, k.JobID)
				if err != nil {
					if noSuchJob(err) {
						err = nil
					}
					return meterJobRecord{}, err != nil, asFetchError(err)
				}
				return meterJobRecord{State: state, SubmittedAt: j.submittedAt(ctx, scope, k)}, true, nil
			})
		},
		Build: func(k MeterJobKey, r meterJobRecord) (*model.MeterJob, int64) {
			return convertMeterJob(cfg, k, r), 300
		},
	})
	if err != nil {
		return nil, fmt.Errorf("meter jobs: %w", err)
	}
	j.pages, err = cache.NewMany(cache.ManyConfig[MeterPageKey, esm.MeterJobPage, *MeterPage]{
		Operation: OperationMeterRecords,
		Ages:      cfg.Ages.FinishedJob,
		Tiers:     cfg.Tiers,
		Text:      func(k MeterPageKey) string { return k.text() + " " + k.Marker },
		Fetch: func(ctx context.Context, _ string, keys []MeterPageKey) map[MeterPageKey]cache.Result[esm.MeterJobPage] {
			return each(ctx, keys, func(ctx context.Context, k MeterPageKey) (esm.MeterJobPage, bool, error) {
				page, err := cfg.ESM.MeterJobRecords(lane(ctx), k.DomainID, k.JobID, k.Marker, esm.MaxMeterRecords)
				if err == nil {
					spec := rest.Spec{System: "esm", Operation: OperationMeterRecords}
					err = ownRows(ctx, cfg, spec, page.Records, k.DomainID, "domain_id",
						func(r esm.UsageRecord) loose.Text { return r.Fields.DomainID })
				}
				return page, true, asFetchError(err)
			})
		},
		Build: func(k MeterPageKey, page esm.MeterJobPage) (*MeterPage, int64) {
			converted := convertMeterPage(cfg, k, page)
			return converted, int64(len(converted.Records)+1) * 1500
		},
	})
	if err != nil {
		return nil, fmt.Errorf("meter records: %w", err)
	}
	return j, nil
}

func (j *MeterJobs) close() {
	j.states.Close()
	j.pages.Close()
}

// jobAges are those of a running job, or long ones once the state can't change any more.
func jobAges(cfg Config, state esm.MeterJobState) cache.Ages {
	switch jobStatus(state.Status) {
	case model.JobStatusSucceeded, model.JobStatusFailed:
		return cfg.Ages.FinishedJob
	default:
		return cfg.Ages.Job
	}
}

// noSuchJob tells whether an error means that the upstream knows no such job.
func noSuchJob(err error) bool {
	failure, ok := errors.AsType[*rest.Error](err)
	return ok && failure.Kind == rest.NotFound
}

// Peek gives the state of a job when memory has it; it never waits.
func (j *MeterJobs) Peek(ctx context.Context, scope string, key MeterJobKey) (cache.Outcome[*model.MeterJob], bool) {
	return j.states.Peek(ctx, scope, key)
}

// Load gives the states of jobs.
func (j *MeterJobs) Load(
	ctx context.Context, scope string, keys []MeterJobKey, maxAge time.Duration,
) map[MeterJobKey]cache.Outcome[*model.MeterJob] {
	return j.states.Get(ctx, scope, keys, maxAge)
}

// PeekPage gives a page of records when memory has it; it never waits.
func (j *MeterJobs) PeekPage(ctx context.Context, scope string, key MeterPageKey) (cache.Outcome[*MeterPage], bool) {
	return j.pages.Peek(ctx, scope, key)
}

// LoadPages gives pages of records.
func (j *MeterJobs) LoadPages(ctx context.Context, scope string, keys []MeterPageKey) map[MeterPageKey]cache.Outcome[*MeterPage] {
	return j.pages.Get(ctx, scope, keys, 0)
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

func convertMeterJob(cfg Config, k MeterJobKey, r meterJobRecord) *model.MeterJob {
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
	if progress := wholeNumber(r.State.Progress); progress != nil && *progress >= 0 && *progress <= 100 {
		job.Progress = progress
	}
	return job
}

func convertMeterPage(cfg Config, k MeterPageKey, page esm.MeterJobPage) *MeterPage {
	converted := &MeterPage{Next: page.Marker.String(), Records: make([]*model.MeterRecord, 0, len(page.Records))}
	for position, record := range page.Records {
		converted.Records = append(converted.Records, convertMeterRecord(cfg, k, position, record))
	}
	return converted
}

func convertMeterRecord(cfg Config, k MeterPageKey, position int, r esm.UsageRecord) *model.MeterRecord {
	f := r.Fields
	at := func(t loose.Time, field string) *time.Time {
		return cfg.instant(t, cfg.MeterZone, OperationMeterRecords, field)
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

// MeterPlace is where to go on reading behind a cursor; an empty cursor is the beginning.
func MeterPlace(cursor *string) (marker string, position int, err error) {
	if cursor == nil {
		return "", 0, nil
	}
	c, err := model.ParseCursor(*cursor)
	if err != nil {
		return "", 0, err
	}
	before, err := strconv.Atoi(c.ID)
	if c.Order != meterOrder || err != nil || before < 0 || before > esm.MaxMeterRecords || strings.ContainsAny(c.Key.Text, " ") {
		return "", 0, model.ErrInvalidCursor
	}
	return c.Key.Text, before + 1, nil
}
