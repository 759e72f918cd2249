package rest

import "context"

// Lane is the kind of work that a call serves; the quota gives way in this order.
type Lane int

// The lanes. The zero value is a person who waits.
const (
	LanePerson Lane = iota
	LanePoll
	LaneBackground
	LaneMutation
)

type laneKey struct{}

// WithLane returns a context whose calls take their quota in the given lane.
func WithLane(ctx context.Context, lane Lane) context.Context {
	return context.WithValue(ctx, laneKey{}, lane)
}

// LaneFrom returns the lane set by [WithLane], else [LanePerson].
func LaneFrom(ctx context.Context) Lane {
	lane, _ := ctx.Value(laneKey{}).(Lane)
	return lane
}
