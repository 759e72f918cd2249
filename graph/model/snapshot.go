package model

import (
	"encoding/json"
	"time"
)

// UpstreamSnapshot is a list that was read whole, as memory has it.
type UpstreamSnapshot struct {
	Operation string
	// Parameters is an object of what tells it from other lists of the operation.
	Parameters json.RawMessage
	Records    int
	FetchedAt  time.Time
	State      SnapshotState
	FreshFor   time.Duration
	Refreshing bool
	// LastError is the code of why the last refresh failed; nil when it did not.
	LastError   *string
	LastTriedAt *time.Time
}
