package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
)

// liveJobs tells changes of usage-record queries: one stream and one topic a job.
type liveJobs struct {
	streams *events.Streams[MeterJobChange]
	jobs    *MeterJobs
}

func newLiveJobs(l *Live, s *Sources) *liveJobs {
	return &liveJobs{
		streams: events.NewStreams[MeterJobChange](l.hub, "meter-job", cache.Shape[MeterJobChange]()), jobs: s.MeterJobs,
	}
}

// FollowMeterJob follows a job until its end. Its first state ever seen is a change, too.
func (l *Live) FollowMeterJob(
	ctx context.Context, scope string, key MeterJobKey, after *EventID,
) (*Following[MeterJobChange], error) {
	stream := streamOf(scope) + " " + key.text()
	topic := liveTopic{part: "state", begin: func() poll {
		return (&watch[MeterJobChange]{
			streams: l.jobs.streams, stream: stream, part: "state",
			look: func(ctx context.Context, before events.State) (sighting[MeterJobChange], error) {
				return l.jobs.look(ctx, scope, key, before, l.now)
			},
		}).once
	}}
	return follow(ctx, l, l.jobs.streams, "meter-job", stream, events.Wish[MeterJobChange]{After: after}, []liveTopic{topic})
}

// MeterJob is the present state of a job; false when the upstream knows no such job.
func (l *Live) MeterJob(ctx context.Context, scope string, key MeterJobKey) (MeterJobChange, bool, error) {
	outcome := l.jobs.jobs.Load(ctx, scope, []MeterJobKey{key}, 0)[key]
	if outcome.Err != nil || !outcome.Found {
		return MeterJobChange{}, false, outcome.Err
	}
	return MeterJobChange{Job: outcome.Held.Value, Seen: seenIn(OperationMeterJob, outcome.Held)}, true, nil
}

// look reads the state of a job and compares it with the one that was told last.
func (j *liveJobs) look(
	ctx context.Context, scope string, key MeterJobKey, before events.State, now func() time.Time,
) (sighting[MeterJobChange], error) {
	outcome := j.newest(ctx, scope, key)
	if outcome.Err != nil || !outcome.Found {
		return sighting[MeterJobChange]{wait: pollAgain}, outcome.Err
	}
	job := outcome.Held.Value
	seen := sighting[MeterJobChange]{
		generation: outcome.Held.Generation, at: outcome.Held.FetchedAt, wait: untilStale(outcome.Held, now()), done: Finished(job),
	}
	state, err := json.Marshal(struct {
		Status   string
		Progress *int
	}{text(job.StatusText), job.Progress})
	if err != nil {
		return seen, fmt.Errorf("describe state of a meter job: %w", err)
	}
	if string(state) != string(before.Data) {
		seen.state = state
		seen.changes = []MeterJobChange{{Job: job, Seen: seenIn(OperationMeterJob, outcome.Held)}}
	}
	return seen, nil
}

// newest reads the state of a job; one that is being refreshed is waited for a little.
func (j *liveJobs) newest(ctx context.Context, scope string, key MeterJobKey) cache.Outcome[*model.MeterJob] {
	for range 20 {
		outcome := j.jobs.Load(ctx, scope, []MeterJobKey{key}, 0)[key]
		settled := outcome.Err != nil || !outcome.Found || outcome.Held.State == cache.Fresh
		if settled || pause(ctx, lookAgain) != nil {
			return outcome
		}
	}
	return j.jobs.Load(ctx, scope, []MeterJobKey{key}, 0)[key]
}

// Finished tells whether a job's state can't change any more.
func Finished(job *model.MeterJob) bool {
	return job.Status == model.JobStatusSucceeded || job.Status == model.JobStatusFailed
}
