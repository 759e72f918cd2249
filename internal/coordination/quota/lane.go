package quota

import "time"

// The lanes in which callers wait. The numbers are those of upstream/rest.
const (
	// LanePerson is for queries that someone waits for.
	LanePerson = iota
	// LanePoll is for polls that subscribers wait for.
	LanePoll
	// LaneBackground is for refreshes in the background, which have at most their share of the limit.
	LaneBackground
	// LaneMutation is for commands, which go first.
	LaneMutation

	lanes = 4
)

// class says whether a lane counts as background. book.lua has the same numbers.
type class int

const (
	foreground class = iota
	background

	classes = 2
)

func laneOf(lane int) int {
	if lane < 0 || lane >= lanes {
		return LaneBackground
	}
	return lane
}

func classOf(lane int) class {
	if lane == LaneBackground {
		return background
	}
	return foreground
}

// head is the head start that a lane gives to the callers of other lanes: a caller that came so much earlier goes first
// all the same, so that no lane starves.
func head(lane int, window time.Duration) time.Duration {
	switch lane {
	case LaneMutation:
		return 0
	case LanePerson:
		return window / 120
	case LanePoll:
		return window / 30
	default:
		return window / 12
	}
}
