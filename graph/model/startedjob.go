package model

import "time"

// StartedJob is a job that was started through this gateway, as it remembers it.
type StartedJob struct {
	// ID is the global id of the job itself, JobID the upstream's.
	ID, JobID string
	Kind      JobKind
	// Parts are those of the id.
	Parts       []string
	SubmittedAt time.Time
	// From and To are nil where the command named no time.
	From, To *time.Time
}

type (
	// StartedJobConnection is a page of the schema's connection of type started job.
	StartedJobConnection = Connection[*StartedJob]
	// StartedJobEdge is an item of such a page, with its cursor.
	StartedJobEdge = Edge[*StartedJob]
)
