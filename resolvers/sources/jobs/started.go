package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/registry"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

const (
	// kindStarted is the kind of the lists of started jobs, one for each tenant.
	kindStarted = "started-jobs"
	// startedRemembered is how long a started job is listed.
	startedRemembered = 30 * 24 * time.Hour
)

// started is a job as a list has it: the kind of its memory, and the parts of its global id.
type started struct {
	Kind  string   `json:"kind"`
	Parts []string `json:"parts"`
	submitted
}

// list adds a job that was started this moment to those of its tenant.
func (m memory) list(ctx context.Context, scope string, about submitted, parts []string) error {
	item, err := json.Marshal(started{Kind: m.kind, Parts: parts, submitted: about})
	if err != nil {
		return fmt.Errorf("encode started job: %w", err)
	}
	return m.known.Append(ctx, kindStarted, scope, item, about.At, startedRemembered)
}

// Started is the source of the jobs that were started through the gateway.
type Started struct {
	known *registry.Registry
	now   func() time.Time
}

// NewStarted makes the source of started jobs.
func NewStarted(cfg dataset.Config) *Started { return &Started{known: cfg.Commands, now: cfg.Now} }

// StartedOrder is the order of started jobs: the last one first.
func StartedOrder() dataset.Order[*model.StartedJob] {
	return dataset.Order[*model.StartedJob]{
		Name: "sj", Descending: true,
		Key: func(j *model.StartedJob) model.SortKey {
			return model.SortKey{Number: float64(j.SubmittedAt.UnixMilli())}
		},
		ID: func(j *model.StartedJob) string { return j.ID },
	}
}

// Jobs are the jobs that a tenant has started in the last 30 days, the last one first. An error means that they may
// lack those that other replicas have started.
func (s *Started) Jobs(ctx context.Context, scope string) ([]*model.StartedJob, error) {
	items, err := s.known.Items(ctx, kindStarted, scope)
	since := s.now().Add(-startedRemembered)
	all := make([]*model.StartedJob, 0, len(items))
	for _, item := range items {
		var one started
		if json.Unmarshal(item, &one) != nil || one.At.Before(since) {
			continue // of another version, or too old
		}
		if job := one.job(); job != nil {
			all = append(all, job)
		}
	}
	if err != nil {
		err = fmt.Errorf("started jobs: %w", err)
	}
	return dataset.Sorted(StartedOrder(), all), err
}

// job is a job as queries show it; nil for one of an unknown kind.
func (s *started) job() *model.StartedJob {
	job := &model.StartedJob{SubmittedAt: s.At}
	if !s.From.IsZero() && !s.To.IsZero() {
		job.From, job.To = &s.From, &s.To
	}
	switch {
	case s.Kind == kindMeterJob && len(s.Parts) == 2:
		job.Kind, job.ID = model.JobKindMeter, model.NewID(model.KindMeterJob, s.Parts...)
	case s.Kind == kindUsageExport && len(s.Parts) == 3:
		job.Kind, job.ID = model.JobKindUsageExport, model.NewID(model.KindUsageExportJob, s.Parts...)
	case s.Kind == kindAspReport && len(s.Parts) == 3:
		job.Kind, job.ID = model.JobKindAspReport, model.NewID(model.KindAspReportJob, s.Parts...)
	default:
		return nil
	}
	job.Parts, job.JobID = s.Parts, s.Parts[len(s.Parts)-1]
	return job
}
