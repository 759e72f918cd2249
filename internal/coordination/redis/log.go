package redis

import (
	"context"
	"fmt"
	"log/slog"

	goredis "github.com/redis/go-redis/v9"
)

// LogTo sends go-redis's own messages, which otherwise go to standard error, to logger at debug
// level: what matters of them reaches the caller as an error. go-redis keeps one logger for the
// whole process, so this is called once, by main, before the first [Open].
func LogTo(logger *slog.Logger) { goredis.SetLogger(libraryLog{logger}) }

type libraryLog struct{ logger *slog.Logger }

// Printf is what go-redis calls.
func (l libraryLog) Printf(ctx context.Context, format string, v ...any) {
	if l.logger.Enabled(ctx, slog.LevelDebug) {
		l.logger.LogAttrs(ctx, slog.LevelDebug, "redis client",
			slog.String("detail", fmt.Sprintf(format, v...)))
	}
}
