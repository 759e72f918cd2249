// Package telemetry makes log lines and metrics for operators.
//
// It does not know what it measures: other packages call its methods with plain words. It must not import any other
// package of ours, and it hides secrets, whatever a caller passes.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// requestIDKey is the key of the request id in log lines.
const requestIDKey = "request_id"

// NewLogger returns a logger that writes lines of the level (debug, info, warn, error) and above to w, in the format
// text or json. It hides secrets (see redact) and adds the request id and the trace of the context, if there are any.
func NewLogger(w io.Writer, level, format string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log level %q: %w", level, err)
	}
	return NewLoggerAt(w, least, format)
}

// NewLoggerAt is NewLogger with a level that may change while the logger is used.
func NewLoggerAt(w io.Writer, least slog.Leveler, format string) (*slog.Logger, error) { //nolint:misspell // slog's
	options := &slog.HandlerOptions{Level: least, ReplaceAttr: redact}
	switch format {
	case "text":
		return slog.New(handler{slog.NewTextHandler(w, options)}), nil
	case "json":
		return slog.New(handler{slog.NewJSONHandler(w, options)}), nil
	default:
		return nil, fmt.Errorf("log format %q is neither text nor json", format)
	}
}

// handler adds the request id of the context to each line, and the trace where there is one.
type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, record slog.Record) error {
	request, trace := RequestID(ctx), traceID(ctx)
	if request != "" || trace != "" {
		record = record.Clone()
	}
	if request != "" {
		record.AddAttrs(slog.String(requestIDKey, request))
	}
	if trace != "" {
		record.AddAttrs(slog.String(traceIDKey, trace))
	}
	return h.Handler.Handle(ctx, record)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }

type requestIDContext struct{}

// WithRequestID returns a context whose log lines name the request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDContext{}, id)
}

// RequestID returns the request id of a context; empty when it has none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDContext{}).(string)
	return id
}
