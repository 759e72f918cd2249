package resolvers

import (
	"context"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// noTenant is the message where neither the input nor the caller nor the configuration names a tenant.
const noTenant = "Give domainId: no tenant is configured."

// meterJob is a job by id; the tenant is the configured one unless it is given.
func meterJob(ctx context.Context, meterJobs *jobs.MeterJobs, jobID string, domainID *string) (*model.MeterJob, error) {
	domain, ok := domainOf(ctx, meterJobs, domainID)
	if !ok {
		return nil, &rest.InputError{Field: "domainId", Message: noTenant}
	}
	return load(ctx).MeterJob(ctx, domain, jobID)
}

// domainOf is the given tenant, else that of the caller, else the configured one.
func domainOf(ctx context.Context, meterJobs *jobs.MeterJobs, given *string) (string, bool) {
	if given != nil {
		return *given, true
	}
	if own := load(ctx).DomainID(); own != "" {
		return own, true
	}
	return meterJobs.DefaultDomainID, meterJobs.DefaultDomainID != ""
}

// createMeterJob starts a job. Faults that the gateway or the upstream finds in the input are user errors; any other
// error fails the field.
func createMeterJob(
	ctx context.Context, meterJobs *jobs.MeterJobs, input model.CreateMeterJobInput,
) (*model.CreateMeterJobPayload, error) {
	domain, known := domainOf(ctx, meterJobs, input.DomainID)
	var faults inputFaults
	if faults.when(!known, "domainId", noTenant); known {
		faults.when(input.From != nil && input.To != nil && input.From.After(*input.To),
			"from", "The first day must not be after the last one.")
	}
	if len(faults) > 0 {
		return &model.CreateMeterJobPayload{UserErrors: faults}, nil
	}
	job, err := meterJobs.Start(commandContext(ctx), load(ctx).Scope(), domain, input)
	if faults, err = commandFaults(err, ""); err != nil {
		return nil, err
	}
	return &model.CreateMeterJobPayload{MeterJob: job, UserErrors: faults}, nil
}

func valueOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
