package jobs

import "context"

// Once lets tests run commands that have no upstream.
func (c *Commands) Once(
	ctx context.Context, key string, input any, run func(context.Context) (string, error),
) (string, error) {
	return c.once(ctx, key, input, run)
}
