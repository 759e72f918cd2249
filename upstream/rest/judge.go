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

	"github.com/opsgraph/opsgraph/upstream/rest/dial"
	"github.com/opsgraph/opsgraph/upstream/rest/words"
)

// judge turns an answer into a decoded reply or into an error, by its status first.
func (c *Client) judge(ctx context.Context, o *outgoing, response *http.Response) (*reply, error) {
	if response.StatusCode/100 != 2 {
		return nil, c.refusal(ctx, o, response)
	}
	if o.consume != nil {
		return c.hand(ctx, o, response)
	}
	data, err := c.body(ctx, o, response)
	defer o.room.shrink(0)
	if err != nil {
		return nil, err
	}
	answer := &reply{status: response.StatusCode, header: response.Header, receivedAt: c.now()}
	if response.StatusCode == http.StatusNoContent || o.spec.MayBeEmpty && blank(data) {
		return answer, nil
	}
	if said, ok := errorInside(data); ok && !c.accepts(said.Code) {
		return nil, c.upstreamError(o, Rejected, said, response)
	}
	o.notice = c.noticeInside(o, data)
	if err := o.decode(data); err != nil {
		failure := o.fail(BadResponse, err.Error(), err)
		failure.Code, failure.Message = o.notice.Code, o.notice.Message
		return nil, failure
	}
	return answer, nil
}

// body reads the body of a success, in the room of the client where it is not small.
func (c *Client) body(ctx context.Context, o *outgoing, response *http.Response) ([]byte, error) {
	limit := min(cmp.Or(o.spec.MaxBytes, c.maxBytes), c.maxBytes)
	if response.ContentLength > limit {
		return nil, o.fail(TooLarge, "", nil)
	}
	var buffer bytes.Buffer
	var err error
	more := response.ContentLength > smallBody // it gets its memory in one piece
	if !more {
		buffer.Grow(max(int(response.ContentLength), 0) + bytes.MinRead)
		more, err = readInto(&buffer, response.Body, min(limit, smallBody))
	}
	if more && limit > smallBody {
		if o.room, err = c.enter(ctx, o, response, limit); err != nil {
			return nil, err
		}
		buffer.Grow(max(int(response.ContentLength)-buffer.Len(), 0) + bytes.MinRead)
		more, err = readInto(&buffer, response.Body, limit)
	}
	o.received = int64(buffer.Len())
	switch {
	case more:
		return nil, o.fail(TooLarge, "", nil)
	case err != nil:
		return nil, o.unread(ctx, err)
	}
	o.room.shrink(o.received)
	return buffer.Bytes(), nil
}

// accepts reports whether an error code inside a 2xx means success.
func (c *Client) accepts(code string) bool {
	return c.successCode != nil && c.successCode(code)
}

// refusal returns the error of an answer that is not a 2xx.
func (c *Client) refusal(ctx context.Context, o *outgoing, response *http.Response) error {
	kind, reason := kindOfStatus(response.StatusCode)
	data, err := readBody(response, maxErrorBytes)
	if err != nil && ctx.Err() != nil {
		return o.broken(ctx, err)
	}
	said := words.OfBody(data)
	o.seen.refused = refusedBy(response, said)
	if c.base.Scheme == "http" && dial.WantsTLS(response.StatusCode, data) {
		failure := o.fail(Unavailable, "plain HTTP to a port that wants TLS", ErrScheme)
		failure.Retryable = false
		return failure
	}
	failure := c.upstreamError(o, kind, said, response)
	failure.reason = reason
	c.later(failure, c.retryAfter.of(response.StatusCode, response.Header, c.now()))
	if response.StatusCode == http.StatusNotImplemented || reason != "" {
		failure.Retryable = false
	}
	return failure
}

// refusedBy reports whether an answer shows that the request was not carried out: a 4xx but a time-out, or a 503 of the
// upstream itself. A proxy in between that answers 503 may have passed the request on.
func refusedBy(response *http.Response, said words.Error) bool {
	switch status := response.StatusCode; status {
	case http.StatusRequestTimeout:
		return false
	case http.StatusServiceUnavailable:
		return response.Header.Get("Retry-After") != "" || said.Code != "" || said.Message != ""
	default:
		return status/100 == 4
	}
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
	case status == http.StatusRequestTimeout:
		return Timeout, ""
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
func (c *Client) upstreamError(o *outgoing, kind Kind, said words.Error, response *http.Response) *Error {
	if said.TokenEnded() {
		kind = Unauthenticated
	}
	login := kind == Unauthenticated || kind == Forbidden
	if login && o.spec.Unauthenticated { // no credentials were sent that could be renewed or lack a right
		kind, login = Rejected, false
	}
	failure := o.fail(kind, "", nil)
	if said.RequestID == "" {
		said.RequestID = words.Plain(response.Header.Get("X-Request-Id"))
	}
	secrets := o.secrets()
	failure.Code = words.Clean(said.Code, secrets)
	failure.Message = words.Clean(said.Message, secrets)
	failure.RequestID = words.Clean(said.RequestID, secrets)
	failure.GatewayCredentials = login && o.identity.Token == ""
	return failure
}

// unread returns the error of an incomplete body, which must never pass as a short list.
func (o *outgoing) unread(ctx context.Context, err error) *Error {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	cut := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
	packed := corrupt || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum)
	if ctx.Err() == nil && (cut || packed) {
		return o.fail(BadResponse, "body is not whole", err)
	}
	return o.broken(ctx, err)
}

// errorInside looks for an error code at the top of a 2xx body, in any of the forms of an error (QUIRKS 84, 85).
func errorInside(data []byte) (words.Error, bool) {
	if !bytes.Contains(data, []byte(`"error_code"`)) && !bytes.Contains(data, []byte(`"error"`)) {
		return words.Error{}, false
	}
	said := words.OfBody(data)
	return said, said.Code != ""
}
