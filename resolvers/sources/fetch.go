package sources

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	// parallelCalls bounds how many calls of one batch go out at once; the bulkhead of the client bounds all batches together.
	parallelCalls = 32
)

// fetched turns a complete list into what a snapshot keeps. Rows that could not be read become gaps by the region that they name
// under the given key, so that the fields of that region, and only those, can tell.
func fetched[R any](list rest.List[R], regionKey string) cache.Fetched[R] {
	f := cache.Fetched[R]{Records: list.Rows, Truncated: list.Truncated}
	rows := map[string]int{}
	for _, bad := range list.Bad {
		rows[regionOf(bad.Raw, regionKey)]++
	}
	for region, n := range rows {
		f.Gaps = append(f.Gaps, cache.Gap{Part: region, Reason: "unreadable rows", Rows: n})
	}
	return f
}

// withCodes names the gaps of rows that told their region by its display name by the region's code, where the configuration knows it
// (quirk 15).
func withCodes[R any](cfg Config, f cache.Fetched[R]) cache.Fetched[R] {
	rows := map[string]cache.Gap{}
	for _, gap := range f.Gaps {
		if code := cfg.regionCode(loose.NewText(gap.Part)); code != nil {
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

// GapOf is the gap of a region among gaps; rows of an unknown region count for every region.
func GapOf(gaps []cache.Gap, region string) (cache.Gap, bool) {
	for _, gap := range gaps {
		if gap.Part == region || gap.Part == "" {
			return gap, true
		}
	}
	return cache.Gap{}, false
}

// lane gives a fetch that no query waits for the lane of background work, which gives way to people and to the polls of those who follow;
// once a query joins it, it is a person's.
func lane(ctx context.Context) context.Context {
	if awaited := cache.Awaited(ctx); awaited != nil && rest.LaneFrom(ctx) != rest.LanePoll {
		return rest.WithBackground(ctx, awaited)
	}
	return ctx
}

// each fetches keys one by one, some at once. A key for which there is nothing is left out of the result.
func each[K comparable, R any](
	ctx context.Context, keys []K, fetch func(context.Context, K) (R, bool, error),
) map[K]cache.Result[R] {
	var (
		mu      sync.Mutex
		results = make(map[K]cache.Result[R], len(keys))
		group   errgroup.Group
	)
	group.SetLimit(parallelCalls)
	for _, key := range keys {
		group.Go(func() error {
			record, found, err := fetch(ctx, key)
			if found || err != nil {
				mu.Lock()
				results[key] = cache.Result[R]{Record: record, Err: err}
				mu.Unlock()
			}
			return nil // each key has an error of its own
		})
	}
	_ = group.Wait()
	return results
}

// fetchError is a failed call as the cache wants it: it tells how long the upstream asks to be left alone.
type fetchError struct{ failure *rest.Error }

func (e fetchError) Error() string { return e.failure.Error() }

// Unwrap is the failure itself, by which callers decide.
func (e fetchError) Unwrap() error { return e.failure }

// RetryAfter is how long the upstream, or its quota, asks to wait; zero when it does not say.
func (e fetchError) RetryAfter() time.Duration { return e.failure.RetryAfter }

// Unsent tells that the call was refused here, by an open circuit or a spent quota.
func (e fetchError) Unsent() bool {
	return e.failure.Kind == rest.QuotaExhausted || errors.Is(e.failure, rest.ErrCircuitOpen)
}

// asFetchError makes a failed call tell the cache how long to wait before the next one.
func asFetchError(err error) error {
	if failure, ok := errors.AsType[*rest.Error](err); ok {
		return fetchError{failure}
	}
	return err
}

// GapError is the error of the fields of a region whose rows could not be read while the rest of the list could.
func GapError(operation string) error {
	return &rest.Error{System: "esm", Operation: operation, Kind: rest.BadResponse, Retryable: true, Err: errUnreadableRows}
}

var errUnreadableRows = errors.New("rows could not be read")

// MarkerLoopError is the error of a paged answer whose marker came again.
func MarkerLoopError(operation string) error {
	return &rest.Error{System: "esm", Operation: operation, Kind: rest.PaginationLoop, Retryable: true}
}
