package rest

import (
	"context"
	"errors"
)

// Kind is the kind of a failure, as far as callers distinguish them.
type Kind int

// The kinds of failure. The zero value means that nothing is known to have failed upstream.
const (
	None            Kind = iota
	Timeout              // an attempt outlasted its limit, the caller its deadline, or a 408
	Unavailable          // no connection, a 5xx, or an open circuit
	BadResponse          // an answer that cannot be read as the document says, or a redirect
	RateLimited          // the upstream's own 429
	QuotaExhausted       // our count of the upstream's quota leaves no call in time
	Rejected             // any other 4xx, an error code inside a 2xx, or a request that this package refuses to send
	Unauthenticated      // 401
	Forbidden            // 403
	NotFound             // 404
	TooLarge             // a body above its cap
	PaginationLoop       // a marker that comes again
	NotConfigured        // the system has no URL
	Canceled             // the caller went away
	Overloaded           // the answer did not find room among those that are read at once
)

// String returns the name in plain words, as error texts, metrics and logs have it.
func (k Kind) String() string {
	names := [...]string{
		None: "none", Timeout: "timeout", Unavailable: "unavailable", BadResponse: "bad response",
		RateLimited: "rate limited", QuotaExhausted: "quota exhausted", Rejected: "rejected",
		Unauthenticated: "unauthenticated", Forbidden: "forbidden", NotFound: "not found", TooLarge: "too large",
		PaginationLoop: "pagination loop", NotConfigured: "not configured", Canceled: "canceled",
		Overloaded: "overloaded",
	}
	if k < 0 || int(k) >= len(names) {
		return "unknown"
	}
	return names[k]
}

// retryable reports whether the same call may succeed later, as far as the kind alone can say.
func (k Kind) retryable() bool {
	switch k {
	case Timeout, Unavailable, BadResponse, RateLimited, QuotaExhausted, PaginationLoop, Overloaded:
		return true
	default:
		return false
	}
}

// KindOf returns the kind of the first [*Error] in the chain of err. A bare context error is [Timeout] or [Canceled];
// nil and errors of another origin are [None].
func KindOf(err error) Kind {
	if failure, ok := errors.AsType[*Error](err); ok {
		return failure.Kind
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, context.Canceled):
		return Canceled
	default:
		return None
	}
}
