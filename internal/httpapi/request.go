package httpapi

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/guard"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// The parameters of a GraphQL request, in a body or in a URL.
const (
	keyQuery         = "query"
	keyOperationName = "operationName"
	keyVariables     = "variables"
	keyExtensions    = "extensions"
)

// parameterKeys returns all parameters of a request.
func parameterKeys() []string {
	return []string{keyQuery, keyOperationName, keyVariables, keyExtensions, guard.KeyDocumentID}
}

// checkContentType wants a POST to carry application/json in UTF-8, and a GET nothing or the same: what a browser sends
// without a preflight (forms, text/plain) is never read.
func checkContentType(r *http.Request) *gqlerror.Error {
	values := r.Header.Values("Content-Type")
	if len(values) == 0 && r.Method == http.MethodGet {
		return nil
	}
	if len(values) != 1 {
		return refusal.New(refusal.CodeUnsupportedMediaType,
			"A request needs exactly one Content-Type, %s; %d were sent.", mediaJSON, len(values))
	}
	if values[0] == mediaJSON {
		return nil // as most clients send it
	}
	mediaType, parameters, err := mime.ParseMediaType(values[0])
	if err != nil || mediaType != mediaJSON || strings.HasSuffix(strings.TrimSpace(values[0]), ";") {
		return refusal.New(refusal.CodeUnsupportedMediaType, "The Content-Type must be %s; %s was sent.", mediaJSON,
			refusal.Quoted(values[0]))
	}
	if charset, ok := parameters["charset"]; ok && !isUTF8(charset) {
		return refusal.New(refusal.CodeUnsupportedMediaType, "The charset must be utf-8; %s was sent.",
			refusal.Quoted(charset))
	}
	return nil
}

// parseBody reads the parameters of a request from the body of a POST.
func parseBody(body []byte, jsonDepth int) (*graphql.RawParams, *gqlerror.Error) {
	if len(body) == 0 {
		return nil, refusal.New(refusal.CodeBadRequest, "The body is empty; it must be a JSON object with a query.")
	}
	value, err := DecodeJSON(body, jsonDepth)
	if err != nil {
		return nil, refusal.New(refusal.CodeBadRequest, "The body %s.", err)
	}
	if _, ok := value.([]any); ok {
		return nil, refusal.New(refusal.CodeBatchingDisabled,
			"A list of requests is not answered; send each request on its own.")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, refusal.New(refusal.CodeBadRequest, "The body must be a JSON object.")
	}
	return Parameters(object)
}

// parseURL reads the parameters of a request from the URL of a GET.
func parseURL(raw string, jsonDepth int) (*graphql.RawParams, *gqlerror.Error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, refusal.New(refusal.CodeBadRequest, "The query string of the URL is malformed.")
	}
	object := map[string]any{}
	for _, key := range parameterKeys() {
		given := values[key]
		if len(given) > 1 {
			return nil, refusal.New(refusal.CodeBadRequest, "The URL has the parameter %s %d times.", key, len(given))
		}
		if len(given) == 0 || given[0] == "" {
			continue
		}
		if key == keyQuery || key == keyOperationName || key == guard.KeyDocumentID {
			if !utf8.ValidString(given[0]) {
				return nil, refusal.New(refusal.CodeBadRequest, "The parameter %s of the URL is not UTF-8.", key)
			}
			object[key] = given[0]
			continue
		}
		value, err := DecodeJSON([]byte(given[0]), jsonDepth)
		if err != nil {
			return nil, refusal.New(refusal.CodeBadRequest, "The parameter %s of the URL %s.", key, err)
		}
		object[key] = value
	}
	return Parameters(object)
}

// Parameters checks the shape of a request and takes its parameters. Further keys are ignored, as the draft demands,
// but known keys in other letters are refused: half of all servers would read those.
func Parameters(object map[string]any) (*graphql.RawParams, *gqlerror.Error) {
	keys := parameterKeys()
	for key := range object {
		isKnown := func(known string) bool { return strings.EqualFold(key, known) }
		if !slices.Contains(keys, key) && slices.ContainsFunc(keys, isKnown) {
			return nil, refusal.New(refusal.CodeBadRequest,
				"The key %s must be written exactly as in the specification.", refusal.Quoted(key))
		}
	}
	params := &graphql.RawParams{}
	var ok bool
	for _, text := range []struct {
		key  string
		into *string
	}{{keyQuery, &params.Query}, {keyOperationName, &params.OperationName}} {
		if value := object[text.key]; value != nil {
			if *text.into, ok = value.(string); !ok {
				return nil, refusal.New(refusal.CodeBadRequest, "The parameter %s must be a string.", text.key)
			}
		}
	}
	for _, set := range []struct {
		key  string
		into *map[string]any
	}{{keyVariables, &params.Variables}, {keyExtensions, &params.Extensions}} {
		if value := object[set.key]; value != nil {
			if *set.into, ok = value.(map[string]any); !ok {
				return nil, refusal.New(refusal.CodeBadRequest, "The parameter %s must be an object.", set.key)
			}
		}
	}
	if id := object[guard.KeyDocumentID]; id != nil {
		if params.Extensions == nil {
			params.Extensions = map[string]any{}
		}
		params.Extensions[guard.KeyDocumentID] = id
	}
	if params.Query == "" && params.Extensions[guard.ExtensionPersisted] == nil &&
		params.Extensions[guard.KeyDocumentID] == nil {
		return nil, refusal.New(refusal.CodeBadRequest, "The parameter query is missing or empty.")
	}
	return params, nil
}
