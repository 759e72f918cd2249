package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// jobRemembered is how long it is known that a usage-record query was started through the gateway, and when.
const jobRemembered = 30 * 24 * time.Hour

// meterJobCommand asks for a new query for usage records. Its form is part of what is remembered of a command.
type meterJobCommand struct {
	DomainID string
	Request  esm.MeterJobRequest
	// Key is the client's own, by which a repeated command is recognised; empty means none.
	Key string
}

// Start sends the command, once for each key of the client's, and returns the new job. The input must have been
// checked.
func (j *MeterJobs) Start(
	ctx context.Context, scope, domainID string, in model.CreateMeterJobInput,
) (*model.MeterJob, error) {
	c := meterJobCommand{
		DomainID: domainID,
		Key:      dataset.Text(in.IdempotencyKey),
		Request: esm.MeterJobRequest{
			HCSOID: dataset.Text(in.HcsoID), RegionID: dataset.Text(in.RegionID),
			From: dataset.ValueOr(in.From, time.Time{}), To: dataset.ValueOr(in.To, time.Time{}),
		},
	}
	jobID, err := j.commands.once(ctx, commandKey(c.Key, scope, c.DomainID), c,
		func(ctx context.Context) (string, error) {
			id, err := j.esm.CreateMeterJob(ctx, c.DomainID, c.Request)
			if err != nil {
				return "", fmt.Errorf("start meter job: %w", err)
			}
			j.memory.keep(ctx, scope, span{}, c.DomainID, id)
			return id, nil
		})
	if err != nil {
		return nil, err
	}
	key := MeterJobKey{c.DomainID, jobID}
	job := &model.MeterJob{
		ID:          model.NewID(model.KindMeterJob, c.DomainID, jobID),
		JobID:       jobID,
		DomainID:    c.DomainID,
		Status:      model.JobStatusPending,
		SubmittedAt: j.submittedAt(ctx, scope, key),
	}
	// A "no such job" that was remembered before the job existed must not hide it.
	if err := j.States.Drop(ctx, scope, key); err != nil {
		j.memory.logger.WarnContext(ctx, "state of a new meter job not dropped", slog.Any("error", err))
	}
	return job, nil
}

// submittedAt is when the tenant started the job through the gateway; nil when it was not or that is not known.
func (j *MeterJobs) submittedAt(ctx context.Context, scope string, key MeterJobKey) *time.Time {
	note, ok := j.memory.of(ctx, scope, key.DomainID, key.JobID)
	if !ok {
		return nil
	}
	return &note.At
}
