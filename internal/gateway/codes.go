package gateway

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Values of errors[].extensions.code that the HTTP side raises. The list is closed; fields raise further ones.
const (
	CodeBadRequest            = "BAD_REQUEST"
	CodeParseFailed           = "GRAPHQL_PARSE_FAILED"
	CodeValidationFailed      = "GRAPHQL_VALIDATION_FAILED"
	CodeUnknownOperation      = "GRAPHQL_UNKNOWN_OPERATION_NAME"
	CodeBadUserInput          = "BAD_USER_INPUT"
	CodeDocumentTooLarge      = "DOCUMENT_TOO_LARGE"
	CodeMaxTokens             = "MAX_TOKENS_LIMIT"
	CodeMaxDepth              = "MAX_DEPTH_LIMIT"
	CodeMaxAliases            = "MAX_ALIASES_LIMIT"
	CodeMaxRootFields         = "MAX_ROOT_FIELDS_LIMIT"
	CodeMaxDirectives         = "MAX_DIRECTIVES_LIMIT"
	CodeMaxFields             = "MAX_FIELDS_LIMIT"
	CodeMaxFragments          = "MAX_FRAGMENTS_LIMIT"
	CodeMaxOperations         = "MAX_OPERATIONS_LIMIT"
	CodeMaxVariables          = "MAX_VARIABLES_LIMIT"
	CodePayloadTooLarge       = "PAYLOAD_TOO_LARGE"
	CodeURITooLong            = "URI_TOO_LONG"
	CodeMethodNotAllowed      = "METHOD_NOT_ALLOWED"
	CodeNotAcceptable         = "NOT_ACCEPTABLE"
	CodeUnsupportedMediaType  = "UNSUPPORTED_MEDIA_TYPE"
	CodeCSRFBlocked           = "CSRF_BLOCKED"
	CodeBatchingDisabled      = "BATCHING_DISABLED"
	CodePersistedNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED"
	CodePersistedNotFound     = "PERSISTED_QUERY_NOT_FOUND"
	CodePersistedMismatch     = "PERSISTED_QUERY_HASH_MISMATCH"
	CodePersistedRequired     = "PERSISTED_QUERY_REQUIRED"
	CodeIntrospectionDisabled = "INTROSPECTION_DISABLED"
	CodeRequestTimeout        = "REQUEST_TIMEOUT"
	CodeInternal              = "INTERNAL_SERVER_ERROR"
)

// statusOf returns the HTTP status of an answer in the given media type. An answer that has data, be it null, is 200: the
// request was carried out. One without data is told by its first error.
func statusOf(response *graphql.Response, mediaType string) int {
	if len(response.Data) > 0 {
		return http.StatusOK
	}
	code := ""
	if len(response.Errors) > 0 {
		code = codeOf(response.Errors[0])
	}
	if isRequestRefused(code) {
		if mediaType == mediaJSON {
			return http.StatusOK
		}
		return http.StatusBadRequest
	}
	return statusOfCode(code)
}

// isRequestRefused tells the codes of well-formed requests that are refused before anything runs: 400, but 200 for a client
// that accepts application/json only, as the GraphQL-over-HTTP draft asks.
func isRequestRefused(code string) bool {
	switch code {
	case CodeParseFailed, CodeValidationFailed, CodeUnknownOperation, CodeBadUserInput,
		CodeDocumentTooLarge, CodeMaxTokens, CodeMaxDepth, CodeMaxAliases, CodeMaxRootFields, CodeMaxDirectives,
		CodeMaxFields, CodeMaxFragments, CodeMaxOperations, CodeMaxVariables,
		"COST_TOO_HIGH", "QUOTA_COST_TOO_HIGH", CodeIntrospectionDisabled, CodePersistedNotSupported,
		CodePersistedNotFound, CodePersistedMismatch, CodePersistedRequired:
		return true
	}
	return false
}

// statusOfCode returns the status of a code that has the same one in every media type; 500 for a code that is not known.
func statusOfCode(code string) int {
	switch code {
	case CodeBadRequest, CodeCSRFBlocked, CodeBatchingDisabled:
		return http.StatusBadRequest
	case CodePayloadTooLarge:
		return http.StatusRequestEntityTooLarge
	case CodeURITooLong:
		return http.StatusRequestURITooLong
	case CodeMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case CodeNotAcceptable:
		return http.StatusNotAcceptable
	case CodeUnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case "BATCH_LIMIT_EXCEEDED":
		return http.StatusUnprocessableEntity
	case "UNAUTHENTICATED":
		return http.StatusUnauthorized
	case "FORBIDDEN":
		return http.StatusForbidden
	case "RATE_LIMITED":
		return http.StatusTooManyRequests
	case "OVERLOADED", "UPSTREAM_QUOTA_EXHAUSTED", "UPSTREAM_RATE_LIMITED", "UPSTREAM_UNAVAILABLE":
		return http.StatusServiceUnavailable
	case "UPSTREAM_TIMEOUT", CodeRequestTimeout:
		return http.StatusGatewayTimeout
	case "UPSTREAM_BAD_RESPONSE", "UPSTREAM_PAGINATION_LOOP", "UPSTREAM_TOO_LARGE", "UPSTREAM_REJECTED":
		return http.StatusBadGateway
	}
	return http.StatusInternalServerError
}

// codeOf returns the code of an error, empty when it has none.
func codeOf(err *gqlerror.Error) string {
	code, _ := err.Extensions["code"].(string)
	return code
}
