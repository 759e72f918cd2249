package cost

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

const (
	// HeaderMaxAge names the oldest data acceptable, in seconds.
	HeaderMaxAge = "X-Opsgraph-Max-Age"
	// HeaderExplain asks for the extensions explain and cost.
	HeaderExplain = "X-Opsgraph-Explain"
	// mostMaxAge is the longest age that a request may name, in seconds: a week.
	mostMaxAge = 7 * 24 * 60 * 60
)

// Request is what the headers of a request ask for.
type Request struct {
	// MaxAge is the oldest data acceptable; 0 sets no bound.
	MaxAge time.Duration
	// Explain asks for the calls that were made, Plan for those that would be, and no more.
	Explain, Plan bool
}

type requestKey struct{}

// WithRequest returns a context whose operations have these options.
func WithRequest(ctx context.Context, options Request) context.Context {
	return context.WithValue(ctx, requestKey{}, options)
}

// RequestOf returns the options of the request that a context belongs to.
func RequestOf(ctx context.Context) Request {
	options, _ := ctx.Value(requestKey{}).(Request)
	return options
}

// ReadRequest reads the headers of a request.
func ReadRequest(r *http.Request) (Request, *gqlerror.Error) {
	var options Request
	if text := r.Header.Get(HeaderMaxAge); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 0 || seconds > mostMaxAge {
			return options, refusal.New(refusal.CodeBadRequest,
				"The header %s is a whole number of seconds, 0 to %d; %q was given.", HeaderMaxAge, mostMaxAge, text)
		}
		options.MaxAge = max(time.Duration(seconds)*time.Second, time.Nanosecond)
	}
	var refused *gqlerror.Error
	options.Explain, options.Plan, refused = wantsExplanation(r)
	return options, refused
}

// wantsExplanation reads the header that asks for the calls that were made or, without any, for those that would be.
func wantsExplanation(r *http.Request) (explain, plan bool, refused *gqlerror.Error) {
	for _, value := range r.Header.Values(HeaderExplain) {
		switch value {
		case "1":
			explain = true
		case "plan":
			plan = true
		default:
			return false, false, refusal.New(refusal.CodeBadRequest,
				"The header %s takes 1, which explains the calls that were made, or plan, "+
					"which tells those that would be; %s was given.",
				HeaderExplain, refusal.Quoted(value))
		}
	}
	if explain && plan {
		return false, false, refusal.New(
			refusal.CodeBadRequest, "The header %s takes 1 or plan, not both.", HeaderExplain)
	}
	return explain, plan, nil
}
