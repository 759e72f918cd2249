package hosts

import "time"

// Plan says how hosts that were asked by id are fetched when no list of them is held.
type Plan int

// The two ways.
const (
	// PlanScan reads the whole list.
	PlanScan Plan = iota
	// PlanPerID asks for each host by itself.
	PlanPerID
)

// PlanInput is what the choice depends on.
type PlanInput struct {
	// Asked is how many hosts are asked for.
	Asked int
	// Pages is how many pages the whole list is expected to have; at least 1.
	Pages int
	// QuotaLeft is how many calls the quota of the operation has left now; negative when its quota is not scarce.
	QuotaLeft int
	// CallTime is how long one call takes, Parallel how many go out at once.
	CallTime time.Duration
	Parallel int
}

// PlanFor chooses the way that costs less: of the quota where that is short, else of calls and time. A scan wins ties,
// because its answer serves every later question. It is a pure function.
func PlanFor(in PlanInput) Plan {
	pages, parallel := max(1, in.Pages), max(1, in.Parallel)
	if in.Asked >= pages || in.QuotaLeft >= 0 && in.Asked > in.QuotaLeft {
		return PlanScan // also where neither fits: a scan serves everyone who waits
	}
	// Pages are read one after the other, single hosts at once.
	scanTime := time.Duration(pages) * in.CallTime
	perIDTime := time.Duration((in.Asked+parallel-1)/parallel) * in.CallTime
	if perIDTime <= scanTime {
		return PlanPerID
	}
	return PlanScan
}
