package quota

import (
	"errors"
	"time"
)

// EventKind says what happened.
type EventKind string

const (
	// EventRefused is a caller whose deadline is before its token; Wait is how long that would take.
	EventRefused EventKind = "refused"
	// EventSlowed is a refusal by the upstream although the count allowed the call; Wait is the pause.
	EventSlowed EventKind = "slowed"
	// EventLost is Redis that stopped answering: the group lives on the local share. Err is why.
	EventLost EventKind = "lost"
	// EventRegained is Redis that counts again.
	EventRegained EventKind = "regained"
	// EventForgotten is a shared count that was gone (flushed, evicted, restarted empty) and is being written anew.
	EventForgotten EventKind = "forgotten"
)

// Event is something that an operator may want to see or count.
type Event struct {
	Group string
	Kind  EventKind
	Wait  time.Duration
	Err   error
}

// refused tells of callers who got no token for want of tokens; those who left of their own will are none.
func (q *Quota) refused(name string, waited time.Duration, err error) {
	if refusal, ok := errors.AsType[*RefusedError](err); ok {
		q.notice(Event{Group: name, Kind: EventRefused, Wait: waited + refusal.After, Err: err})
	}
}
