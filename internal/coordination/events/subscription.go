package events

import (
	"context"
	"time"
)

// Subscription is a follower of one stream. One goroutine at a time may use it.
type Subscription[E any] struct {
	hub      *Hub
	feed     *feed[E]
	name     string
	wish     Wish[E]
	began    time.Time
	position Position
	placed   bool
	ended    bool
}

// place gives a follower without a position the end of the stream, as soon as that is known.
func (s *Subscription[E]) place() bool {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.placeIn()
}

func (s *Subscription[E]) placeIn() bool {
	if s.feed.known && !s.placed {
		s.position, s.placed = Position{Stream: s.feed.stream, Sequence: s.feed.head}, true
	}
	return s.placed && s.feed.known
}

// Position returns the position after the last event that Next returned or left out.
func (s *Subscription[E]) Position() Position { return s.position }

// Next waits for the next event that the follower wants, or for the notice that it missed some. The error is ctx's, or
// [ErrClosed].
func (s *Subscription[E]) Next(ctx context.Context) (Event[E], error) {
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
			if s.wants(ctx, it) {
				return Event[E]{Position: s.position, Value: it.value}, nil
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
func (s *Subscription[E]) look() (items []item[E], lagged *Event[E], news <-chan struct{}) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if !s.placeIn() || f.stream == "" {
		return nil, nil, f.news
	}
	if s.position == (Position{}) { // the beginning of the present stream
		s.position.Stream = f.stream
	}
	if s.position.Stream != f.stream || s.position.Sequence > f.head {
		s.position = Position{Stream: f.stream, Sequence: f.head}
		return nil, &Event[E]{Position: s.position, Lagged: true}, nil
	}
	items, whole := f.after(s.position.Sequence)
	if !whole {
		missed := f.head - s.position.Sequence
		s.position.Sequence = f.head
		return nil, &Event[E]{Position: s.position, Lagged: true, Missed: int(missed)}, nil //nolint:gosec // counts events of a stream
	}
	return items, nil, f.news
}

// wants reports whether the follower gets an event. A follower without a position gets no changes from a time without
// polls.
func (s *Subscription[E]) wants(ctx context.Context, it item[E]) bool {
	unseen := s.wish.After == nil && s.wish.Patience > 0 && !it.since.IsZero() &&
		s.began.After(it.since.Add(2*s.wish.Patience))
	return !unseen && (s.wish.Matches == nil || s.wish.Matches(ctx, it.value))
}

// Close ends the subscription. Closing it again changes nothing.
func (s *Subscription[E]) Close() {
	if s.ended {
		return
	}
	s.ended = true
	s.hub.leave(s.name, func() bool {
		s.feed.followers--
		return s.feed.followers == 0
	})
}
