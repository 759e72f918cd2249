package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// FetchedOf turns a complete list of an operation into what is kept of it. Rows that can't be used are counted, and
// become gaps by the region that they name under the given key, so that the fields of that region, and no others, fail.
func FetchedOf[R any](cfg Config, operation string, list rest.List[R], regionKey string) cache.Fetched[R] {
	f := cache.Fetched[R]{Records: list.Rows, Truncated: list.Truncated, Repeats: list.Repeats, Code: list.Code}
	cfg.CountGaps(operation, list.Bad)
	rows := map[string]int{}
	for _, bad := range list.Bad {
		rows[regionOf(bad.Raw, regionKey)]++
	}
	for region, n := range rows {
		f.Gaps = append(f.Gaps, cache.Gap{Part: region, Reason: "unreadable rows", Rows: n})
	}
	f.Pages, f.Shifted = list.Pages, list.Shifted()
	f.Unchecked = f.Shifted
	return f
}

// Reading is an operation that only reads, for the errors that are found in its decoded answers.
func Reading(system, operation string) rest.Spec {
	return rest.Spec{System: system, Operation: operation, Reads: true}
}

// Placed counts the rows of a list that name no region, under the field that should. They are in no region's fields, but
// in sums; a list that is mostly such rows and gaps is no list ([rest.Usable]).
func Placed[R any](
	cfg Config, spec rest.Spec, field string, f cache.Fetched[R], region func(R) loose.Text,
) (cache.Fetched[R], error) {
	gaps := 0
	for _, gap := range f.Gaps {
		gaps += gap.Rows
	}
	for _, row := range f.Records {
		if region(row).IsAbsent() {
			f.Unplaced++
			cfg.Unreadable(spec.Operation, field)
		}
	}
	return f, rest.Usable(spec, len(f.Records)-f.Unplaced, gaps+f.Unplaced)
}

// CountGaps counts rows that can't be used, each under the field that is missing or wrong, or as a row where none is
// known.
func (cfg Config) CountGaps(operation string, bad []rest.BadRow) {
	for _, row := range bad {
		field := "row"
		if failure, ok := errors.AsType[*rest.DecodeError](row.Err); ok && failure.Field != "" {
			field = failure.Field
		}
		cfg.Unreadable(operation, field)
	}
}

// WithCodes names gaps by region code where rows had a display name that the configuration knows (quirk 15).
func WithCodes[R any](cfg Config, f cache.Fetched[R]) cache.Fetched[R] {
	rows := map[string]cache.Gap{}
	for _, gap := range f.Gaps {
		if code := cfg.RegionCode(loose.NewText(gap.Part)); code != nil {
			gap.Part = *code
		}
		gap.Rows += rows[gap.Part].Rows
		rows[gap.Part] = gap
	}
	f.Gaps = slices.Collect(maps.Values(rows))
	return f
}

// regionOf reads the region of a row that is otherwise unreadable; empty when that is unreadable too.
func regionOf(raw json.RawMessage, key string) string {
	var row map[string]json.RawMessage
	if json.Unmarshal(raw, &row) != nil {
		return ""
	}
	var region loose.Text
	if json.Unmarshal(row[key], &region) != nil {
		return ""
	}
	return region.String()
}

// Lane puts a fetch that no query waits for in the background lane, which gives way to queries and to polls; once a
// query joins it, it goes in the lane of queries.
func Lane(ctx context.Context) context.Context {
	if awaited := cache.Awaited(ctx); awaited != nil && rest.LaneFrom(ctx) != rest.LanePoll {
		return rest.WithBackground(ctx, awaited)
	}
	return ctx
}

// fetchError is a failed call with what the cache needs: how long to wait before the next one.
type fetchError struct{ failure *rest.Error }

func (e fetchError) Error() string { return e.failure.Error() }

// Unwrap is the failure itself, by which callers decide.
func (e fetchError) Unwrap() error { return e.failure }

// RetryAfter is how long the upstream, or its quota, asks to wait; zero when it names no time.
func (e fetchError) RetryAfter() time.Duration { return e.failure.RetryAfter }

// Unsent reports that the call was refused in this process, by an open circuit or a spent or paused quota.
func (e fetchError) Unsent() bool { return rest.Refused(e.failure) }

// CircuitOpen reports that the operation's circuit refused the call.
func (e fetchError) CircuitOpen() bool { return errors.Is(e.failure, rest.ErrCircuitOpen) }

// AsFetchError adds to a failed call how long to wait before the next one.
func AsFetchError(err error) error {
	if failure, ok := errors.AsType[*rest.Error](err); ok {
		return fetchError{failure}
	}
	return err
}

// GapError is the error of the fields of a region whose rows could not be read while the rest of the list could.
func GapError(operation string) error {
	return &rest.Error{
		System: "esm", Operation: operation, Kind: rest.BadResponse, Retryable: true, Err: ErrUnreadableRows,
	}
}

// ErrUnreadableRows is the cause of a [GapError].
var ErrUnreadableRows = errors.New("rows could not be read")

// MarkerLoopError is the error of a paged answer whose marker came again.
func MarkerLoopError(operation string) error {
	return &rest.Error{System: "esm", Operation: operation, Kind: rest.PaginationLoop, Retryable: true}
}
