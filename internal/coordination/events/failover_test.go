package events_test

import (
	"context"
	"testing"

	"github.com/opsgraph/opsgraph/internal/coordination/events"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestPromotedServerLacksEvents_F46: the server that is promoted does not have the last event, and gives its number to
// the next one. Followers that have had the first are told that they missed something, and a place behind it is none.
func TestPromotedServerLacksEvents_F46(t *testing.T) {
	old, c := redistest.Start(t), newClock()
	heir := redistest.StartReplica(t, old)
	before := overRedis(t, old, c, events.Options{})
	p := publisherOf(before, c)
	sub := follow(t, before, events.Wish[change]{})
	p.publish(t, "a")
	wantNames(t, sub, "a")
	testkit.Eventually(t, "the replica has not what was published", func() bool {
		return heir.Command("EXISTS", "opsgraph:events:v1:test:bell") == int64(1)
	})
	heir.Command("REPLICAOF", "NO", "ONE")
	p.publish(t, "lost")
	place := wantNames(t, sub, "lost")
	old.Kill()

	after := overRedis(t, heir, c, events.Options{})
	publisherOf(after, c).publish(t, "b") // at the place of the one that is lost
	wantLagged(t, follow(t, after, events.Wish[change]{After: &place}), 0)
	state, err := events.NewStreams[change](after, "test", "1").State(context.WithoutCancel(t.Context()), "s", "p")
	if err != nil || !state.Known || state.Generation != 2 || string(state.Data) != "state" {
		t.Errorf("state %+v, %v; want that of the second publication", state, err)
	}
	behind := follow(t, after, events.Wish[change]{})
	publisherOf(after, c).publish(t, "c")
	wantNames(t, behind, "c")
}
