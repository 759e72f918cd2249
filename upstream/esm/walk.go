package esm

import (
	"context"
	"iter"
	"net/url"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// walk reads the pages of a long list one after the other. An error about the arguments is yielded without a call.
func walk[R any](
	ctx context.Context, c *Client, e rest.Endpoint[rest.Page[R]], query url.Values, key func(R) string, err error,
) iter.Seq2[rest.PageResult[R], error] {
	if err != nil {
		return func(yield func(rest.PageResult[R], error) bool) { yield(rest.PageResult[R]{}, err) }
	}
	return rest.Pages(ctx, c.rest, e, rest.PageRequest[R]{
		Request: rest.Request{Query: query}, Key: key, Reader: loose.NewReader[R](),
		Size: c.options.pageSize(fastPageSize), MaxPages: c.options.MaxPages,
	})
}

// list reads all pages of e. The size of p is the documented one; MaxPages 0 is the client's own bound. An error about
// the arguments is returned without a call.
func list[R any](
	ctx context.Context, c *Client, e rest.Endpoint[rest.Page[R]], p rest.PageRequest[R], err error,
) (rest.List[R], error) {
	switch {
	case err != nil:
		return rest.List[R]{}, err
	case p.MaxPages < 0:
		return rest.List[R]{}, refuse("maxPages", "must not be negative")
	case p.MaxPages == 0:
		p.MaxPages = c.options.MaxPages
	}
	p.Size, p.Reader = c.options.pageSize(p.Size), loose.NewReader[R]()
	return rest.All(ctx, c.rest, e, p)
}
