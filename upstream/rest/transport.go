package rest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest/dial"
)

// sender does one step of a call and hands it on to the next.
type sender func(ctx context.Context, o *outgoing) (*reply, error)

// chain lists the policies that every call passes, the outermost first.
func (c *Client) chain() sender {
	policies := []func(sender) sender{
		c.retry,        // reads only: Retry-After, jitter, one budget for all calls
		c.authenticate, // token and AppCodes; a 401 renews the gateway's token and repeats once
		c.observe,      // tells metrics, logs and explanations of each try
		c.guard,        // the breaker of the operation
		c.meter,        // one token of the quota a try, the repeat after a 401 included
		c.admit,        // a slot among the requests under way
		c.limitTime,    // bounds the try, its body included
	}
	send := sender(c.wire)
	for _, policy := range slices.Backward(policies) {
		send = policy(send)
	}
	return send
}

// outgoing is one call on its way through the chain. Only the goroutine of the call touches it.
type outgoing struct {
	spec     Spec
	url      *url.URL
	header   http.Header // what the request adds, without credentials
	body     []byte      // nil: none
	decode   func([]byte) error
	decoded  any               // what decode fills, a pointer
	consume  func(File) error  // takes the body of a streamed call in place of decode
	path     map[string]string // the values of the path's template
	number   int64             // among the calls of the client
	identity Identity
	token    string       // the token of this try; empty: none
	shown    *http.Header // the client's own headers of this try; nil: none

	try      int           // tries so far, refused ones included
	sent     int           // requests sent so far
	waited   time.Duration // of this try, on quota and bulkhead
	took     time.Duration // of this try, on the wire
	status   int           // of this try, 0: no answer
	tried    bool          // this try looked for a connection
	seen     evidence      // of this try
	clock    attemptClock  // of this try
	room     *taken        // of this try's body; nil: none
	received int64         // of this try, bytes of the body
	notice   Notice        // of this try
}

// reply is an answer of class 2xx whose body was decoded.
type reply struct {
	status     int
	header     http.Header
	receivedAt time.Time
}

// failure makes an [*Error] of whatever a step returned.
func (o *outgoing) failure(err error) error {
	if failure, ok := errors.AsType[*Error](err); ok {
		return failure
	}
	switch {
	case errors.Is(err, context.Canceled):
		return o.fail(Canceled, "", err)
	case errors.Is(err, context.DeadlineExceeded):
		return o.fail(Timeout, "deadline of the caller", err)
	default:
		return o.fail(Unavailable, "", err)
	}
}

// broken returns the error of a request or body whose connection broke.
func (o *outgoing) broken(ctx context.Context, err error) *Error {
	if ctx.Err() != nil {
		if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			return o.fail(Timeout, "", context.DeadlineExceeded)
		}
		return o.fail(Canceled, "", context.Canceled)
	}
	err = dial.Explained(err)
	reason, mayPass := dial.Reason(err)
	failure := o.fail(Unavailable, reason, err)
	failure.Retryable = failure.Retryable && mayPass
	return failure
}

// fail returns an error of this call.
func (o *outgoing) fail(kind Kind, reason string, cause error) *Error {
	failure := o.spec.failed(kind, o.seen, cause)
	failure.Status, failure.reason = o.status, reason
	return failure
}

// forget begins a new try: what is known of the last one does not count for it.
func (o *outgoing) forget() {
	o.waited, o.took, o.status, o.received, o.tried, o.seen = 0, 0, 0, 0, false, evidence{}
	o.room, o.notice = nil, Notice{}
}
