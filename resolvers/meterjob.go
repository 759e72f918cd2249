package resolvers

import (
	"context"
	"errors"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// meterJob is a job by id; the tenant is the configured one unless it is given.
func meterJob(ctx context.Context, jobs *sources.MeterJobs, jobID string, domainID *string) (*model.MeterJob, error) {
	domain, ok := domainOf(ctx, jobs, domainID)
	if !ok {
		return nil, InputError{Argument: "domainId", Message: "Give domainId: no tenant is configured."}
	}
	return load(ctx).MeterJob(ctx, domain, jobID)
}

// domainOf is the given tenant, else that of the caller, else the configured one.
func domainOf(ctx context.Context, jobs *sources.MeterJobs, given *string) (string, bool) {
	if given != nil {
		return *given, true
	}
	if own := load(ctx).DomainID(); own != "" {
		return own, true
	}
	return jobs.DefaultDomainID, jobs.DefaultDomainID != ""
}

// createMeterJob starts a job. What the input lacks, and what the upstream has against it, are user errors; everything else fails the field.
func createMeterJob(
	ctx context.Context, jobs *sources.MeterJobs, input model.CreateMeterJobInput,
) (*model.CreateMeterJobPayload, error) {
	domain, ok := domainOf(ctx, jobs, input.DomainID)
	if !ok {
		return refused("domainId", "BAD_USER_INPUT", "Give domainId: no tenant is configured."), nil
	}
	if input.From != nil && input.To != nil && input.From.After(*input.To) {
		return refused("from", "BAD_USER_INPUT", "The first day must not be after the last one."), nil
	}
	job, err := jobs.Start(rest.WithLane(ctx, rest.LaneMutation), load(ctx).Scope(), sources.MeterJobCommand{
		DomainID: domain,
		Key:      valueOf(input.IdempotencyKey),
		Request: esm.MeterJobRequest{
			HCSOID: valueOf(input.HcsoID), RegionID: valueOf(input.RegionID), From: timeOf(input.From), To: timeOf(input.To),
		},
	})
	if err == nil {
		return &model.CreateMeterJobPayload{MeterJob: job, UserErrors: []*model.UserError{}}, nil
	}
	failure, isCall := errors.AsType[*rest.Error](err)
	switch {
	case errors.Is(err, sources.ErrKeyReused):
		return refused("idempotencyKey", "BAD_USER_INPUT", "This key was used with another input."), nil
	case errors.Is(err, sources.ErrOutcomeUnknown):
		return refused("idempotencyKey", "UPSTREAM_TIMEOUT",
			"An earlier command with this key was sent and its answer never came: the job may have been started."), nil
	case isCall && failure.Kind == rest.Rejected && !failure.GatewayCredentials:
		return refused("", "UPSTREAM_REJECTED", "The upstream refuses this input."), nil
	default:
		return nil, err
	}
}

func refused(field, code, message string) *model.CreateMeterJobPayload {
	path := []string{}
	if field != "" {
		path = []string{"input", field}
	}
	return &model.CreateMeterJobPayload{UserErrors: []*model.UserError{{Field: path, Code: code, Message: message}}}
}

func valueOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
