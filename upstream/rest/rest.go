// Package rest is the one path by which a request leaves the gateway. An upstream client describes an operation in an
// [Endpoint], and [Call], [Pages], [All] and [Marked] send it through one chain of policies: retry, credentials,
// breaker, quota, bulkhead, time limit, wire (transport.go lists them).
//
// It knows nothing of any system's fields, keeps no data, and imports only packages of its own: quota, tokens and
// metrics are small interfaces in standard types, wired from above.
package rest

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Spec describes an operation.
type Spec struct {
	// System is the short name of the upstream system: "esm", "gaussdb", "workspace", "bss", "iam".
	System string
	// Operation is the operationId of the document.
	Operation string
	// Method is the HTTP method.
	Method string
	// Path is the template of the path, with its values in braces: "/meter/v1/{domain_id}/query-jobs".
	Path string
	// Quota is the group whose quota a call uses: "esm-minute", "esm-second"; empty means none. A group whose name
	// ends in "-minute" is scarce: fewer attempts, and a breaker that counts failures in a row.
	Quota string
	// Reads means that the operation only reads, whatever its method, and so may be retried (QUIRKS 77, 78).
	Reads bool
	// Repeatable means that a command may be given twice without harm. This package never repeats it, but its failures are
	// retryable, even when it may have run.
	Repeatable bool
	// MayBeEmpty means that an answer without a body, or null, is the empty answer of the document, as a 204 is.
	MayBeEmpty bool
	// Timeout is the least time of an attempt, for an operation that is slower than others. That of the client holds when
	// it is longer.
	Timeout time.Duration
	// Unauthenticated means that no credentials are sent (createToken, getScreenData).
	Unauthenticated bool
	// OfAccount means that the credentials are those of the account, not of a project.
	OfAccount bool
	// MaxBytes bounds the body after decompression, as that of the client does; the lesser holds. Zero means no own bound.
	// A streamed body, which is not held, is bounded by this one alone.
	MaxBytes int64
}

const (
	defaultTimeout  = 1500 * time.Millisecond
	defaultMaxBytes = 32 << 20
)

// scarce reports whether a call uses a quota so small that a wasted attempt matters.
func (s Spec) scarce() bool { return strings.HasSuffix(s.Quota, "-minute") }

// Fail returns an error of the operation, for errors that only its client can find in a decoded answer. A command was
// sent then, and may have run.
func (s Spec) Fail(kind Kind, err error) *Error { return s.failed(kind, evidence{sent: true}, err) }

// Endpoint is an operation with the type of its decoded body.
type Endpoint[T any] struct{ Spec }

// Request is the variable part of a call.
type Request struct {
	// Path has the values of the template's names. Each must match ^[A-Za-z0-9_.:=+-]{1,255}$ and be neither "." nor
	// "..", so that a value can never become another path.
	Path map[string]string
	// Query is the query string; nil means none.
	Query url.Values
	// Header may hold X-Language and X-Request-Id; any other header is refused without a call.
	Header http.Header
	// Body is sent as JSON; nil means none.
	Body any
}

// Response is an answer of class 2xx.
type Response[T any] struct {
	// Body is the decoded body; the zero value for a 204, which has none, and for an empty answer ([Spec]).
	Body T
	// Notice is what the upstream says beside the data.
	Notice Notice
	// Status is the HTTP status.
	Status int
	// Header is the header as received. It may hold secrets: never log it.
	Header http.Header
	// ReceivedAt is when the last byte was received, by the clock of the client.
	ReceivedAt time.Time
	// Attempts is the number of requests sent, this one included.
	Attempts int
	// Bytes is the size of the body after decompression.
	Bytes int64
}

// Call sends one request and decodes its answer. Every error is an [*Error].
func Call[T any](ctx context.Context, c *Client, e Endpoint[T], r Request) (Response[T], error) {
	return call(ctx, c, e, r, func(data []byte, body *T) error { return decodeBody(data, body) })
}

// call is [Call] with a decoder of its own, which gets a zero body.
func call[T any](
	ctx context.Context, c *Client, e Endpoint[T], r Request, read func(data []byte, body *T) error,
) (Response[T], error) {
	var body T
	o, err := c.prepare(ctx, e.Spec, r)
	if err != nil {
		return Response[T]{}, err
	}
	o.decoded = &body
	o.decode = func(data []byte) error {
		body = *new(T)
		return read(data, &body)
	}
	answer, err := c.send(ctx, o)
	if err != nil {
		return Response[T]{}, o.failure(err)
	}
	if err := c.keep(ctx, o.spec, o.received); err != nil {
		return Response[T]{}, err
	}
	return Response[T]{
		Body: body, Status: answer.status, Header: answer.header, ReceivedAt: answer.receivedAt, Attempts: o.sent,
		Bytes: o.received, Notice: o.notice,
	}, nil
}
