package resolvers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Failure is what a client may know of an error.
type Failure struct {
	// Code is from the closed list of extensions.code.
	Code string
	// Message is a fixed sentence for each code.
	Message string
	// Argument is the argument that is to blame; empty when none is.
	Argument string
	// Retryable reports that the same request may succeed later, RetryAt from when on; the zero time is unknown.
	Retryable bool
	RetryAt   time.Time
	// Upstream says which call failed; nil when none did.
	Upstream map[string]any
}

// Describe decides what a client sees of an error. It is the only place that does.
func Describe(err error) Failure {
	if failure, ok := errors.AsType[*rest.Error](err); ok {
		return describeCall(failure)
	}
	input, isInput := errors.AsType[*rest.InputError](err)
	switch {
	case isInput && input.System == "":
		return Failure{Code: "BAD_USER_INPUT", Message: input.Message, Argument: input.Field}
	case isInput:
		return Failure{Code: "BAD_USER_INPUT", Message: "The value of " + input.Field + " " + input.Message + "."}
	case errors.Is(err, model.ErrInvalidCursor):
		return Failure{Code: "BAD_USER_INPUT", Message: "This is " + model.ErrInvalidCursor.Error() + "."}
	case errors.Is(err, model.ErrInvalidID):
		return Failure{Code: "BAD_USER_INPUT", Message: "This is " + model.ErrInvalidID.Error() + "."}
	case errors.Is(err, jobs.ErrUnderWay) && !errors.Is(err, context.Canceled):
		return Failure{
			Code:    "REQUEST_TIMEOUT",
			Message: "The command is still under way; the same request with the same idempotency key gives its outcome.",
		}
	case errors.Is(err, context.DeadlineExceeded):
		return Failure{Code: "REQUEST_TIMEOUT", Message: "The request took too long.", Retryable: true}
	case errors.Is(err, context.Canceled):
		return Failure{Code: "CLIENT_CLOSED", Message: "The request was given up."}
	case errors.Is(err, jobs.ErrKeyUnchecked):
		return Failure{
			Code: "OVERLOADED", Message: "The idempotency key can't be checked now; this request started nothing.",
			Retryable: true,
		}
	case errors.Is(err, cache.ErrEmptyOnce):
		return Failure{Code: "UPSTREAM_BAD_RESPONSE", Message: "The upstream's answer can't be used.", Retryable: true}
	case errors.Is(err, cache.ErrClosed):
		return Failure{Code: "OVERLOADED", Message: "The gateway is stopping.", Retryable: true}
	default:
		return Failure{Code: "INTERNAL_SERVER_ERROR", Message: "An internal error occurred."}
	}
}

// describeCall decides by the kind of a failed call. A refusal of the gateway's own credentials is no caller's fault.
func describeCall(e *rest.Error) Failure {
	f := Failure{Retryable: e.Retryable, RetryAt: e.RetryAt, Upstream: upstreamDetail(e)}
	switch e.Kind {
	case rest.Timeout:
		f.Code, f.Message = "UPSTREAM_TIMEOUT", "The upstream did not answer in time."
	case rest.Unavailable:
		f.Code, f.Message = "UPSTREAM_UNAVAILABLE", "The upstream is temporarily unavailable."
	case rest.BadResponse, rest.NotFound:
		f.Code, f.Message = "UPSTREAM_BAD_RESPONSE", "The upstream's answer can't be used."
	case rest.RateLimited:
		f.Code, f.Message = "UPSTREAM_RATE_LIMITED", "The upstream refuses further calls for now."
	case rest.QuotaExhausted:
		f.Code, f.Message = "UPSTREAM_QUOTA_EXHAUSTED", "The upstream's quota leaves no call in time."
	case rest.TooLarge:
		f.Code, f.Message = "UPSTREAM_TOO_LARGE", "The upstream's answer is too large."
	case rest.PaginationLoop:
		f.Code, f.Message = "UPSTREAM_PAGINATION_LOOP", "The upstream's pages do not end."
	case rest.NotConfigured:
		f.Code, f.Message = "UPSTREAM_NOT_CONFIGURED", "This part of the upstream is not configured."
	case rest.Unauthenticated, rest.Forbidden:
		f.Code, f.Message = credentialFault(e)
	case rest.Overloaded:
		f.Code, f.Message = "OVERLOADED", "The gateway reads too many large answers at once."
	case rest.Canceled:
		f.Code, f.Message = "CLIENT_CLOSED", "The request was given up."
	case rest.Rejected:
		f.Code, f.Message = "UPSTREAM_REJECTED", "The upstream refuses this input."
		switch {
		case e.GatewayCredentials:
			f.Message = "The upstream refuses the gateway's credentials."
		case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden: // of a call that sends no credentials
			f.Message = "The upstream does not give access to this."
		}
	case rest.None:
		f.Code, f.Message = "INTERNAL_SERVER_ERROR", "An internal error occurred."
	}
	return f
}

func credentialFault(e *rest.Error) (code, message string) {
	switch {
	case e.GatewayCredentials:
		return "UPSTREAM_REJECTED", "The upstream refuses the gateway's credentials."
	case e.Kind == rest.Forbidden:
		return "FORBIDDEN", "The token has no right to this." + tokenWanted(e.System)
	default:
		return "UNAUTHENTICATED", "The token is not accepted." + tokenWanted(e.System)
	}
}

// tokenWanted says which token a system takes, where that is another kind than the one that callers are admitted with.
func tokenWanted(system string) string {
	if system != "bss" {
		return ""
	}
	return " BSS takes a token of a partner's account (domain scope), callers are admitted with one of a project: " +
		"ask a gateway that has the partner's user in iam.*, in auth mode jwt or none."
}

func upstreamDetail(e *rest.Error) map[string]any {
	detail := map[string]any{"system": e.System, "operation": e.Operation}
	if e.Status != 0 {
		detail["status"] = e.Status
	}
	if e.Code != "" {
		detail["code"] = e.Code
	}
	if e.RequestID != "" {
		detail["requestId"] = e.RequestID
	}
	return detail
}

// Presenter turns every error into what the client sees. An error that has a code stays as it is; an unexpected one is
// logged once, with its text, which the client never gets. The clock is that of the calls.
func Presenter(logger *slog.Logger, now func() time.Time) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown, ok := errors.AsType[*gqlerror.Error](err)
		if ok && shown.Extensions["code"] != nil {
			return shown
		}
		failure := Describe(err)
		if failure.Code == "INTERNAL_SERVER_ERROR" {
			logger.ErrorContext(ctx, "field failed", slog.String("path", graphql.GetPath(ctx).String()),
				slog.Any("error", err))
		}
		return &gqlerror.Error{Message: failure.Message, Path: pathOf(ctx, shown), Extensions: failure.extensions(now())}
	}
}

func pathOf(ctx context.Context, shown *gqlerror.Error) ast.Path {
	if shown != nil && shown.Path != nil {
		return shown.Path
	}
	return graphql.GetPath(ctx)
}

func (f Failure) extensions(now time.Time) map[string]any {
	extensions := map[string]any{"code": f.Code, "retryable": f.Retryable}
	if f.Retryable && !f.RetryAt.IsZero() { // at once where the moment has passed meanwhile
		extensions["retryAfterMs"] = max(f.RetryAt.Sub(now), 0).Milliseconds() + 1
	}
	if f.Argument != "" {
		extensions["argument"] = f.Argument
	}
	if f.Upstream != nil {
		extensions["upstream"] = f.Upstream
	}
	return extensions
}

// addItemErrors adds the errors of list items that are null, each at its own place, for the presenter.
func addItemErrors(ctx context.Context, errs []error) {
	for i, err := range errs {
		if err != nil {
			path := append(slices.Clone(graphql.GetPath(ctx)), ast.PathIndex(i))
			graphql.AddError(ctx, gqlerror.WrapPath(path, err))
		}
	}
}
