package rest

import "time"

// retryJitter spreads clients that were refused at the same moment, as a share of the wait.
const retryJitter = 0.2

// evidence is what is known of a failed attempt.
type evidence struct {
	sent    bool // a request went out, or may have
	refused bool // the answer says that the upstream did not take the request
}

// mayHaveRun reports whether a command that failed may have been carried out all the same. It alone decides whether the
// failure is retryable and whether the idempotency key of the command is free again. What was not sent did not run, and
// neither did what the upstream refused: by a 4xx, an error code of its own, a 429, or a 503 that says when to come
// again. Any other 5xx, a redirect, and an answer that is late, cut or not readable leave it open.
func (s Spec) mayHaveRun(kind Kind, seen evidence) bool {
	if s.Reads || s.Repeatable || !seen.sent || seen.refused {
		return false
	}
	switch kind {
	case Timeout, Unavailable, BadResponse, TooLarge, PaginationLoop, Canceled, Overloaded:
		return true
	default:
		return false
	}
}

// failed returns an error of the operation.
func (s Spec) failed(kind Kind, seen evidence, cause error) *Error {
	mayHaveRun := s.mayHaveRun(kind, seen)
	return &Error{
		System: s.System, Operation: s.Operation, Kind: kind, Err: cause,
		MayHaveRun: mayHaveRun, Retryable: kind.retryable() && !mayHaveRun,
	}
}

// later notes how long to wait before the next attempt.
func (c *Client) later(failure *Error, wait time.Duration) {
	if wait <= 0 {
		return
	}
	failure.RetryAfter = wait
	failure.RetryAt = c.now().Add(wait + spread(wait, c.rand))
}

// spread is how much later than a wait a client should ask again.
func spread(wait time.Duration, random func() float64) time.Duration {
	return time.Duration(retryJitter * random() * float64(wait))
}
