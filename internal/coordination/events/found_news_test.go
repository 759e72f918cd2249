package events_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_F2_NewsBeforeEvents reports which generation changed a part before a follower gets the event, and to one
// that comes behind the event as well.
func TestFound_F2_NewsBeforeEvents(t *testing.T) {
	eachStore(t, events.Options{}, func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub) {
		p := publisherOf(more(t), c)
		var known []uint64
		hub := more(t)
		sub := follow(t, hub, events.Wish[change]{News: func(_ string, generation uint64) {
			known = append(known, generation) // by the reader, before what follows
		}})
		p.publish(t)
		p.publish(t) // changes nothing
		p.publish(t, "a")
		wantNames(t, sub, "a")
		if !slices.Contains(known, 3) {
			t.Errorf("an event of generation 3 after news of %v", known)
		}
		other := more(t)
		if other == hub {
			return // in the process
		}
		var late []uint64
		follow(t, other, events.Wish[change]{News: func(_ string, generation uint64) { late = append(late, generation) }})
		if !slices.Equal(late, []uint64{3}) {
			t.Errorf("behind the event: news of %v", late)
		}
	})
}

// TestFound_F5_GoesOnElsewhereAtOnce goes on after an event on a replica that has not read it yet: no notice, no
// repeat.
func TestFound_F5_GoesOnElsewhereAtOnce(t *testing.T) {
	server, c := redistest.Start(t), newClock()
	one, two := overRedis(t, server, c, events.Options{}), overRedis(t, server, c, events.Options{})
	p := publisherOf(one, c)
	first, others := follow(t, one, events.Wish[change]{}), follow(t, two, events.Wish[change]{})
	for i := range 50 {
		p.publish(t, fmt.Sprint("before", i))
		place := wantNames(t, first, fmt.Sprint("before", i))
		again := follow(t, two, events.Wish[change]{After: &place})
		p.publish(t, fmt.Sprint("after", i))
		wantNames(t, again, fmt.Sprint("after", i))
		wantNames(t, first, fmt.Sprint("after", i))
		wantNames(t, others, fmt.Sprint("before", i), fmt.Sprint("after", i))
		again.Close()
	}
}

// TestFound_F5_PlaceKeepsWhatWasReached carries what a follower had beside the events with its place.
func TestFound_F5_PlaceKeepsWhatWasReached(t *testing.T) {
	p := events.Position{Stream: "ABC", Sequence: 7, Reached: "1x.RUNNING-20"}
	if got, err := events.ParsePosition(p.String()); err != nil || got != p {
		t.Errorf("%+v became %+v, %v", p, got, err)
	}
	for _, reached := range []string{"a:b", "<script>", string(make([]byte, 41))} {
		bad := events.Position{Stream: "ABC", Sequence: 7, Reached: reached}
		if got, err := events.ParsePosition(bad.String()); err == nil {
			t.Errorf("%q became %+v", reached, got)
		}
	}
}

// TestFound_F2_LateFirstPoll gives a follower the changes of a first poll that came long after it: some may have
// happened since.
func TestFound_F2_LateFirstPoll(t *testing.T) {
	eachStore(t, events.Options{KeptFor: 5 * time.Hour},
		func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub) {
			hub := more(t)
			p := publisherOf(hub, c)
			stayed := follow(t, hub, events.Wish[change]{})
			p.publish(t, "seen")
			wantNames(t, stayed, "seen")
			c.Advance(time.Hour)
			waited := follow(t, hub, events.Wish[change]{Patience: time.Minute})
			c.Advance(10 * time.Minute) // the upstream was away
			p.publish(t, "since")
			wantNames(t, waited, "since")
		})
}

// TestOldReadingBeforeTheFirstPoll has a poll begin with what a query read after the polls ended and before the
// follower came: what changed since that reading is as old as what changed since the last poll.
func TestOldReadingBeforeTheFirstPoll(t *testing.T) {
	eachStore(t, events.Options{KeptFor: 5 * time.Hour},
		func(t *testing.T, c *testkit.Clock, more func(*testing.T) *events.Hub) {
			hub := more(t)
			p := publisherOf(hub, c)
			p.publish(t)
			read := c.Now().Add(time.Minute)
			c.Advance(time.Hour)
			fresh := follow(t, hub, events.Wish[change]{Patience: time.Minute})
			err := p.streams.Publish(t.Context(), "s", p.part, events.Publication[change]{
				Before: 1, Generation: 2, At: read, Data: []byte("state"),
			})
			if err != nil {
				t.Fatal(err)
			}
			p.publish(t, "old")
			p.publish(t, "new")
			wantNames(t, fresh, "new")
		})
}
