package gateway

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	// headerMaxAge names the oldest data acceptable, in seconds.
	headerMaxAge = "X-Opsgraph-Max-Age"
	// headerExplain asks for the extensions explain and cost.
	headerExplain = "X-Opsgraph-Explain"
	// mostMaxAge is the longest age that a request may name, in seconds: a week.
	mostMaxAge = 7 * 24 * 60 * 60
)

// requestOptions are what the headers of a request ask for.
type requestOptions struct {
	// maxAge is the oldest data acceptable; 0 sets no bound.
	maxAge time.Duration
	// explain asks for the calls that were made, plan for those that would be, and no more.
	explain, plan bool
}

type requestOptionsKey struct{}

// withRequestOptions returns a context whose operations go by the options.
func withRequestOptions(ctx context.Context, options requestOptions) context.Context {
	return context.WithValue(ctx, requestOptionsKey{}, options)
}

// requestOptionsOf returns the options of the request that a context belongs to.
func requestOptionsOf(ctx context.Context) requestOptions {
	options, _ := ctx.Value(requestOptionsKey{}).(requestOptions)
	return options
}

// readRequestOptions reads the headers of a request.
func readRequestOptions(r *http.Request) (requestOptions, *gqlerror.Error) {
	var options requestOptions
	if text := r.Header.Get(headerMaxAge); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 0 || seconds > mostMaxAge {
			return options, refuse(CodeBadRequest, "The header %s is a whole number of seconds, 0 to %d; %q was given.",
				headerMaxAge, mostMaxAge, text)
		}
		options.maxAge = max(time.Duration(seconds)*time.Second, time.Nanosecond)
	}
	var refusal *gqlerror.Error
	options.explain, options.plan, refusal = wantsExplanation(r)
	return options, refusal
}

// wantsExplanation reads the header that asks for the calls that were made or, without executing anything, for those that would be.
func wantsExplanation(r *http.Request) (explain, plan bool, refusal *gqlerror.Error) {
	for _, value := range r.Header.Values(headerExplain) {
		switch value {
		case "1":
			explain = true
		case "plan":
			plan = true
		default:
			return false, false, refuse(CodeBadRequest,
				"The header %s takes 1, which explains the calls that were made, or plan, which tells those that would be; %s was given.",
				headerExplain, quoted(value))
		}
	}
	if explain && plan {
		return false, false, refuse(CodeBadRequest, "The header %s takes 1 or plan, not both.", headerExplain)
	}
	return explain, plan, nil
}
