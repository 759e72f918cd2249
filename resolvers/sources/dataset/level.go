package dataset

import (
	"errors"
	"log/slog"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// LevelOf is the level at which a failed call is logged: error where someone must act, because the gateway's own
// credentials are refused or its configuration can't work, else warn.
func LevelOf(err error) slog.Level {
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return slog.LevelWarn
	}
	// A certificate that is not trusted, or an address that is not allowed.
	hopeless := failure.Kind == rest.Unavailable && failure.Status == 0 && !failure.Retryable && !failure.MayHaveRun
	if failure.GatewayCredentials || hopeless {
		return slog.LevelError
	}
	return slog.LevelWarn
}
