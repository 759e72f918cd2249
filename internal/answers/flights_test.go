package answers_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/answers"
)

func TestFlights_oneExecutionForAll(t *testing.T) {
	t.Parallel()
	flights := answers.NewFlights[int]()
	lead, leads := flights.Join(t.Context(), key("q"))
	if !leads {
		t.Fatal("the first does not lead")
	}
	const others = 20
	var waiting sync.WaitGroup
	var got atomic.Int64
	for range others {
		flight, leads := flights.Join(t.Context(), key("q"))
		if leads {
			t.Fatal("two lead")
		}
		waiting.Go(func() {
			if outcome, ok := flight.Wait(t.Context()); ok {
				got.Add(int64(outcome))
			}
		})
	}
	if _, leads := flights.Join(t.Context(), key("other")); !leads {
		t.Error("another query waits for this one")
	}
	lead.End(func() int { return 1 })
	lead.End(func() int { return 100 })
	waiting.Wait()
	if got.Load() != others {
		t.Errorf("outcomes sum up to %d", got.Load())
	}
	if _, leads := flights.Join(t.Context(), key("q")); !leads {
		t.Error("a query joins an execution that has ended")
	}
	lead.Abandon()
}

func TestFlights_noOutcomeIsMadeForNobody(t *testing.T) {
	t.Parallel()
	flights := answers.NewFlights[int]()
	lead, _ := flights.Join(t.Context(), key("q"))
	lead.End(func() int { t.Error("it was made"); return 0 })
	lead.Abandon()
}

func TestFlights_goesOnWhileAnyoneWaits(t *testing.T) {
	t.Parallel()
	flights := answers.NewFlights[int]()
	first, giveUpFirst := context.WithCancel(t.Context())
	lead, _ := flights.Join(first, key("q"))
	second, giveUpSecond := context.WithCancel(t.Context())
	follower, _ := flights.Join(second, key("q"))
	giveUpFirst()
	third, leads := flights.Join(t.Context(), key("q"))
	if leads || lead.Context().Err() != nil {
		t.Fatal("the execution ended with the caller that began it")
	}
	giveUpSecond()
	if _, ok := follower.Wait(second); ok {
		t.Error("an outcome for who gave up")
	}
	lead.End(func() int { return 7 })
	if outcome, ok := third.Wait(t.Context()); !ok || outcome != 7 {
		t.Errorf("got %d, %v", outcome, ok)
	}
	lead.Abandon()
}

func TestFlights_endsWithTheLastWhoWaits(t *testing.T) {
	t.Parallel()
	flights := answers.NewFlights[int]()
	first, giveUp := context.WithCancel(t.Context())
	lead, _ := flights.Join(first, key("q"))
	follower, _ := flights.Join(t.Context(), key("q"))
	follower.Leave()
	giveUp()
	select {
	case <-lead.Context().Done():
	case <-time.After(20 * time.Second):
		t.Fatal("the execution goes on for nobody")
	}
	if _, leads := flights.Join(t.Context(), key("q")); !leads {
		t.Error("a query joins an execution that was given up")
	}
	lead.Abandon()
}

func TestFlights_keepsDeadlineAndValues(t *testing.T) {
	t.Parallel()
	type valueKey struct{}
	flights := answers.NewFlights[int]()
	until := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(context.WithValue(t.Context(), valueKey{}, "v"), until)
	defer cancel()
	lead, _ := flights.Join(ctx, key("q"))
	defer lead.Abandon()
	deadline, ok := lead.Context().Deadline()
	if !ok || !deadline.Equal(until) || lead.Context().Value(valueKey{}) != "v" {
		t.Errorf("deadline %v (%v), value %v", deadline, ok, lead.Context().Value(valueKey{}))
	}
}

// An execution that broke off, such as by a panic, must not hold up who waits for it.
func TestFlights_abandoned(t *testing.T) {
	t.Parallel()
	flights := answers.NewFlights[int]()
	lead, _ := flights.Join(t.Context(), key("q"))
	follower, _ := flights.Join(t.Context(), key("q"))
	lead.Abandon()
	if _, ok := follower.Wait(t.Context()); ok {
		t.Error("an outcome of nothing")
	}
}
