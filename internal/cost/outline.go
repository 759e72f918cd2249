package cost

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/resolvers/loaders"
)

// mostOutlined bounds the calls of an outline; what is beyond is counted.
const mostOutlined = 20

// Outline is the explanation of an operation for the log: what it waited for, without parameters, which may be a
// caller's.
type Outline struct {
	// Calls are those that took longest, with their waits, the longest first; Omitted counts the others.
	Calls   []outlinedCall `json:"calls"`
	Omitted int            `json:"omitted,omitempty"`
	// Data are what the answer was made of.
	Data []outlinedData `json:"data"`
}

type outlinedCall struct {
	System     string  `json:"system"`
	Operation  string  `json:"operation"`
	Background bool    `json:"background,omitempty"`
	WaitMs     float64 `json:"waitMs"`
	DurationMs float64 `json:"durationMs"`
	Rows       *int    `json:"rows,omitempty"`
	Attempts   int     `json:"attempts"`
	Status     *int    `json:"status,omitempty"`
	Kind       string  `json:"kind"`
}

type outlinedData struct {
	Operation string  `json:"operation"`
	State     string  `json:"state"`
	AgeMs     float64 `json:"ageMs"`
}

// OutlineOf is the outline of a context's operation at a moment.
func OutlineOf(ctx context.Context, now time.Time) Outline {
	outline := Outline{Calls: []outlinedCall{}, Data: []outlinedData{}}
	if recorder, recorded := ctx.Value(recorderKey{}).(*callRecorder); recorded {
		calls := slices.Clone(recorder.freeze())
		slices.SortStableFunc(calls, func(a, b *recordedCall) int { return cmp.Compare(b.waited+b.took, a.waited+a.took) })
		outline.Omitted = max(0, len(calls)-mostOutlined)
		for _, call := range calls[:len(calls)-outline.Omitted] {
			whole := call.explained()
			outline.Calls = append(outline.Calls, outlinedCall{
				System: whole.System, Operation: whole.Operation, Background: whole.Background, WaitMs: whole.WaitMs,
				DurationMs: whole.DurationMs, Rows: whole.Rows, Attempts: whole.Attempts, Status: whole.Status, Kind: whole.Kind,
			})
		}
	}
	set := loaders.From(ctx)
	if set == nil {
		return outline
	}
	for _, use := range set.Uses() {
		if use.Oldest.IsZero() { // only what it lacks was noted
			continue
		}
		outline.Data = append(outline.Data, outlinedData{
			Operation: use.Operation, State: use.State.String(), AgeMs: milliseconds(max(0, now.Sub(use.Oldest))),
		})
	}
	return outline
}
