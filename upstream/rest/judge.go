package rest

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
)

// judge turns an answer into a decoded reply or into an error, by its status first.
func (c *Client) judge(ctx context.Context, o *outgoing, response *http.Response) (*reply, error) {
	if response.StatusCode/100 != 2 {
		return nil, c.refusal(ctx, o, response)
	}
	limit := min(orDefault(o.spec.MaxBytes, c.maxBytes), c.maxBytes)
	data, more, err := readBody(response, limit)
	o.received = int64(len(data))
	switch {
	case more:
		return nil, o.fail(TooLarge, "", nil)
	case err != nil:
		return nil, o.unread(ctx, err)
	}
	answer := &reply{status: response.StatusCode, header: response.Header, receivedAt: c.now()}
	if response.StatusCode == http.StatusNoContent {
		return answer, nil
	}
	if told, ok := errorInside(data); ok && !c.accepts(told.code) {
		return nil, c.told(o, Rejected, told, response)
	}
	if err := o.decode(data); err != nil {
		return nil, o.fail(BadResponse, err.Error(), err)
	}
	return answer, nil
}

// accepts reports whether an error code inside a 2xx means success.
func (c *Client) accepts(code string) bool {
	return c.successCode != nil && c.successCode(code)
}

// refusal makes an error of an answer that is not a 2xx.
func (c *Client) refusal(ctx context.Context, o *outgoing, response *http.Response) error {
	kind, reason := kindOfStatus(response.StatusCode)
	data, _, err := readBody(response, maxErrorBytes)
	if err != nil && ctx.Err() != nil {
		return o.broken(ctx, err)
	}
	failure := c.told(o, kind, errorBody(data), response)
	failure.reason = reason
	failure.RetryAfter = c.retryAfter.of(response.StatusCode, response.Header, c.now())
	switch {
	case response.StatusCode == http.StatusTooManyRequests, response.StatusCode == http.StatusServiceUnavailable:
		failure.Retryable = true // refused, so that a command did not run either
	case response.StatusCode == http.StatusNotImplemented, reason != "":
		failure.Retryable = false
	}
	return failure
}

// kindOfStatus judges a status by its class: what the document does not list comes all the same (QUIRKS 107).
func kindOfStatus(status int) (kind Kind, reason string) {
	switch {
	case status == http.StatusTooManyRequests:
		return RateLimited, ""
	case status == http.StatusUnauthorized:
		return Unauthenticated, ""
	case status == http.StatusForbidden:
		return Forbidden, ""
	case status == http.StatusNotFound:
		return NotFound, ""
	case status/100 == 4:
		return Rejected, ""
	case status/100 == 5:
		return Unavailable, ""
	case status/100 == 3:
		return BadResponse, "redirect not followed"
	default:
		return BadResponse, "status of no class"
	}
}

// told makes an error with the upstream's own words in it.
func (c *Client) told(o *outgoing, kind Kind, words errorWords, response *http.Response) *Error {
	if words.tokenEnded() {
		kind = Unauthenticated
	}
	login := kind == Unauthenticated || kind == Forbidden
	if login && o.spec.Unauthenticated { // nothing was sent that could be renewed, and no caller's right was asked
		kind, login = Rejected, false
	}
	failure := o.fail(kind, "", nil)
	if words.requestID == "" {
		words.requestID = word(response.Header.Get("X-Request-Id"))
	}
	secrets := c.secrets(o)
	failure.Code = clean(words.code, secrets)
	failure.Message = clean(words.message, secrets)
	failure.RequestID = clean(words.requestID, secrets)
	failure.GatewayCredentials = login && o.identity.Token == ""
	return failure
}

// unread makes an error of a body that ended before its end. A body cut short must never pass as a short list.
func (o *outgoing) unread(ctx context.Context, err error) error {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	cut := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	packed := corrupt || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum)
	if ctx.Err() == nil && (cut || packed) {
		return o.fail(BadResponse, "body is not whole", err)
	}
	return o.broken(ctx, err)
}

// errorInside looks for an error code at the top of a 2xx body (QUIRKS 85).
func errorInside(data []byte) (errorWords, bool) {
	if !bytes.Contains(data, []byte(`"error_code"`)) {
		return errorWords{}, false
	}
	words := errorBody(data)
	return words, words.code != ""
}
