package live

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
)

// jobChanges finds changes of usage-record queries: one stream and one topic a job.
type jobChanges struct {
	streams events.Streams[MeterJobChange]
	states  cache.Set[jobs.MeterJobKey, *model.MeterJob]
}

// FollowMeterJob follows a job until its end. The first state that is ever read is a change, too.
func (l *Source) FollowMeterJob(
	ctx context.Context, scope string, key jobs.MeterJobKey, after *EventID,
) (*Following[MeterJobChange], error) {
	stream := streamOf(scope) + " " + key.Text()
	topic := liveTopic{part: "state", wantFresh: func() {}, begin: func() poll {
		return (&watch[MeterJobChange]{
			streams: l.jobs.streams, stream: stream, part: "state",
			read: func(ctx context.Context, before events.State) (finding[MeterJobChange], error) {
				return l.jobs.read(ctx, scope, key, before, l.now)
			},
		}).once
	}}
	return follow(ctx, l, l.jobs.streams, "meter-job", stream, events.Wish[MeterJobChange]{
		After: after,
		News:  func(_ string, generation uint64) { l.jobs.states.Want(scope, key, generation) },
	}, []liveTopic{topic})
}

// MeterJob is the present state of a job for a follower, never older than what its stream has reported: its end, or
// where the upstream can't be read the last state that the stream holds. False when the upstream knows no such job.
func (l *Source) MeterJob(
	ctx context.Context, scope string, key jobs.MeterJobKey, f *Following[MeterJobChange],
) (MeterJobChange, bool, error) {
	outcome := l.jobs.states.One(ctx, scope, key, 0)
	failed := outcome.Err != nil || outcome.Held.Reason != nil
	last, ok := f.Last()
	if ok && (jobs.Finished(last.Job) || failed && last.Generation > outcome.Held.Generation) {
		return last, true, nil
	}
	if outcome.Err != nil || !outcome.Found {
		return MeterJobChange{}, false, outcome.Err
	}
	return jobChangeOf(outcome.Held), true, nil
}

func jobChangeOf(held cache.Held[*model.MeterJob]) MeterJobChange {
	return MeterJobChange{Job: held.Value, Generation: held.Generation, Seen: seenIn(jobs.OperationMeterJob, held)}
}

// read reads the state of a job and compares it with the one that was published last.
func (j *jobChanges) read(
	ctx context.Context, scope string, key jobs.MeterJobKey, before events.State, now func() time.Time,
) (finding[MeterJobChange], error) {
	outcome := j.newest(ctx, scope, key)
	if outcome.Err != nil || !outcome.Found {
		return finding[MeterJobChange]{wait: pollAgain}, outcome.Err
	}
	job := outcome.Held.Value
	seen := finding[MeterJobChange]{
		generation: outcome.Held.Generation, at: outcome.Held.FetchedAt, wait: untilStale(outcome.Held, before, now()),
		done: jobs.Finished(job),
	}
	state, err := json.Marshal(struct {
		Status   string
		Progress *int
	}{dataset.Text(job.StatusText), job.Progress})
	if err != nil {
		return seen, fmt.Errorf("describe state of a meter job: %w", err)
	}
	if string(state) != string(before.Data) {
		seen.state = state
		seen.changes = []MeterJobChange{jobChangeOf(outcome.Held)}
	}
	return seen, nil
}

// newest reads the state of a job, and waits a little for a refresh that is under way.
func (j *jobChanges) newest(ctx context.Context, scope string, key jobs.MeterJobKey) cache.Outcome[*model.MeterJob] {
	for range 20 {
		outcome := j.states.One(ctx, scope, key, 0)
		settled := outcome.Err != nil || !outcome.Found || outcome.Held.State == cache.Fresh
		if settled || dataset.Pause(ctx, readAgain) != nil {
			return outcome
		}
	}
	return j.states.One(ctx, scope, key, 0)
}
