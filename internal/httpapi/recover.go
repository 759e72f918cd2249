package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// RecoverFunc handles a panic of a resolver: the field gets INTERNAL_SERVER_ERROR, the rest of the answer stands, and
// the log has the panic once.
func RecoverFunc(logger *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, recovered any) error {
		LogPanic(ctx, logger, recovered)
		return refusal.Internal()
	}
}

// RecoverHTTP answers a panic of any handler below it with 500, and keeps it from net/http, which would log its value.
func RecoverHTTP(logger *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			recovered := recover()
			if recovered == nil {
				return
			}
			if err, ok := recovered.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(recovered) // the way to cut a connection, not a fault
			}
			LogPanic(r.Context(), logger, recovered)
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

// LogPanic logs where a panic happened and the type of its value; the logger names the request. The value may hold
// anything that a caller sent and is left out, except for the runtime's own errors.
func LogPanic(ctx context.Context, logger *slog.Logger, recovered any) {
	attributes := []slog.Attr{
		slog.String("panic_type", fmt.Sprintf("%T", recovered)),
		slog.String("stack", string(debug.Stack())),
	}
	if err, ok := recovered.(runtime.Error); ok {
		attributes = append(attributes, slog.String("error", err.Error()))
	}
	logger.LogAttrs(ctx, slog.LevelError, "panic recovered", attributes...)
}
