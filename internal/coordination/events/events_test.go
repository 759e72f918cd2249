package events_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

func TestFollowersGetEveryEventOnce(t *testing.T) {
	eachStore(t, events.Options{}, func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub) {
		one, two := more(t), more(t)
		p := publisherOf(one, c)
		early := follow(t, two, events.Wish[change]{}) // before there is a stream
		p.publish(t)                                   // the first state has no changes
		p.publish(t, "a", "b")
		wantNames(t, early, "a", "b")
		late := follow(t, one, events.Wish[change]{})
		picky := follow(t, two, events.Wish[change]{
			Select: func(_ context.Context, e change) (change, bool) { return e, e.Name == "d" },
		})
		p.publish(t, "c", "d", "e")
		wantNames(t, early, "c", "d", "e")
		wantNames(t, late, "c", "d", "e")
		wantNames(t, picky, "d")
		wantNothing(t, early)
		wantNothing(t, late)
		wantNothing(t, picky)
	})
}

func TestResumeAfterAPlace(t *testing.T) {
	eachStore(t, events.Options{Length: 5}, func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub) {
		hub := more(t)
		p := publisherOf(hub, c)
		first := follow(t, hub, events.Wish[change]{})
		start := first.Position()
		p.publish(t, "a", "b", "c")
		place := wantNames(t, first, "a")
		first.Close()
		p.publish(t, "d", "e")
		again := more(t) // a replica that was not there before
		wantNames(t, follow(t, again, events.Wish[change]{After: &place}), "b", "c", "d", "e")
		wantNames(t, follow(t, again, events.Wish[change]{After: &start}), "a", "b", "c", "d", "e")
		p.publish(t, "f", "g")
		tooOld := follow(t, more(t), events.Wish[change]{After: &place})
		wantLagged(t, tooOld, 6) // b to g, of which the stream holds c to g
		p.publish(t, "h")
		wantNames(t, tooOld, "h")
		foreign := events.Position{Stream: "another", Sequence: 3}
		wantLagged(t, follow(t, hub, events.Wish[change]{After: &foreign}), 0)
		future := events.Position{Stream: place.Stream, Sequence: 1000}
		wantLagged(t, follow(t, hub, events.Wish[change]{After: &future}), 0)
	})
}

func TestSlowFollower(t *testing.T) {
	eachStore(t, events.Options{Length: 10}, func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub) {
		hub := more(t)
		p := publisherOf(hub, c)
		p.publish(t)
		slow, quick := follow(t, hub, events.Wish[change]{}), follow(t, hub, events.Wish[change]{})
		for i := range 25 {
			name := fmt.Sprint(i)
			p.publish(t, name)
			wantNames(t, quick, name)
		}
		wantLagged(t, slow, 25)
		p.publish(t, "after")
		wantNames(t, slow, "after")
		wantNames(t, quick, "after")
	})
}

func TestMoreThanAStreamHolds(t *testing.T) {
	eachStore(t, events.Options{Length: 3}, func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub) {
		hub := more(t)
		p := publisherOf(hub, c)
		sub := follow(t, hub, events.Wish[change]{})
		p.publish(t, "a", "b", "c", "d")
		wantLagged(t, sub, 4)
		p.publish(t, "e")
		wantNames(t, sub, "e")
	})
}

func TestStateAndEventsAreOneStep(t *testing.T) {
	eachStore(t, events.Options{}, func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub) {
		one, two := publisherOf(more(t), c), publisherOf(more(t), c)
		one.publish(t, "a")
		state, err := two.streams.State(t.Context(), "s", "p")
		if err != nil || !state.Known || state.Generation != 1 || string(state.Data) != "state" || !state.At.Equal(c.Now()) {
			t.Fatalf("state %+v, %v", state, err)
		}
		one.publish(t, "b")
		late := events.Publication[change]{Before: state.Generation, Generation: 9, Events: []change{{"x"}}}
		if err := two.streams.Publish(t.Context(), "s", "p", late); !errors.Is(err, events.ErrConflict) {
			t.Fatalf("a step from an old state: %v", err)
		}
		start := events.Position{}
		sub := follow(t, more(t), events.Wish[change]{After: &start})
		wantNames(t, sub, "a", "b")
		keeps := events.Publication[change]{Before: 2, Generation: 3, At: c.Now()}
		if err := two.streams.Publish(t.Context(), "s", "p", keeps); err != nil {
			t.Fatal(err)
		}
		if state, err = one.streams.State(t.Context(), "s", "p"); err != nil || state.Generation != 3 ||
			string(state.Data) != "state" {
			t.Fatalf("state %+v, %v", state, err)
		}
		wantNothing(t, sub)
	})
}

func TestChangesThatNobodyLookedAt(t *testing.T) {
	eachStore(t, events.Options{KeptFor: 5 * time.Hour},
		func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub) {
			hub := more(t)
			p := publisherOf(hub, c)
			stayed := follow(t, hub, events.Wish[change]{Patience: time.Minute})
			p.publish(t)
			place := stayed.Position()
			c.Advance(time.Hour) // no polls
			fresh := follow(t, hub, events.Wish[change]{Patience: time.Minute})
			resumed := follow(t, hub, events.Wish[change]{Patience: time.Minute, After: &place})
			p.publish(t, "old")
			p.publish(t, "new")
			wantNames(t, stayed, "old", "new")
			wantNames(t, resumed, "old", "new")
			wantNames(t, fresh, "new")
		})
}

func TestStreamsEnd(t *testing.T) {
	c := newClock()
	hub := events.NewHub(events.Options{Now: c.Now, KeptFor: time.Hour})
	t.Cleanup(hub.Close)
	p := publisherOf(hub, c)
	sub := follow(t, hub, events.Wish[change]{})
	p.publish(t, "a")
	wantNames(t, sub, "a")
	c.Advance(time.Hour)
	if state, err := p.streams.State(t.Context(), "s", "p"); err != nil || state.Known {
		t.Errorf("state of an ended stream: %+v, %v", state, err)
	}
	p.publish(t, "b")
	wantLagged(t, sub, 0)
	hub.Close()
	if _, err := sub.Next(t.Context()); !errors.Is(err, events.ErrClosed) {
		t.Errorf("follower of a closed hub: %v", err)
	}
	if _, err := p.streams.Subscribe(t.Context(), "s", events.Wish[change]{}); !errors.Is(err, events.ErrClosed) {
		t.Errorf("subscribed to a closed hub: %v", err)
	}
}

func TestPositions(t *testing.T) {
	for _, p := range []events.Position{{}, {Stream: "ABC", Sequence: 1}, {Stream: "ABC", Sequence: 1<<64 - 1}} {
		if got, err := events.ParsePosition(p.String()); err != nil || got != p {
			t.Errorf("%+v became %+v, %v", p, got, err)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "no base64": "!!", "no number": "QUJD",
		"padded":       events.Position{Stream: "A", Sequence: 1}.String() + "=",
		"leading zero": "QTowMQ", "number without a stream": "OjU", "long": string(make([]byte, 4096)),
	} {
		if got, err := events.ParsePosition(text); !errors.Is(err, events.ErrInvalidPosition) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// BenchmarkFollower measures the memory of one follower of a stream.
func BenchmarkFollower(b *testing.B) {
	hub := events.NewHub(events.Options{})
	defer hub.Close()
	streams := events.NewStreams[change](hub, "test", "1")
	b.ReportAllocs()
	for b.Loop() {
		sub, err := streams.Subscribe(b.Context(), "s", events.Wish[change]{})
		if err != nil {
			b.Fatal(err)
		}
		defer sub.Close()
	}
}
