package rest

import (
	"context"
	"errors"
)

// Kind tells what went wrong, as far as a caller must tell failures apart.
type Kind int

// The kinds of failure. The zero value means that nothing is known to have failed upstream.
const (
	None            Kind = iota
	Timeout              // an attempt outlasted its limit, or the caller its deadline
	Unavailable          // no connection, a 5xx, or an open circuit
	BadResponse          // an answer that cannot be read as the document says, or a redirect
	RateLimited          // the upstream's own 429
	QuotaExhausted       // our count of the upstream's quota leaves no call in time
	Rejected             // any other 4xx, an error code inside a 2xx, or a request refused here before it was sent
	Unauthenticated      // 401
	Forbidden            // 403
	NotFound             // 404
	TooLarge             // a body above its cap
	PaginationLoop       // a marker that comes again
	NotConfigured        // the system has no URL
	Canceled             // the caller went away
)

// String returns the name in plain words, as it stands in error texts, metrics and logs.
func (k Kind) String() string {
	switch k {
	case None:
		return "none"
	case Timeout:
		return "timeout"
	case Unavailable:
		return "unavailable"
	case BadResponse:
		return "bad response"
	case RateLimited:
		return "rate limited"
	case QuotaExhausted:
		return "quota exhausted"
	case Rejected:
		return "rejected"
	case Unauthenticated:
		return "unauthenticated"
	case Forbidden:
		return "forbidden"
	case NotFound:
		return "not found"
	case TooLarge:
		return "too large"
	case PaginationLoop:
		return "pagination loop"
	case NotConfigured:
		return "not configured"
	case Canceled:
		return "canceled"
	default:
		return "unknown"
	}
}

// retryable reports whether the same call may succeed later, where nothing more is known than the kind.
func (k Kind) retryable() bool {
	switch k {
	case Timeout, Unavailable, BadResponse, RateLimited, QuotaExhausted, PaginationLoop:
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
