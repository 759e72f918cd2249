package rest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"
)

// maxErrorBytes is what is read of a body that is not data. A longer one costs the connection.
const maxErrorBytes = 64 << 10

// noReplay is an empty body that http.Transport cannot rewind. Without it the transport would on its own send a GET
// again when a kept connection breaks, and some GETs are commands (QUIRKS 78).
type noReplay struct{ io.Reader }

// Close does nothing: there is nothing to release.
func (noReplay) Close() error { return nil }

// wire sends one request, reads its answer whole and judges it. It follows no redirect.
func (c *Client) wire(ctx context.Context, o *outgoing) (*reply, error) {
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	request, err := c.request(httptrace.WithClientTrace(ctx, trace), o)
	if err != nil {
		return nil, o.fail(Rejected, "request cannot be written", err)
	}
	began := time.Now()
	defer func() {
		o.took = time.Since(began)
		if c.closed.Load() {
			c.transport.CloseIdleConnections()
		}
	}()
	response, err := c.transport.RoundTrip(request)
	if connected {
		o.sent++
	}
	if err != nil {
		return nil, o.broken(ctx, err)
	}
	defer response.Body.Close()
	o.status = response.StatusCode
	return c.judge(ctx, o, response)
}

// request builds what goes out. The header is made anew for each try: its credentials may have changed.
func (c *Client) request(ctx context.Context, o *outgoing) (*http.Request, error) {
	var body io.Reader
	switch {
	case o.body != nil:
		body = bytes.NewReader(o.body)
	case !o.spec.Reads && o.spec.Method == http.MethodGet:
		body = noReplay{bytes.NewReader(nil)}
	}
	request, err := http.NewRequestWithContext(ctx, o.spec.Method, o.url.String(), body)
	if err != nil {
		return nil, err
	}
	request.Header = o.header.Clone()
	c.credentials(o, request.Header)
	return request, nil
}

// readBody reads a body up to a limit, and tells whether there was more.
func readBody(response *http.Response, limit int64) (data []byte, more bool, err error) {
	if response.ContentLength > limit {
		return nil, true, nil
	}
	var buffer bytes.Buffer
	if response.ContentLength > 0 {
		buffer.Grow(int(response.ContentLength) + bytes.MinRead)
	}
	_, err = buffer.ReadFrom(io.LimitReader(response.Body, limit+1))
	if int64(buffer.Len()) > limit {
		return nil, true, nil
	}
	return buffer.Bytes(), false, err
}
