package resolvers

import (
	"context"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Announcement is what an event says beside its fields.
type Announcement struct {
	// EventID is the place of the event, to go on after.
	EventID string
	// Seen is the age of the data that it was found in; a notice has none.
	Seen *live.Seen
	// Kind is what the event says of the change; two events with the same id and kind are the same to equal subscriptions.
	// Empty for a notice of what this one subscription has missed.
	Kind string
}

type (
	lastEventKey struct{}
)

// WithLastEventID sets the event after which a subscription goes on, in place of its own argument.
func WithLastEventID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, lastEventKey{}, id)
}

// placeOf is where a subscription goes on; nil begins with what comes.
func placeOf(ctx context.Context, startAfter *string) (*live.EventID, error) {
	if id, ok := ctx.Value(lastEventKey{}).(string); ok {
		startAfter = &id
	}
	if startAfter == nil {
		return nil, nil
	}
	place, err := live.ParseEventID(*startAfter)
	if err != nil {
		return nil, &rest.InputError{Field: "startAfter", Message: "This is not an event id that this gateway gave out."}
	}
	return &place, nil
}

// outlet carries a subscription's events to the executor. One goroutine fills it and closes it.
type outlet[M any] struct{ events chan *M }

// newOutlet runs fill in a goroutine of its own, which ends with ctx at the latest, as the executor's reading does.
func newOutlet[M any](ctx context.Context, fill func(o *outlet[M])) <-chan *M {
	o := &outlet[M]{events: make(chan *M)}
	ended := BeginEvents(ctx)
	go func() {
		defer ended()
		defer close(o.events)
		fill(o)
	}()
	return o.events
}

// send hands over an event; false when the subscription has ended.
func (o *outlet[M]) send(ctx context.Context, event *M, a Announcement) bool {
	switch answered, live := AnnounceEvent(ctx, a); {
	case !live:
		return false
	case answered:
		return true
	}
	select {
	case o.events <- event:
		return true
	case <-ctx.Done():
		return false
	}
}

// relay sends what is followed until ctx ends.
func relay[E, M any](
	ctx context.Context, f *live.Following[E], convert func(e live.Event[E]) (*M, *live.Seen), kindOf func(*M) string,
) <-chan *M {
	return newOutlet(ctx, func(o *outlet[M]) {
		defer f.Close()
		for {
			e, err := f.Next(ctx)
			if err != nil {
				return // the end of the subscriber or of the gateway
			}
			event, seen := convert(e)
			a := Announcement{EventID: e.Position.String(), Seen: seen}
			if !e.Lagged {
				a.Kind = kindOf(event)
			}
			if !o.send(ctx, event, a) {
				return
			}
		}
	})
}

// alarmChanges follows alarms.
func alarmChanges(
	ctx context.Context, changes *live.Source, filter *model.AlarmFilter, startAfter *string,
) (<-chan *model.AlarmChange, error) {
	if filter != nil && filter.Range != nil {
		return nil, &rest.InputError{Field: "filter", Message: "Changes of a range in the past can't be followed."}
	}
	place, err := placeOf(ctx, startAfter)
	if err != nil {
		return nil, err
	}
	f, err := changes.FollowAlarms(ctx, load(ctx).Scope(), filter, place)
	if err != nil {
		return nil, err
	}
	return relay(ctx, f, func(e live.Event[live.AlarmChange]) (*model.AlarmChange, *live.Seen) {
		change := &model.AlarmChange{EventID: e.Position.String(), Kind: model.AlarmChangeKindLagged}
		if e.Lagged {
			change.Missed, change.Advice = missed(e.Missed), advice("alarms")
			return change, nil
		}
		change.Kind, change.Alarm = model.AlarmChangeKind(e.Value.Kind), e.Value.Alarm
		return change, &e.Value.Seen
	}, func(c *model.AlarmChange) string { return string(c.Kind) }), nil
}

// capacityChanges follows capacity.
func capacityChanges(
	ctx context.Context, changes *live.Source, types []model.CloudServiceType, regions []string, startAfter *string,
) (<-chan *model.CapacityChange, error) {
	place, err := placeOf(ctx, startAfter)
	if err != nil {
		return nil, err
	}
	f, err := changes.FollowCapacity(ctx, load(ctx).Scope(), types, regions, place)
	if err != nil {
		return nil, err
	}
	return relay(ctx, f, func(e live.Event[live.CapacityChange]) (*model.CapacityChange, *live.Seen) {
		change := &model.CapacityChange{EventID: e.Position.String(), Kind: model.CapacityChangeKindLagged}
		if e.Lagged {
			change.Missed, change.Advice = missed(e.Missed), advice("capacities")
			return change, nil
		}
		v := &e.Value
		change.Kind, change.Type, change.RegionCode, change.Capacity = model.CapacityChangeKindChanged, &v.Service,
			v.RegionCode, v.Rows
		if v.RegionCode != nil {
			change.CloudService = model.NewCloudService(*v.RegionCode, v.Service)
		}
		return change, &v.Seen
	}, func(c *model.CapacityChange) string { return string(c.Kind) }), nil
}

// missed is a count as clients see it; nil is unknown.
func missed(count int) *int {
	if count == 0 {
		return nil
	}
	return &count
}

// advice says what to do after a notice.
func advice(what string) *string {
	text := "Changes were missed: read the " + what + " again. What changes from now on follows."
	return &text
}

// noSuchJob is the error of a subscription to a job that the upstream does not know.
func noSuchJob() error {
	return &gqlerror.Error{
		Message: "The upstream knows no such job.", Extensions: map[string]any{"code": "NOT_FOUND", "retryable": false},
	}
}
