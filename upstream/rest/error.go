package rest

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest/causes"
)

// ErrCircuitOpen is in the chain of an [Unavailable] error when the breaker refused the call and nothing was sent.
var ErrCircuitOpen = errors.New("circuit open")

// ErrPaused is in the chain of a [RateLimited] error when an earlier refusal by the upstream still holds for the quota
// of the call, and nothing was sent.
var ErrPaused = errors.New("calls are paused after a refusal by the upstream")

// ErrScheme is in the chain of the error of a call whose address says http where the port speaks https, or the other
// way round.
var ErrScheme = causes.ErrScheme

// ErrUntrusted is in the chain of the error of a call to a system whose certificate is not one that the client trusts,
// ErrUntrusting where the system does not take the client's certificate, or asks for one where there is none.
var (
	ErrUntrusted  = causes.ErrUntrusted
	ErrUntrusting = causes.ErrUntrusting
)

// Error is a call that failed. Its text names the operation, the kind, the status and the upstream's code, and never a
// URL, a body or a secret.
type Error struct {
	// System and Operation name the call.
	System, Operation string
	// Kind is the kind of failure; callers decide by it.
	Kind Kind
	// Status is the HTTP status; 0 means that no answer came.
	Status int
	// Code is the upstream's own error code, such as "AS.0001"; empty where it gave none (QUIRKS 84).
	Code string
	// Message is the upstream's own sentence: at most 200 characters, without control characters and the secrets of the
	// request. It is for operators and may name things that a client must not see.
	Message string
	// RequestID is the upstream's request id, for its support; empty where it gave none.
	RequestID string
	// RetryAfter is how long to wait before the next attempt, counted from the failure; zero means unknown.
	RetryAfter time.Duration
	// RetryAt is when to ask again, by the clock of the [Client]: RetryAfter after the failure and up to a fifth of that
	// later, chosen once, so that a remembered failure names the same moment to all. Zero means unknown.
	RetryAt time.Time
	// Retryable means that the same call may succeed later. It is false for a command that may have run.
	Retryable bool
	// MayHaveRun means that the call was a command which the upstream may have carried out all the same: it was sent, and
	// nothing shows that it was refused.
	MayHaveRun bool
	// GatewayCredentials means that a 401 or 403 concerns the gateway's own credentials and not a caller's. A 401 or 403
	// of a call without credentials is [Rejected].
	GatewayCredentials bool
	// Err is the cause, for errors.Is and errors.As. Unlike the text of Error it may name an address.
	Err error

	reason string
	stale  bool // a kept connection broke before an answer began
}

// Error returns system, operation, kind, and status, code or cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.System + " " + e.Operation + ": " + e.Kind.String())
	if e.reason != "" {
		b.WriteString(": " + e.reason)
	}
	if e.Status != 0 {
		b.WriteString(": status " + strconv.Itoa(e.Status))
	}
	if e.Code != "" {
		b.WriteString(": code " + e.Code)
	}
	return b.String()
}

// Reason returns what is known of the cause, in words without an address, such as "connection refused"; may be empty.
func (e *Error) Reason() string { return e.reason }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Refused reports whether err is a refusal of our own, before anything was sent: by a spent or paused quota or an open
// circuit.
func Refused(err error) bool {
	return KindOf(err) == QuotaExhausted || errors.Is(err, ErrCircuitOpen) || errors.Is(err, ErrPaused)
}
