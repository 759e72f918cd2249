package resolvers

import (
	"context"
	"errors"
	"strconv"
	"strings"

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
	sent  reachedState // the state that the subscriber has
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
	if place != nil {
		j.sent = parseReached(place.Reached)
	}
	// Followed before it is read, so that no change falls between the two.
	if j.f, err = r.Live.FollowMeterJob(ctx, j.scope, j.key, place); err != nil {
		return nil, err
	}
	present, found, err := r.Live.MeterJob(ctx, j.scope, j.key, j.f)
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

// run sends events until the final state. A subscriber gets each state once, also one that goes on after an event.
func (j *jobEvents) run(ctx context.Context, o *outlet[model.MeterJobEvent], present live.MeterJobChange, atOnce bool) {
	if !atOnce && j.sent.finished() || atOnce && (!j.send(ctx, o, present) || jobs.Finished(present.Job)) {
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
			if !j.sent.is(present.Job) {
				j.send(ctx, o, present)
			}
			return
		case err != nil:
			return
		case e.Lagged:
			change, found, err := j.live.MeterJob(ctx, j.scope, j.key, j.f)
			if err != nil || !found {
				continue // the next change has it
			}
			if !j.sendAs(ctx, o, change, model.MeterJobEventKindLagged, missed(e.Missed)) {
				return
			}
		case j.sent.is(e.Value.Job) || j.sent.after(e.Value):
		case !j.send(ctx, o, e.Value):
			return
		}
		if j.sent.finished() {
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
	j.sent = reachedState{state: stateOf(job), generation: change.Generation}
	place := j.f.Position()
	place.Reached = j.sent.text()
	event := &model.MeterJobEvent{
		EventID: place.String(), Kind: kind, Job: job, JobID: job.JobID, Status: job.Status, Progress: job.Progress,
		Missed: missed,
	}
	a := Announcement{EventID: event.EventID, Seen: &change.Seen}
	if kind != model.MeterJobEventKindLagged {
		a.Kind = string(kind)
	}
	return o.send(ctx, event, a)
}

// reachedState is the state of a job that a subscriber got last. It is part of the id of its event, since it may have
// come with no event of the stream. The zero value is none.
type reachedState struct {
	state      string
	generation uint64
}

// stateOf is what a client sees of a job's state: two jobs that differ in nothing else are in the same.
func stateOf(job *model.MeterJob) string {
	if job.Progress == nil {
		return string(job.Status)
	}
	return string(job.Status) + "-" + strconv.Itoa(*job.Progress)
}

// is reports whether the subscriber has the state of a job.
func (s reachedState) is(job *model.MeterJob) bool { return s.state == stateOf(job) }

// after reports whether a change is older than what the subscriber has. The end of a job never is.
func (s reachedState) after(change live.MeterJobChange) bool {
	return change.Generation <= s.generation && !jobs.Finished(change.Job)
}

func (s reachedState) finished() bool {
	status, _, _ := strings.Cut(s.state, "-")
	return jobs.Finished(&model.MeterJob{Status: model.JobStatus(status)})
}

func (s reachedState) text() string { return strconv.FormatUint(s.generation, 36) + "." + s.state }

// parseReached reads what text wrote; anything else is none.
func parseReached(text string) reachedState {
	number, state, ok := strings.Cut(text, ".")
	generation, err := strconv.ParseUint(number, 36, 64)
	if !ok || err != nil {
		return reachedState{}
	}
	return reachedState{state: state, generation: generation}
}
