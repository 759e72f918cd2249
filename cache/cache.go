// Package cache keeps what the upstream answered, in memory and, when there is one, in Redis for
// all replicas: [Snapshot] for slow, limited calls that are read whole, [Many] for fast calls that
// are read by key. Data are fresh, then stale (answered while they are refreshed behind), then
// expired (answered only when no refresh succeeds in time), then dead (never answered). One
// refresh runs at a time for each key, in the process and, by leases, across replicas.
//
// Redis holds records as the wire had them; memory holds what a query needs, built once a record
// or generation. A Redis that fails, lies or is empty is a miss, never an error of a query.
// The package must not know GraphQL or any upstream; what to fetch and what to build is handed in.
package cache

import (
	"errors"
	"time"
)

// ErrClosed is the error of a call that would need a refresh after Close.
var ErrClosed = errors.New("the cache is closed")

// State tells how old an answer is.
type State int

// States of an answer. Dead data have none: they are never answered.
const (
	// Fresh data are answered as they are.
	Fresh State = iota
	// Stale data are answered while they are refreshed in the background.
	Stale
	// Expired data are past stale and not dead: answered because no refresh was possible in time.
	Expired
)

// String is the state as logs and metrics name it.
func (s State) String() string {
	switch s {
	case Fresh:
		return "fresh"
	case Stale:
		return "stale"
	case Expired:
		return "expired"
	default:
		return "unknown"
	}
}

// Where an answer came from: see [Held.Source].
const (
	SourceMemory   = "memory"
	SourceRedis    = "redis"
	SourceUpstream = "upstream"
)

// Key names one set of data of an operation.
type Key struct {
	// Scope is the tenant that the data belong to; "" are the gateway's own.
	Scope string
	// Part is what of the operation's data, for example a type of capacity service; "" is all.
	Part string
}

// Held is an answer with its age. Value is shared and must not be changed.
type Held[S any] struct {
	Value S
	// Generation rises with every refresh of the key, in all replicas that share a Redis.
	Generation uint64
	// FetchedAt is when the fetch began, by our clock, and never in the future.
	FetchedAt time.Time
	// StaleAt is the moment at which the data turn stale, a little jittered; equal in all replicas.
	StaleAt time.Time
	State   State
	// Reason is why the last refresh failed; nil when it did not.
	Reason error
	// Source is where this very answer came from: SourceMemory when no one was asked for it.
	Source string
}

// Gap is rows that the upstream sent and that could not be read.
type Gap struct {
	// Part is the part of the data they belong to, for example a region code; "" is unknown.
	Part   string
	Reason string
	Rows   int
}

// Fetched is what one fetch of a snapshot brought: every page, or it is an error instead.
type Fetched[R any] struct {
	Records []R
	Gaps    []Gap
	// Truncated tells that a limit of pages cut the data.
	Truncated bool
}
