package rest

import (
	"cmp"
	"context"
	"iter"
)

// MarkerRequest is a request for a list that is paged by markers (QUIRKS 64).
type MarkerRequest[T any] struct {
	// Request returns the request of the page that begins at marker; the first one has none.
	Request func(marker string) Request
	// Next returns the marker of the page after this one; empty ends the list.
	Next func(T) string
	// Same reports that a page is the one before it once more, under a marker of its own; nil never does.
	Same func(page, before T) bool
	// First is the marker to begin with; empty means the beginning.
	First string
	// MaxPages bounds the walk; zero means 100. The caller knows from Next that there was more.
	MaxPages int
}

// Marked walks a list that is paged by markers, through pages without rows, to the page without a marker. A repeated
// marker or page yields an [*Error] of kind [PaginationLoop], after the pages before it.
func Marked[T any](
	ctx context.Context, c *Client, e Endpoint[T], p MarkerRequest[T],
) iter.Seq2[Response[T], error] {
	return func(yield func(Response[T], error) bool) {
		seen := map[string]bool{p.First: true}
		marker := p.First
		var before *T
		for range cmp.Or(p.MaxPages, defaultMaxPages) {
			page, err := Call(ctx, c, e, p.Request(marker))
			if err == nil && before != nil && p.Same != nil && p.Same(page.Body, *before) {
				page, err = Response[T]{}, e.Fail(PaginationLoop, nil)
			}
			if !yield(page, err) || err != nil {
				return
			}
			before, marker = &page.Body, p.Next(page.Body)
			if marker == "" {
				return
			}
			if seen[marker] {
				yield(Response[T]{}, e.Fail(PaginationLoop, nil))
				return
			}
			seen[marker] = true
		}
	}
}
