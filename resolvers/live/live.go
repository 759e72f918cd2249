// Package live finds changes for subscriptions: it polls through the sources the topics that have followers, once for
// all followers of all replicas, compares with what was published last, and publishes the difference.
package live

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/internal/coordination/lease"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

// EventID is a place in the events that a subscriber follows; its text is opaque to clients.
type EventID = events.Position

// ParseEventID reads the text of an EventID; anything else is an error.
func ParseEventID(text string) (EventID, error) { return events.ParsePosition(text) }

// Event is what a follower gets: a change with its place, or the notice that changes were missed.
type Event[E any] = events.Event[E]

// Config says how changes are found and carried.
type Config struct {
	// Events keep what changed; the zero value keeps it in the process.
	Events events.Options
	// Leases settle which replica polls; nil means that there is one alone. LeaseFor is how soon another one polls when
	// that one has died; zero means 5 s.
	Leases   *lease.Leases
	LeaseFor time.Duration
	// AlarmsFresh and CapacityFresh are how long these data are fresh, and a subscriber may wait for a change.
	AlarmsFresh, CapacityFresh time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger takes what operators should know; nil means nothing is logged.
	Logger *slog.Logger
}

// Source is the source of changes: it polls, compares and publishes, as the package says.
type Source struct {
	hub      *events.Hub
	polling  *polling
	now      func() time.Time
	alarms   *alarmChanges
	capacity *capacityChanges
	jobs     *jobChanges
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

// New makes the source of changes of the sources' data. Close ends its polls; the sources are closed after it.
func New(cfg Config, all *sources.Sources) *Source {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Events.Now == nil {
		cfg.Events.Now = cfg.Now
	}
	if cfg.Events.Logger == nil {
		cfg.Events.Logger = cfg.Logger
	}
	if cfg.LeaseFor <= 0 {
		cfg.LeaseFor = 5 * time.Second
	}
	l := &Source{
		hub: events.NewHub(cfg.Events), polling: newPolling(cfg.Leases, cfg.LeaseFor, cfg.Logger),
		now: cfg.Now,
	}
	l.alarms = &alarmChanges{
		live: l, streams: events.NewStreams[AlarmChange](l.hub, "alarms", cache.Shape[AlarmChange]()+alarmStateForm),
		lists: all.Alarms.Lists, hosts: all.Hosts.List, devices: all.Devices.List, interval: cfg.AlarmsFresh,
	}
	l.capacity = &capacityChanges{
		streams:  events.NewStreams[CapacityChange](l.hub, "capacity", cache.Shape[CapacityChange]()),
		services: all.Capacity.Services, interval: cfg.CapacityFresh,
	}
	l.jobs = &jobChanges{
		streams: events.NewStreams[MeterJobChange](l.hub, "meter-job", cache.Shape[MeterJobChange]()),
		states:  all.MeterJobs.States,
	}
	return l
}

// Close ends all polls and subscriptions and waits for them.
func (l *Source) Close() {
	l.polling.close()
	l.hub.Close()
}

// Following is one subscriber's hold on what it follows. One goroutine at a time may use it.
type Following[E any] struct {
	events.Subscription[E]
	leave []func()
	once  sync.Once
}

// Close ends the following, and the polls that no other follower in this process needs.
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
	// wantFresh has queries wait for the refresh of data that are stale now: what a first poll finds is no change.
	wantFresh func()
}

// follow subscribes to a stream and has its topics polled, in this order, so that it gets the first poll's changes.
// Whoever reads in this process after it gets no older data than what the stream has reported here.
func follow[E any](
	ctx context.Context, l *Source, streams events.Streams[E], kind, stream string, wish events.Wish[E],
	topics []liveTopic,
) (*Following[E], error) {
	subscription, err := streams.Subscribe(ctx, stream, wish)
	if err != nil {
		return nil, err
	}
	f := &Following[E]{Subscription: subscription}
	c := &caller{now: callerOf(ctx)}
	for _, t := range topics {
		if subscription.Unpolled(t.part) {
			t.wantFresh()
		}
		f.leave = append(f.leave, l.polling.join(kind+" "+stream+" "+t.part, c, t.begin))
	}
	return f, nil
}

// streamOf is the name of a tenant's stream.
func streamOf(scope string) string { return strconv.Quote(scope) }

type callerKey struct{}

// WithCaller sets how to get the present context of a long-lived caller, whose credentials are renewed while it stays:
// a poll must use those that were accepted last. False means that they are not accepted now, and no poll may use them.
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
	// Kind is RAISED, UPDATED or CLEARED; for a follower with a filter also LEFT.
	Kind  string       `json:"kind"`
	Alarm *model.Alarm `json:"alarm"`
	// Was is what filters see of the alarm before the change; nil when they see the same, and of one that is new.
	Was  *model.Alarm `json:"was,omitempty"`
	Seen Seen         `json:"seen"`
}

// CapacityChange is the rows of a service in a region that changed together. RegionCode is nil for rows that name no
// known region.
type CapacityChange struct {
	Service    model.CloudServiceType   `json:"service"`
	RegionCode *string                  `json:"regionCode"`
	Rows       []*model.ServiceCapacity `json:"rows"`
	Seen       Seen                     `json:"seen"`
}

// MeterJobChange is a job whose status or progress changed.
type MeterJobChange struct {
	Job *model.MeterJob `json:"job"`
	// Generation is that of the state: a later one is higher.
	Generation uint64 `json:"generation"`
	Seen       Seen   `json:"seen"`
}
