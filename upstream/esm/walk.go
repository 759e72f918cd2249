package esm

import (
	"context"
	"iter"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// walk reads the pages of e one after the other; an error about the arguments is all there is then.
func walk[R any](
	ctx context.Context, c *Client, e rest.Endpoint[rest.Page[R]], p rest.PageRequest[R], err error,
) iter.Seq2[rest.PageResult[R], error] {
	if err != nil {
		return func(yield func(rest.PageResult[R], error) bool) { yield(rest.PageResult[R]{}, err) }
	}
	p.Size, p.MaxPages = c.options.pageSize(p.Size), c.options.MaxPages
	return rest.Pages(ctx, c.rest, e, p)
}

// collect reads at most maxPages pages of e, 0 being the client's own bound.
func collect[R any](
	ctx context.Context, c *Client, e rest.Endpoint[rest.Page[R]], p rest.PageRequest[R], maxPages int, err error,
) (rest.List[R], error) {
	if err != nil {
		return rest.List[R]{}, err
	}
	if maxPages < 0 {
		return rest.List[R]{}, refuse("maxPages", "must not be negative")
	}
	p.Size, p.MaxPages = c.options.pageSize(p.Size), maxPages
	if maxPages == 0 {
		p.MaxPages = c.options.MaxPages
	}
	return rest.All(ctx, c.rest, e, p)
}
