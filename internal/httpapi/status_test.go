package httpapi_test

import (
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/httpapi"
)

// TestStatusOf goes through the closed list of codes.
func TestStatusOf(t *testing.T) {
	t.Parallel()
	tests := map[string][2]int{ // application/graphql-response+json, application/json
		"BAD_REQUEST": {400, 400}, "GRAPHQL_PARSE_FAILED": {400, 200}, "GRAPHQL_VALIDATION_FAILED": {400, 200},
		"GRAPHQL_UNKNOWN_OPERATION_NAME": {400, 200}, "BAD_USER_INPUT": {400, 200}, "DOCUMENT_TOO_LARGE": {400, 200},
		"MAX_TOKENS_LIMIT": {400, 200}, "MAX_DEPTH_LIMIT": {400, 200}, "MAX_ALIASES_LIMIT": {400, 200},
		"MAX_ROOT_FIELDS_LIMIT": {400, 200}, "MAX_DIRECTIVES_LIMIT": {400, 200}, "MAX_FIELDS_LIMIT": {400, 200},
		"MAX_FRAGMENTS_LIMIT": {400, 200}, "MAX_OPERATIONS_LIMIT": {400, 200}, "MAX_VARIABLES_LIMIT": {400, 200},
		"COST_TOO_HIGH": {400, 200}, "QUOTA_COST_TOO_HIGH": {400, 200}, "PAYLOAD_TOO_LARGE": {413, 413},
		"URI_TOO_LONG":       {414, 414},
		"METHOD_NOT_ALLOWED": {405, 405}, "NOT_ACCEPTABLE": {406, 406}, "UNSUPPORTED_MEDIA_TYPE": {415, 415},
		"CSRF_BLOCKED": {400, 400}, "BATCHING_DISABLED": {400, 400}, "BATCH_LIMIT_EXCEEDED": {422, 422},
		"PERSISTED_QUERY_NOT_FOUND": {400, 200}, "PERSISTED_QUERY_HASH_MISMATCH": {400, 200},
		"PERSISTED_QUERY_NOT_SUPPORTED": {400, 200},
		"PERSISTED_QUERY_REQUIRED":      {400, 200}, "INTROSPECTION_DISABLED": {400, 200}, "UNAUTHENTICATED": {401, 401},
		"FORBIDDEN":    {403, 403},
		"RATE_LIMITED": {429, 429}, "OVERLOADED": {503, 503}, "UPSTREAM_QUOTA_EXHAUSTED": {503, 503},
		"UPSTREAM_RATE_LIMITED": {503, 503},
		"UPSTREAM_TIMEOUT":      {504, 504}, "UPSTREAM_UNAVAILABLE": {503, 503}, "UPSTREAM_BAD_RESPONSE": {502, 502},
		"UPSTREAM_PAGINATION_LOOP": {502, 502}, "UPSTREAM_TOO_LARGE": {502, 502}, "UPSTREAM_REJECTED": {502, 502},
		"REQUEST_TIMEOUT": {504, 504}, "BODY_TIMEOUT": {408, 408}, "NOT_FOUND": {404, 404},
		"INTERNAL_SERVER_ERROR": {500, 500}, "never heard of": {500, 500}, "": {500, 500},
	}
	for code, want := range tests {
		refused := &graphql.Response{Errors: gqlerror.List{{Extensions: map[string]any{"code": code}}}}
		partial := &graphql.Response{Errors: refused.Errors, Data: []byte("null")}
		for i, media := range []string{"application/graphql-response+json", "application/json"} {
			if got := httpapi.StatusOf(refused, media); got != want[i] {
				t.Errorf("%s as %s: %d, want %d", code, media, got, want[i])
			}
			if got := httpapi.StatusOf(partial, media); got != 200 {
				t.Errorf("%s as %s with data: %d, want 200", code, media, got)
			}
		}
	}
}
