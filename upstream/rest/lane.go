package rest

import "context"

// Lane is the kind of work that a call serves. The quota ranks calls by it.
type Lane int

// The lanes. The zero value is for the call of a person.
const (
	LanePerson Lane = iota
	LanePoll
	LaneBackground
	LaneMutation
)

// String returns the name of the lane in one word, as metrics have it.
func (l Lane) String() string {
	switch l {
	case LanePerson:
		return "person"
	case LanePoll:
		return "poll"
	case LaneMutation:
		return "mutation"
	default:
		return "background"
	}
}

type laneKey struct{}

// WithLane returns a context whose calls take their quota in the given lane.
func WithLane(ctx context.Context, lane Lane) context.Context {
	return context.WithValue(ctx, laneKey{}, lane)
}

type awaitedKey struct{}

// WithBackground returns a context whose calls take their quota in [LaneBackground] until awaited is closed. Then a
// caller waits for them, and they go on in [LanePerson], also those that have begun to wait for a token.
func WithBackground(ctx context.Context, awaited <-chan struct{}) context.Context {
	return WithLane(context.WithValue(ctx, awaitedKey{}, awaited), LaneBackground)
}

// LaneFrom returns the lane set by [WithLane] or [WithBackground], else [LanePerson].
func LaneFrom(ctx context.Context) Lane {
	lane, _ := ctx.Value(laneKey{}).(Lane)
	if lane == LaneBackground && promoted(ctx) {
		return LanePerson
	}
	return lane
}

type unhurriedKey struct{}

// WithUnhurried returns a context whose calls take their quota in [LaneBackground], also while a caller waits for them.
func WithUnhurried(ctx context.Context) context.Context {
	return context.WithValue(ctx, unhurriedKey{}, true)
}

// promoted reports whether a call that began in the background is awaited by now.
func promoted(ctx context.Context) bool {
	awaited, _ := ctx.Value(awaitedKey{}).(<-chan struct{})
	select {
	case <-awaited:
		return true
	default:
		return false
	}
}

// untilPromoted returns a context that ends also when a call in the background is awaited.
func untilPromoted(ctx context.Context, lane Lane) (waiting context.Context, stop context.CancelFunc) {
	awaited, _ := ctx.Value(awaitedKey{}).(<-chan struct{})
	waiting, stop = context.WithCancel(ctx)
	if lane == LaneBackground && awaited != nil {
		go func() {
			select {
			case <-awaited:
				stop()
			case <-waiting.Done():
			}
		}()
	}
	return waiting, stop
}
