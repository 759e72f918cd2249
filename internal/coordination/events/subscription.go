package events

import (
	"context"
	"slices"
	"time"
)

// Subscription is a follower of one stream. One goroutine at a time may use it.
type Subscription[E any] interface {
	// Position returns the position after the last event that Next returned or left out.
	Position() Position
	// Next waits for the next event that the follower wants, or for the notice that it missed some. The error is ctx's, or
	// [ErrClosed].
	Next(ctx context.Context) (Event[E], error)
	// Unpolled reports whether the changes that a first poll of a part will find do not count for this follower, because
	// nobody has polled the part of late: what is held of the part may lack them.
	Unpolled(part string) bool
	// Last returns the last event at or before the follower's position that is held here; false when there is none.
	Last() (value E, ok bool)
	// Close ends the subscription. Closing it again changes nothing.
	Close()
}

type subscription[E any] struct {
	hub      *Hub
	feed     *feed[E]
	name     string
	wish     Wish[E]
	began    time.Time
	position Position
	placed   bool
	ended    bool
	parts    map[string]partState // as the stream had them where the follower without a position began
}

// place gives a follower without a position the end of the stream, as soon as that is known.
func (s *subscription[E]) place() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.placeIn()
}

func (s *subscription[E]) placeIn() bool {
	if s.feed.known && !s.placed {
		s.position, s.placed = Position{Stream: s.feed.stream, Sequence: s.feed.head}, true
		s.parts = s.feed.parts
	}
	return s.placed && s.feed.known
}

// found reports whether what is held here reaches to the follower's position; for one without, whether the stream has
// begun.
func (s *subscription[E]) found() bool {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	switch {
	case !s.feed.known:
		return false
	case s.wish.After == nil:
		return s.feed.stream != ""
	default:
		return s.position == (Position{}) || s.reached()
	}
}

// reached reports whether the position is one of the stream as it is held here. The feed's lock is held.
func (s *subscription[E]) reached() bool {
	return s.position.Stream == s.feed.stream && s.position.Sequence <= s.feed.head
}

// doubt keeps a position that was not found from being given up before the store has been read.
func (s *subscription[E]) doubt() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.doubted = true
}

func (s *subscription[E]) Position() Position { return s.position }

func (s *subscription[E]) Next(ctx context.Context) (Event[E], error) {
	for {
		items, lagged, news := s.look()
		if lagged != nil {
			return *lagged, nil
		}
		for _, it := range items {
			s.position.Sequence = it.sequence
			if it.missed > 0 {
				return Event[E]{Position: s.position, Lagged: true, Missed: it.missed}, nil
			}
			if value, ok := s.wants(ctx, it); ok {
				return Event[E]{Position: s.position, Value: value}, nil
			}
		}
		if len(items) > 0 {
			continue
		}
		select {
		case <-news:
		case <-ctx.Done():
			return Event[E]{}, ctx.Err()
		case <-s.hub.ctx.Done():
			return Event[E]{}, ErrClosed
		}
	}
}

// look returns the events after the position, or the notice that some are missing, or the channel to wait for.
func (s *subscription[E]) look() (items []item[E], lagged *Event[E], news <-chan struct{}) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if !s.placeIn() || f.stream == "" {
		return nil, nil, f.woken
	}
	if s.position == (Position{}) { // the beginning of the present stream
		s.position.Stream = f.stream
	}
	if !s.reached() {
		if f.doubted {
			return nil, nil, f.woken
		}
		s.position = Position{Stream: f.stream, Sequence: f.head}
		return nil, &Event[E]{Position: s.position, Lagged: true}, nil
	}
	items, whole := f.after(s.position.Sequence)
	if !whole {
		missed := f.head - s.position.Sequence
		s.position.Sequence = f.head
		return nil, &Event[E]{Position: s.position, Lagged: true, Missed: int(missed)}, nil //nolint:gosec // counts events of a stream
	}
	return items, nil, f.woken
}

// wants returns what the follower gets of an event; false for nothing. A follower without a position gets no changes
// from a time without polls before it: those of a step that followed a long pause and came soon after its beginning.
func (s *subscription[E]) wants(ctx context.Context, it item[E]) (value E, ok bool) {
	if s.waits() && !it.step.since.IsZero() {
		_, known := s.parts[it.step.part]
		pause := 2 * s.wish.Patience // measured by the clock of whoever published, which may differ from ours
		if known && it.step.at.Sub(it.step.since) > pause && !it.taken.After(s.began.Add(pause)) {
			return value, false
		}
	}
	if s.wish.Select == nil {
		return it.value, true
	}
	return s.wish.Select(ctx, it.value)
}

// waits reports whether changes from a time without polls do not count for the follower.
func (s *subscription[E]) waits() bool { return s.wish.After == nil && s.wish.Patience > 0 }

func (s *subscription[E]) Unpolled(part string) bool {
	if !s.waits() {
		return false
	}
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	state, known := s.feed.parts[part]
	return !known || s.began.After(state.at.Add(2*s.wish.Patience))
}

func (s *subscription[E]) Last() (value E, ok bool) {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	for _, it := range slices.Backward(s.feed.items) {
		if s.position.Stream == s.feed.stream && it.sequence <= s.position.Sequence && it.missed == 0 {
			return it.value, true
		}
	}
	return value, false
}

func (s *subscription[E]) Close() {
	if s.ended {
		return
	}
	s.ended = true
	s.hub.leave(s.name, func() bool {
		s.feed.followers--
		return s.feed.followers == 0
	})
}
