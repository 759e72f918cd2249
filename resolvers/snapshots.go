package resolvers

import (
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// snapshotsOf shows what memory has of the lists of a tenant. Of an error a client sees its code, as everywhere.
func snapshotsOf(held []dataset.Snapshot) []*model.UpstreamSnapshot {
	shown := make([]*model.UpstreamSnapshot, len(held))
	for i, h := range held {
		shown[i] = &model.UpstreamSnapshot{
			Operation: h.Operation, Parameters: h.Parameters, Records: max(h.Rows, 0), State: snapshotState(h),
			FetchedAt: shownTime(h.FetchedAt), LastTriedAt: new(shownTime(h.TriedAt)), FreshFor: h.FreshFor,
			Refreshing: h.Refreshing,
		}
		if h.Reason != nil {
			shown[i].LastError = new(Describe(h.Reason).Code)
		}
	}
	return shown
}

func snapshotState(h dataset.Snapshot) model.SnapshotState {
	switch {
	case h.Dead:
		return model.SnapshotStateDead
	case h.State == cache.Fresh:
		return model.SnapshotStateFresh
	default:
		return model.SnapshotStateStale
	}
}

// shownTime is a moment as extensions.freshness has it too.
func shownTime(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
