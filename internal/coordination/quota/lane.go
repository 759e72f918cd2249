package quota

import "time"

// The lanes in which callers wait. The numbers are those of upstream/rest.
const (
	// LanePerson is a query that someone waits for.
	LanePerson = iota
	// LanePoll is a poll that subscribers wait for.
	LanePoll
	// LaneBackground is a refresh that nobody waits for; it has at most its share of the limit.
	LaneBackground
	// LaneMutation is a command of a person, the first of all.
	LaneMutation

	lanes = 4
)

// class is what the limit of the background asks of a lane. The numbers are known to book.lua.
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

// head is the start that a lane gives to the callers of other lanes: one who came so much earlier
// goes first all the same. So none starves: ageing is the passing of that time.
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
