package refusal

import "github.com/vektah/gqlparser/v2/gqlerror"

// Values of errors[].extensions.code that the HTTP side uses. The list is closed; fields have further ones.
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
	CodeNotFound              = "NOT_FOUND"
	CodeBodyTimeout           = "BODY_TIMEOUT"
	CodeRequestTimeout        = "REQUEST_TIMEOUT"
	CodeInternal              = "INTERNAL_SERVER_ERROR"
	CodeUnauthenticated       = "UNAUTHENTICATED"
	CodeForbidden             = "FORBIDDEN"
	CodeRateLimited           = "RATE_LIMITED"
	CodeOverloaded            = "OVERLOADED"
	CodeUpstreamUnavailable   = "UPSTREAM_UNAVAILABLE"
	CodeClientClosed          = "CLIENT_CLOSED"
	CodeCostTooHigh           = "COST_TOO_HIGH"
	CodeQuotaCostTooHigh      = "QUOTA_COST_TOO_HIGH"
)

// CodeOf returns the code of an error, empty when it has none.
func CodeOf(err *gqlerror.Error) string {
	code, _ := err.Extensions["code"].(string)
	return code
}
