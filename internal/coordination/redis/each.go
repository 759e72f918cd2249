package redis

import (
	"context"
	"slices"

	goredis "github.com/redis/go-redis/v9"
)

// evaluate is one of the ways to run a script.
type evaluate func(ctx context.Context, c goredis.Scripter, keys []string, args ...any) *goredis.Cmd

// RunEach runs one script n times in one trip, each time with other keys and arguments; a second trip sends the
// script's text if Redis has forgotten it. The error is that of the trip; each command has its own.
func RunEach(
	ctx context.Context, client goredis.Cmdable, script *goredis.Script,
	n int, of func(i int) (keys []string, args []any),
) ([]*goredis.Cmd, error) {
	cmds := make([]*goredis.Cmd, n)
	run := func(eval evaluate) error {
		_, err := client.Pipelined(ctx, func(pipe goredis.Pipeliner) error {
			for i := range n {
				keys, args := of(i)
				cmds[i] = eval(ctx, pipe, keys, args...)
			}
			return nil
		})
		return err
	}
	err := run(script.EvalSha)
	forgotten := func(cmd *goredis.Cmd) bool { return goredis.HasErrorPrefix(cmd.Err(), "NOSCRIPT") }
	if slices.ContainsFunc(cmds, forgotten) {
		err = run(script.Eval)
	}
	return cmds, err
}
