package quota

import (
	"errors"
	"time"
)

// EventKind names what happened.
type EventKind string

// Kinds of events.
const (
	// EventRefused: the deadline of a caller is before its token; Wait is how long that would take.
	EventRefused EventKind = "refused"
	// EventSlowed: the upstream refused a call although the count allowed it; Wait is the pause.
	EventSlowed EventKind = "slowed"
	// EventLost: Redis stopped answering, and the group has its local share. Err is the cause.
	EventLost EventKind = "lost"
	// EventRegained: Redis counts again.
	EventRegained EventKind = "regained"
	// EventForgotten: the shared count was gone (flushed, evicted, restarted empty) and is written anew.
	EventForgotten EventKind = "forgotten"
)

// EventKinds lists the kinds of events.
func EventKinds() []EventKind {
	return []EventKind{EventRefused, EventSlowed, EventLost, EventRegained, EventForgotten}
}

// Event is something that operators may want to see or count.
type Event struct {
	Group string
	Kind  EventKind
	Wait  time.Duration
	Err   error
}

// refused reports a caller without a token, unless it left by itself.
func (q *Quota) refused(name string, waited time.Duration, err error) {
	if refusal, ok := errors.AsType[*RefusedError](err); ok {
		q.notice(Event{Group: name, Kind: EventRefused, Wait: waited + refusal.After, Err: err})
	}
}
