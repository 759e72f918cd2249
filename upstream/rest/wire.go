package rest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// maxErrorBytes bounds the body of an error. A longer one costs the connection.
const maxErrorBytes = 64 << 10

// noReplay is an empty body that http.Transport cannot rewind. Otherwise the transport itself would send a GET again
// when a kept connection breaks, without a token of the quota, and some GETs are commands (QUIRKS 78). Only the retry
// policy repeats a request.
type noReplay struct{ io.Reader }

// Close does nothing: there is nothing to release.
func (noReplay) Close() error { return nil }

// wire sends one request, reads its answer whole and judges it. It follows no redirect.
func (c *Client) wire(ctx context.Context, o *outgoing) (*reply, error) {
	var used connection
	ctx, arrived := c.untilHead(ctx, o)
	request, err := c.request(httptrace.WithClientTrace(ctx, used.trace()), o)
	if err != nil {
		return nil, o.fail(Rejected, "request cannot be written", err)
	}
	o.tried = true
	transport := c.transport.Load()
	began := time.Now()
	defer func() {
		o.took = time.Since(began)
		if c.closed.Load() {
			transport.CloseIdleConnections()
		}
	}()
	response, err := transport.RoundTrip(request)
	arrived()
	if used.got {
		o.sent++
		o.seen.sent = true
	}
	if err != nil {
		failure := o.broken(ctx, err)
		if used.got && ctx.Err() == nil { // the other connections may be broken too
			failure.stale = used.stale()
			transport.CloseIdleConnections()
		}
		return nil, failure
	}
	defer response.Body.Close()
	c.clock.learn(response.Header, c.now())
	o.status = response.StatusCode
	answer, err := c.judge(ctx, o, response)
	if KindOf(err) == BadResponse { // the connection may be at fault: use a new one
		transport.CloseIdleConnections()
	}
	return answer, err
}

// connection records the connection of one request.
type connection struct {
	got, reused bool
	answered    atomic.Bool // by a first byte; the transport's own goroutine sets it
}

func (u *connection) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:              func(info httptrace.GotConnInfo) { u.got, u.reused = true, info.Reused },
		GotFirstResponseByte: func() { u.answered.Store(true) },
	}
}

// stale reports whether a kept connection broke before an answer began: most likely the upstream had closed it while
// idle.
func (u *connection) stale() bool { return u.reused && !u.answered.Load() }

// request builds the HTTP request of an attempt, with a new header: its credentials may have changed.
func (c *Client) request(ctx context.Context, o *outgoing) (*http.Request, error) {
	var body io.Reader
	switch {
	case o.body != nil:
		body = bytes.NewReader(o.body)
	case o.spec.Method == http.MethodGet:
		body = noReplay{bytes.NewReader(nil)}
	}
	request, err := http.NewRequestWithContext(ctx, o.spec.Method, o.url.String(), body)
	if err != nil {
		return nil, err
	}
	if o.spec.Method == http.MethodGet {
		request.GetBody = nil
	}
	request.Header = o.header.Clone()
	c.credentials(o, request.Header)
	return request, nil
}

// readBody reads a body up to a limit; nothing of a longer one.
func readBody(response *http.Response, limit int64) (data []byte, err error) {
	if response.ContentLength > limit {
		return nil, nil
	}
	var buffer bytes.Buffer
	more, err := readInto(&buffer, response.Body, limit)
	if more {
		return nil, nil
	}
	return buffer.Bytes(), err
}

// readInto reads on until the buffer has more than a limit, and reports whether it has.
func readInto(buffer *bytes.Buffer, body io.Reader, limit int64) (more bool, err error) {
	_, err = buffer.ReadFrom(io.LimitReader(body, limit+1-int64(buffer.Len())))
	return int64(buffer.Len()) > limit, err
}
