package rest

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// File is an answer that is handed on as it arrives.
type File struct {
	// MediaType is that of the answer without parameters; empty where it has none that can be read.
	MediaType string
	// Name is the file name of Content-Disposition, as sent; empty where it has none.
	Name string
	// Length is the size in bytes; -1 means unknown.
	Length int64
	// Body ends with an error where the answer is cut or longer than the operation's MaxBytes.
	Body io.Reader
}

var (
	errJSONFile = errors.New("json where a file belongs")
	errNoFile   = errors.New("status without a file")
)

// Stream sends one request and hands a 200's body to consume while it arrives; nothing is kept. It passes the same
// policies as [Call]. The client's time limit bounds the wait for the head, the operation's Timeout all of it, and its
// MaxBytes the body. Once consume was called the call is not repeated; an error of consume ends it as [Canceled]. Every
// error is an [*Error].
func Stream(ctx context.Context, c *Client, spec Spec, r Request, consume func(File) error) error {
	o, err := c.prepare(ctx, spec, r)
	if err != nil {
		return err
	}
	o.consume = consume
	if _, err := c.send(ctx, o); err != nil {
		return o.failure(err)
	}
	return nil
}

// untilHead bounds the wait for the head of a streamed answer, whose body may take longer.
func (c *Client) untilHead(ctx context.Context, o *outgoing) (bounded context.Context, arrived func()) {
	if o.consume == nil {
		return ctx, func() {}
	}
	bounded, cancel := context.WithCancelCause(ctx) // ends with ctx, which ends with the attempt
	timer := time.AfterFunc(c.timeout, func() { cancel(context.DeadlineExceeded) })
	return bounded, func() { timer.Stop() }
}

// hand passes a body to the consumer of a streamed call.
func (c *Client) hand(ctx context.Context, o *outgoing, response *http.Response) (*reply, error) {
	mediaType, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch {
	case response.StatusCode != http.StatusOK:
		return nil, o.fail(BadResponse, errNoFile.Error(), errNoFile)
	case err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")):
		return nil, c.jsonFile(o, response)
	case response.ContentLength > o.spec.MaxBytes:
		return nil, o.fail(TooLarge, "", nil)
	}
	body := &boundedBody{reader: response.Body, left: o.spec.MaxBytes}
	err = o.consume(File{
		MediaType: mediaType, Name: fileName(response.Header), Length: response.ContentLength, Body: body,
	})
	o.received = o.spec.MaxBytes - body.left
	var failure *Error
	switch {
	case body.more:
		failure = o.fail(TooLarge, "", nil)
	case body.err != nil:
		failure = o.unread(ctx, body.err)
	case err != nil:
		failure = o.fail(Canceled, "", err)
	default:
		return &reply{status: response.StatusCode, header: response.Header, receivedAt: c.now()}, nil
	}
	failure.Retryable = false // a part of it was handed on
	return nil, failure
}

// jsonFile is the error of a 200 that has JSON in place of a file: the upstream's own error where it names one.
func (c *Client) jsonFile(o *outgoing, response *http.Response) error {
	data, _, err := readBody(response, maxErrorBytes)
	if said, ok := errorInside(data); ok && err == nil && !c.accepts(said.Code) {
		return c.upstreamError(o, Rejected, said, response)
	}
	return o.fail(BadResponse, errJSONFile.Error(), errJSONFile)
}

// fileName is the name in Content-Disposition.
func fileName(header http.Header) string {
	_, parameters, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return parameters["filename"]
}

// boundedBody reads a body up to a limit, and remembers why it ended before its end.
type boundedBody struct {
	reader io.Reader
	left   int64
	more   bool
	err    error // of reading; nil for the end
}

// errBodyTooLong ends the reading of a body above its limit.
var errBodyTooLong = errors.New("body is longer than its limit")

// Read implements io.Reader. A byte beyond the limit is an error, so that a cut file never passes as whole.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.more {
		return 0, errBodyTooLong
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.reader.Read(p)
	if int64(n) > b.left {
		b.more, n = true, int(b.left)
		b.left = 0
		return n, errBodyTooLong
	}
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}
