package httpapi

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// statusOf returns the HTTP status of an answer in the given media type. An answer that has data, be it null, is 200:
// the request was carried out. One without data is judged by its first error.
func statusOf(response *graphql.Response, mediaType string) int {
	if len(response.Data) > 0 {
		return http.StatusOK
	}
	code := ""
	if len(response.Errors) > 0 {
		code = refusal.CodeOf(response.Errors[0])
	}
	if isRequestRefused(code) {
		if mediaType == mediaJSON {
			return http.StatusOK
		}
		return http.StatusBadRequest
	}
	return statusOfCode(code)
}

// isRequestRefused recognises the codes of well-formed requests that are refused before they run: 400, but 200 for a
// client that accepts application/json only, as the GraphQL-over-HTTP draft demands.
func isRequestRefused(code string) bool {
	switch code {
	case refusal.CodeParseFailed, refusal.CodeValidationFailed, refusal.CodeUnknownOperation, refusal.CodeBadUserInput,
		refusal.CodeDocumentTooLarge, refusal.CodeMaxTokens, refusal.CodeMaxDepth, refusal.CodeMaxAliases,
		refusal.CodeMaxRootFields, refusal.CodeMaxDirectives, refusal.CodeMaxFields, refusal.CodeMaxFragments,
		refusal.CodeMaxOperations, refusal.CodeMaxVariables, refusal.CodeCostTooHigh, refusal.CodeQuotaCostTooHigh,
		refusal.CodeIntrospectionDisabled, refusal.CodePersistedNotSupported, refusal.CodePersistedNotFound,
		refusal.CodePersistedMismatch, refusal.CodePersistedRequired:
		return true
	}
	return false
}

// statusOfCode returns the status of a code that has the same one in every media type; 500 for an unknown code.
func statusOfCode(code string) int {
	switch code {
	case refusal.CodeBadRequest, refusal.CodeCSRFBlocked, refusal.CodeBatchingDisabled:
		return http.StatusBadRequest
	case refusal.CodeBodyTimeout:
		return http.StatusRequestTimeout
	case refusal.CodePayloadTooLarge:
		return http.StatusRequestEntityTooLarge
	case refusal.CodeURITooLong:
		return http.StatusRequestURITooLong
	case refusal.CodeMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case refusal.CodeNotAcceptable:
		return http.StatusNotAcceptable
	case refusal.CodeUnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case "BATCH_LIMIT_EXCEEDED":
		return http.StatusUnprocessableEntity
	case refusal.CodeUnauthenticated:
		return http.StatusUnauthorized
	case refusal.CodeForbidden:
		return http.StatusForbidden
	case refusal.CodeNotFound:
		return http.StatusNotFound
	case "UPSTREAM_NOT_CONFIGURED":
		return http.StatusNotImplemented
	case refusal.CodeRateLimited:
		return http.StatusTooManyRequests
	case refusal.CodeOverloaded, "UPSTREAM_QUOTA_EXHAUSTED", "UPSTREAM_RATE_LIMITED", refusal.CodeUpstreamUnavailable:
		return http.StatusServiceUnavailable
	case "UPSTREAM_TIMEOUT", refusal.CodeRequestTimeout:
		return http.StatusGatewayTimeout
	case "UPSTREAM_BAD_RESPONSE", "UPSTREAM_PAGINATION_LOOP", "UPSTREAM_TOO_LARGE", "UPSTREAM_REJECTED":
		return http.StatusBadGateway
	}
	return http.StatusInternalServerError
}
