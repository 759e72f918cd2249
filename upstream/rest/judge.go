package rest

import (
	"bytes"
	"cmp"
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
	limit := min(cmp.Or(o.spec.MaxBytes, c.maxBytes), c.maxBytes)
	data, more, err := readBody(response, limit)
	o.received = int64(len(data))
	switch {
	case more:
		return nil, o.fail(TooLarge, "", nil)
	case err != nil:
		return nil, o.unread(ctx, err)
	}
	answer := &reply{status: response.StatusCode, header: response.Header, receivedAt: c.now()}
	if response.StatusCode == http.StatusNoContent || o.spec.MayBeEmpty && blank(data) {
		return answer, nil
	}
	if words, ok := errorInside(data); ok && !c.accepts(words.code) {
		return nil, c.upstreamError(o, Rejected, words, response)
	}
	o.notice = c.noticeInside(o, data)
	if err := o.decode(data); err != nil {
		failure := o.fail(BadResponse, err.Error(), err)
		failure.Code, failure.Message = o.notice.Code, o.notice.Message
		return nil, failure
	}
	return answer, nil
}

// accepts reports whether an error code inside a 2xx means success.
func (c *Client) accepts(code string) bool {
	return c.successCode != nil && c.successCode(code)
}

// refusal returns the error of an answer that is not a 2xx.
func (c *Client) refusal(ctx context.Context, o *outgoing, response *http.Response) error {
	kind, reason := kindOfStatus(response.StatusCode)
	data, _, err := readBody(response, maxErrorBytes)
	if err != nil && ctx.Err() != nil {
		return o.broken(ctx, err)
	}
	failure := c.upstreamError(o, kind, errorBody(data), response)
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

// kindOfStatus judges a status by its class, since undocumented ones occur too (QUIRKS 107).
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

// upstreamError returns an error with the upstream's own code, message and request id.
func (c *Client) upstreamError(o *outgoing, kind Kind, words errorWords, response *http.Response) *Error {
	if words.tokenEnded() {
		kind = Unauthenticated
	}
	login := kind == Unauthenticated || kind == Forbidden
	if login && o.spec.Unauthenticated { // no credentials were sent that could be renewed or lack a right
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

// unread returns the error of an incomplete body, which must never pass as a short list.
func (o *outgoing) unread(ctx context.Context, err error) error {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	cut := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	packed := corrupt || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum)
	if ctx.Err() == nil && (cut || packed) {
		return o.fail(BadResponse, "body is not whole", err)
	}
	return o.broken(ctx, err)
}

// errorInside looks for an error code at the top of a 2xx body, in any of the forms of an error (QUIRKS 84, 85).
func errorInside(data []byte) (errorWords, bool) {
	if !bytes.Contains(data, []byte(`"error_code"`)) && !bytes.Contains(data, []byte(`"error"`)) {
		return errorWords{}, false
	}
	words := errorBody(data)
	return words, words.code != ""
}
