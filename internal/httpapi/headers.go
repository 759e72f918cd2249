package httpapi

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/internal/cost"
)

// HeaderCacheControl names who may keep an answer.
const HeaderCacheControl = "Cache-Control"

// VaryHeaders are the headers that change the bytes of an answer: the caller, its tenant, and what it accepts.
const VaryHeaders = "Accept, Authorization, X-Auth-Token, X-HCSO-Domain-Id, " +
	cost.HeaderExplain + ", " + cost.HeaderMaxAge

// setAnswerHeaders sets the media type and who may keep an answer: never a shared cache, and nobody when it has an
// error, since an answer that an upstream's failure made partial must not outlive the failure.
func setAnswerHeaders(header http.Header, response *graphql.Response, mediaType string) {
	header.Set("Content-Type", contentType(mediaType))
	if header.Get("X-Content-Type-Options") == "" {
		header.Set("X-Content-Type-Options", "nosniff")
	}
	header.Add("Vary", VaryHeaders)
	if len(response.Errors) > 0 || header.Get(HeaderCacheControl) == "" {
		header.Set(HeaderCacheControl, neverKept)
	}
}

// contentType is the header of an answer.
func contentType(mediaType string) string { return mediaType + "; charset=utf-8" }

// setRefusalHeaders adds what some statuses must have: the scheme of credentials (401), when to retry (429, 503).
func setRefusalHeaders(header http.Header, status int, response *graphql.Response, challenge string) {
	switch status {
	case http.StatusUnauthorized:
		if header.Get("WWW-Authenticate") == "" {
			header.Set("WWW-Authenticate", cmp.Or(challenge, `Bearer realm="opsgraph"`))
		}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if wait := retryAfter(response); wait > 0 {
			header.Set("Retry-After", strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10))
		}
	}
}

// retryAfter returns the longest wait that the errors of an answer ask for, 0 when none does.
func retryAfter(response *graphql.Response) time.Duration {
	var longest time.Duration
	for _, err := range response.Errors {
		var wait time.Duration
		switch ms := err.Extensions["retryAfterMs"].(type) {
		case int:
			wait = time.Duration(ms) * time.Millisecond
		case int64:
			wait = time.Duration(ms) * time.Millisecond
		}
		longest = max(longest, wait)
	}
	return longest
}
