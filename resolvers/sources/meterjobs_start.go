package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

const (
	kindMeterJob = "meter-job"
	// jobRemembered is how long it is known that a job was started through the gateway, and when.
	jobRemembered = 30 * 24 * time.Hour
)

// MeterJobCommand asks for a new query for usage records.
type MeterJobCommand struct {
	DomainID string
	Request  esm.MeterJobRequest
	// Key is the client's own, by which a repeated command is recognised; empty means none.
	Key string
}

// startedJob is what is remembered of a job that was started through the gateway.
type startedJob struct {
	SubmittedAt time.Time `json:"submittedAt"`
}

// Start sends the command, once for each key, and gives the job as it stands right after. The input must have been checked.
func (j *MeterJobs) Start(ctx context.Context, scope string, c MeterJobCommand) (*model.MeterJob, error) {
	key := ""
	if c.Key != "" {
		key = fmt.Sprintf("%q %q %q", scope, c.DomainID, c.Key)
	}
	jobID, err := once(ctx, j.known, key, c, func(ctx context.Context) (string, error) {
		id, err := j.esm.CreateMeterJob(ctx, c.DomainID, c.Request)
		if err != nil {
			return "", fmt.Errorf("start meter job: %w", err)
		}
		j.remember(ctx, scope, MeterJobKey{c.DomainID, id})
		return id, nil
	})
	if err != nil {
		return nil, err
	}
	job := &model.MeterJob{
		ID:          model.NewID(model.KindMeterJob, c.DomainID, jobID),
		JobID:       jobID,
		DomainID:    c.DomainID,
		Status:      model.JobStatusPending,
		SubmittedAt: j.submittedAt(ctx, scope, MeterJobKey{c.DomainID, jobID}),
	}
	// A "no such job" that was remembered before the job existed must not hide it.
	if err := j.states.Drop(ctx, scope, MeterJobKey{c.DomainID, jobID}); err != nil {
		j.logger.WarnContext(ctx, "state of a new meter job not dropped", slog.Any("error", err))
	}
	return job, nil
}

// remember notes when a job was started. A note that can't be made costs a null submittedAt, not the job.
func (j *MeterJobs) remember(ctx context.Context, scope string, key MeterJobKey) {
	note, err := json.Marshal(startedJob{SubmittedAt: j.now().UTC().Truncate(time.Millisecond)})
	if err == nil {
		detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		err = j.known.Put(detached, kindMeterJob, scopedKey(scope, []string{key.DomainID, key.JobID}), note, jobRemembered)
	}
	if err != nil {
		j.logger.WarnContext(ctx, "start of a meter job not remembered", slog.Any("error", err))
	}
}

// submittedAt is when the tenant started the job through the gateway; nil when it was not or that is not known.
func (j *MeterJobs) submittedAt(ctx context.Context, scope string, key MeterJobKey) *time.Time {
	note, ok, err := j.known.Value(ctx, kindMeterJob, scopedKey(scope, []string{key.DomainID, key.JobID}))
	if err != nil {
		j.logger.WarnContext(ctx, "start of a meter job not read", slog.Any("error", err))
	}
	var started startedJob
	if err != nil || !ok || json.Unmarshal(note, &started) != nil {
		return nil
	}
	return &started.SubmittedAt
}
