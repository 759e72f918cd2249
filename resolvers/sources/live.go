package sources

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
)

// EventID is a place in the events that a subscriber follows; its text is opaque to clients.
type EventID = events.Position

// ParseEventID reads the text of an EventID; anything else is an error.
func ParseEventID(text string) (EventID, error) { return events.ParsePosition(text) }

// LiveEvent is what a follower gets: a change with its place, or the notice that some were missed.
type LiveEvent[E any] = events.Event[E]

// LiveConfig says how changes are carried.
type LiveConfig struct {
	// Events keep what changed; the zero value keeps it in the process.
	Events events.Options
	// LeaseFor is how soon another replica polls when the one that did has died; zero means 5 s.
	LeaseFor time.Duration
}

// Live is the source of what changes: it polls what is followed, once for all followers of all replicas, and tells what differs
// from what was told last.
type Live struct {
	hub      *events.Hub
	polling  *polling
	now      func() time.Time
	alarms   *liveAlarms
	capacity *liveCapacity
	jobs     *liveJobs
}

// Seen is the age of the data that a change was found in.
type Seen struct {
	// Operation is the upstream operation.
	Operation string `json:"operation"`
	// FetchedAt is when the data were fetched, StaleAt when they turn stale.
	FetchedAt time.Time `json:"fetchedAt"`
	StaleAt   time.Time `json:"staleAt"`
}

func seenIn[S any](operation string, held cache.Held[S]) Seen {
	return Seen{Operation: operation, FetchedAt: held.FetchedAt, StaleAt: held.StaleAt}
}

func newLive(cfg Config, s *Sources) *Live {
	if cfg.Live.Events.Now == nil {
		cfg.Live.Events.Now = cfg.Now
	}
	if cfg.Live.Events.Logger == nil {
		cfg.Live.Events.Logger = cfg.Logger
	}
	if cfg.Live.LeaseFor <= 0 {
		cfg.Live.LeaseFor = 5 * time.Second
	}
	l := &Live{
		hub: events.NewHub(cfg.Live.Events), polling: newPolling(cfg.Tiers.Leases, cfg.Live.LeaseFor, cfg.Logger), now: cfg.Now,
	}
	l.alarms = newLiveAlarms(cfg, l, s)
	l.capacity = newLiveCapacity(cfg, l, s)
	l.jobs = newLiveJobs(l, s)
	return l
}

func (l *Live) close() {
	l.polling.close()
	l.hub.Close()
}

// Following is one subscriber's hold on what it follows. One goroutine at a time may use it.
type Following[E any] struct {
	*events.Subscription[E]
	leave []func()
	once  sync.Once
}

// Close ends the following, and the polls that nobody else here needs.
func (f *Following[E]) Close() {
	f.once.Do(func() {
		f.Subscription.Close()
		for _, leave := range f.leave {
			leave()
		}
	})
}

// liveTopic is one thing to poll for a stream.
type liveTopic struct {
	part  string
	begin func() poll
}

// follow subscribes to a stream and has its topics polled. It subscribes first, so that the first poll's changes reach it.
func follow[E any](
	ctx context.Context, l *Live, streams *events.Streams[E], kind, stream string, wish events.Wish[E], topics []liveTopic,
) (*Following[E], error) {
	subscription, err := streams.Subscribe(ctx, stream, wish)
	if err != nil {
		return nil, err
	}
	f := &Following[E]{Subscription: subscription}
	c := &caller{now: callerOf(ctx)}
	for _, t := range topics {
		f.leave = append(f.leave, l.polling.join(kind+" "+stream+" "+t.part, c, t.begin))
	}
	return f, nil
}

// streamOf is the name of a tenant's stream.
func streamOf(scope string) string { return strconv.Quote(scope) }

type callerKey struct{}

// WithCaller tells how to get at the present context of a long-lived caller: its credentials are renewed while it stays, and a poll
// on its behalf must go out with those that were accepted last. False: they are not accepted now, and no poll may go out with them.
func WithCaller(ctx context.Context, present func() (context.Context, bool)) context.Context {
	return context.WithValue(ctx, callerKey{}, present)
}

func callerOf(ctx context.Context) func() (context.Context, bool) {
	if present, ok := ctx.Value(callerKey{}).(func() (context.Context, bool)); ok {
		return present
	}
	return func() (context.Context, bool) { return ctx, true }
}

// AlarmChange is one alarm that was raised, changed or cleared.
type AlarmChange struct {
	// Kind is RAISED, UPDATED or CLEARED.
	Kind  string       `json:"kind"`
	Alarm *model.Alarm `json:"alarm"`
	Seen  Seen         `json:"seen"`
}

// CapacityChange is the rows of a service in a region that changed together. RegionCode is nil for rows that name no known region.
type CapacityChange struct {
	Service    model.CloudServiceType   `json:"service"`
	RegionCode *string                  `json:"regionCode"`
	Rows       []*model.ServiceCapacity `json:"rows"`
	Seen       Seen                     `json:"seen"`
}

// MeterJobChange is a job whose status or progress changed.
type MeterJobChange struct {
	Job  *model.MeterJob `json:"job"`
	Seen Seen            `json:"seen"`
}
