package resolvers

import (
	"context"
	"errors"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// jobEvents follows one job for one subscriber.
type jobEvents struct {
	live  *live.Source
	scope string
	key   jobs.MeterJobKey
	f     *live.Following[live.MeterJobChange]
	sent  *model.MeterJob // the state sent last
}

// meterJobEvents follows a job: its state at once, unless the subscription goes on after an event, then every change
// until its end.
func meterJobEvents(
	ctx context.Context, r *Resolver, jobID string, domainID, startAfter *string,
) (<-chan *model.MeterJobEvent, error) {
	domain, ok := domainOf(ctx, r.Sources.MeterJobs, domainID)
	if !ok {
		return nil, &rest.InputError{Field: "domainId", Message: noTenant}
	}
	place, err := placeOf(ctx, startAfter)
	if err != nil {
		return nil, err
	}
	j := &jobEvents{live: r.Live, scope: load(ctx).Scope(), key: jobs.MeterJobKey{DomainID: domain, JobID: jobID}}
	// Followed before it is read, so that no change falls between the two.
	if j.f, err = r.Live.FollowMeterJob(ctx, j.scope, j.key, place); err != nil {
		return nil, err
	}
	present, found, err := r.Live.MeterJob(ctx, j.scope, j.key)
	if err == nil && !found {
		err = noSuchJob()
	}
	if err != nil {
		j.f.Close()
		return nil, err
	}
	return newOutlet(ctx, func(o *outlet[model.MeterJobEvent]) {
		defer j.f.Close()
		j.run(ctx, o, present, place == nil)
	}), nil
}

// run sends events until the final state.
func (j *jobEvents) run(ctx context.Context, o *outlet[model.MeterJobEvent], present live.MeterJobChange, atOnce bool) {
	if atOnce && (!j.send(ctx, o, present) || jobs.Finished(present.Job)) {
		return
	}
	waiting := ctx
	if jobs.Finished(present.Job) {
		// It has ended: all events after the place are there by now, and its end comes last, even if it was never polled.
		var cancel context.CancelFunc
		waiting, cancel = context.WithCancel(ctx)
		cancel()
	}
	for {
		e, err := j.f.Next(waiting)
		switch {
		case errors.Is(err, context.Canceled) && ctx.Err() == nil:
			j.send(ctx, o, present)
			return
		case err != nil:
			return
		case e.Lagged:
			change, found, err := j.live.MeterJob(ctx, j.scope, j.key)
			if err != nil || !found {
				continue // the next change has it
			}
			if !j.sendAs(ctx, o, change, model.MeterJobEventKindLagged, missed(e.Missed)) {
				return
			}
		case j.sent != nil && sameState(j.sent, e.Value.Job):
			continue
		case !j.send(ctx, o, e.Value):
			return
		}
		if j.sent != nil && jobs.Finished(j.sent) {
			return
		}
	}
}

func (j *jobEvents) send(ctx context.Context, o *outlet[model.MeterJobEvent], change live.MeterJobChange) bool {
	return j.sendAs(ctx, o, change, model.MeterJobEventKindState, nil)
}

func (j *jobEvents) sendAs(
	ctx context.Context, o *outlet[model.MeterJobEvent], change live.MeterJobChange, kind model.MeterJobEventKind,
	missed *int,
) bool {
	job := change.Job
	j.sent = job
	event := &model.MeterJobEvent{
		EventID: j.f.Position().String(), Kind: kind, Job: job, JobID: job.JobID, Status: job.Status, Progress: job.Progress,
		Missed: missed,
	}
	return o.send(ctx, event, Announcement{EventID: event.EventID, Seen: &change.Seen})
}

// sameState reports whether two states of a job look the same to a client.
func sameState(a, b *model.MeterJob) bool {
	if a.Status != b.Status || (a.Progress == nil) != (b.Progress == nil) {
		return false
	}
	return a.Progress == nil || *a.Progress == *b.Progress
}
