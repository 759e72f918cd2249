package events

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Streams are the streams of one kind of events. E must come through JSON unchanged. It is safe for concurrent use. It
// is an interface, as [Subscription] is, so that a package that merely names it does not compile its methods once more.
type Streams[E any] interface {
	// State returns the last published state of a part of a stream.
	State(ctx context.Context, stream, part string) (State, error)
	// Publish takes the next step of a part: its events and its new state, both or neither. After [ErrConflict] read the
	// state again. More events than a stream holds become one notice.
	Publish(ctx context.Context, stream, part string, p Publication[E]) error
	// Subscribe follows a stream. A store that can't be read is no error: the events come when it can be read again.
	Subscribe(ctx context.Context, stream string, w Wish[E]) (Subscription[E], error)
}

type streams[E any] struct {
	hub  *Hub
	kind string
}

// NewStreams makes the streams of a kind. shape is that of E: replicas whose E differ do not read each other's events.
func NewStreams[E any](hub *Hub, kind, shape string) Streams[E] {
	return &streams[E]{hub: hub, kind: kind + " " + shape}
}

// name is the stream in the store.
func (s *streams[E]) name(stream string) string { return strconv.Quote(s.kind) + " " + stream }

func (s *streams[E]) State(ctx context.Context, stream, part string) (State, error) {
	return s.hub.store.state(ctx, s.name(stream), part)
}

func (s *streams[E]) Publish(ctx context.Context, stream, part string, p Publication[E]) error {
	next := step{before: p.Before, generation: p.Generation, at: p.At, data: p.Data}
	if len(p.Events) > s.hub.options.Length {
		p.Missed, p.Events = p.Missed+len(p.Events), nil
	}
	for _, e := range p.Events {
		payload, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		next.entries = append(next.entries, entry{payload: payload})
	}
	if p.Missed > 0 {
		next.entries = append(next.entries, entry{missed: p.Missed})
	}
	name := s.name(stream)
	return s.hub.published(ctx, name, s.hub.store.publish(ctx, name, part, next))
}

// Wish says which events of a stream a follower wants.
type Wish[E any] struct {
	// After is the position to go on after; nil begins with the next event.
	After *Position
	// Select returns what the follower gets of an event, false when it wants nothing of it; nil wants all as they are.
	Select func(context.Context, E) (E, bool)
	// Patience bounds the age of a state whose changes count as new for a follower without a position: changes since an
	// older state happened while it was not polled. Zero: any age.
	Patience time.Duration
	// News is called before followers in this process can see a change of a part, with the generation that changed it, so
	// that what is held of older ones is not taken for new. All followers of a stream give the same; nil does nothing.
	News func(part string, generation uint64)
}

func (s *streams[E]) Subscribe(ctx context.Context, stream string, w Wish[E]) (Subscription[E], error) {
	sub := &subscription[E]{hub: s.hub, name: s.name(stream), wish: w, began: s.hub.options.Now()}
	if w.After != nil {
		sub.position, sub.placed = Position{Stream: w.After.Stream, Sequence: w.After.Sequence}, true
	}
	decode := func(payload []byte) (E, error) {
		var e E
		err := json.Unmarshal(payload, &e)
		return e, err
	}
	enter := func(f follower) bool {
		feed, ok := f.(*feed[E])
		if ok {
			feed.followers++ // under the lock of the hub
			sub.feed = feed
		}
		return ok
	}
	err := s.hub.enter(sub.name, enter, func() follower {
		f := newFeed(&s.hub.options, sub.name, w, decode)
		enter(f)
		return f
	})
	if err != nil {
		return nil, err
	}
	if !sub.found() {
		// What is held here may be behind what other replicas have published. After an error the reader tries again, and
		// reports it.
		if err := s.hub.read(ctx, []follower{sub.feed}); err != nil {
			sub.doubt()
		}
	}
	sub.place()
	return sub, nil
}
