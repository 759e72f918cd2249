package refusal

import (
	"context"
	"maps"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/telemetry"
)

// Limits bounds what an answer reports of its errors, so that a small request cannot have a huge answer.
type Limits struct {
	// Errors is the number of errors reported in an answer that has data.
	Errors int
	// RefusedErrors is the number of errors reported when a request is refused.
	RefusedErrors int
	// MessageChars is the length of a message in characters.
	MessageChars int
}

// DefaultLimits returns the limits of the documentation: 100 errors, 20 for a refused document, 300 characters.
func DefaultLimits() Limits {
	return Limits{Errors: 100, RefusedErrors: 20, MessageChars: 300}
}

// InterceptResponse applies the limits to the answers of every transport; it is for AroundResponses.
func (l Limits) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response != nil {
		l.Apply(ctx, response)
	}
	return response
}

// Apply bounds the errors of a response and gives each the id of its request; extensions.truncatedErrors counts those
// left out, by code. Applying it twice changes nothing more. The errors are copied: one may be in several answers.
func (l Limits) Apply(ctx context.Context, response *graphql.Response) {
	if len(response.Errors) == 0 {
		return
	}
	list := Unbundle(response.Errors)
	most := l.Errors
	if len(response.Data) == 0 {
		most = l.RefusedErrors
	}
	if len(list) > most {
		left := map[string]int{}
		for _, err := range list[most:] {
			left[CodeOf(err)]++
		}
		list = list[:most]
		if response.Extensions == nil {
			response.Extensions = map[string]any{}
		}
		response.Extensions["truncatedErrors"] = left
	}
	requestID := telemetry.RequestID(ctx)
	shown := make(gqlerror.List, len(list))
	for i, err := range list {
		shown[i] = l.show(err, requestID)
	}
	response.Errors = shown
}

// show copies an error with its message shortened and the id of the request added.
func (l Limits) show(err *gqlerror.Error, requestID string) *gqlerror.Error {
	shown := *err
	shown.Message = Clip(err.Message, l.MessageChars)
	shown.Err = nil
	if requestID != "" {
		shown.Extensions = maps.Clone(err.Extensions)
		if shown.Extensions == nil {
			shown.Extensions = map[string]any{}
		}
		shown.Extensions["requestId"] = requestID
	}
	return &shown
}
