package model

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
)

// MeterJob is a query for usage records.
type MeterJob struct {
	ID       string
	JobID    string
	DomainID string
	Status   JobStatus
	// StatusText is the state as sent.
	StatusText *string
	// SubmittedAt is nil when the job was not started through this gateway or is no longer remembered.
	SubmittedAt *time.Time
	// Progress is per cent, 0 to 100.
	Progress *int
}

// IsNode marks MeterJob as a Node of the schema.
func (*MeterJob) IsNode() {}

// IsJob marks MeterJob as a Job of the schema.
func (*MeterJob) IsJob() {}

// GetID returns the global id.
func (j *MeterJob) GetID() string { return j.ID }

// GetJobID returns the upstream's job id.
func (j *MeterJob) GetJobID() string { return j.JobID }

// GetStatus returns the state.
func (j *MeterJob) GetStatus() JobStatus { return j.Status }

// GetSubmittedAt returns when it was submitted through this gateway; nil when unknown.
func (j *MeterJob) GetSubmittedAt() *time.Time { return j.SubmittedAt }

// MeterRecord is one usage record (listMeterJobSdrs); the upstream documents none of its fields.
type MeterRecord struct {
	AccumulateFactorName  *string
	AccumulateFactorValue *decimal.Decimal
	AvailabilityZone      *string
	BeginAt               *time.Time
	EndAt                 *time.Time
	RecordedAt            *time.Time
	CloudServiceTypeCode  *string
	ResourceTypeCode      *string
	ResourceSpecCode      *string
	ResourceID            *string
	ParentResourceID      *string
	RegionCode            *string
	DomainID              *string
	DomainName            *string
	ProjectID             *string
	EnterpriseProjectID   *string
	RecordType            *string
	Tag                   *string
	// Raw is the record as it came.
	Raw json.RawMessage
	// Cursor is the record's place: the upstream's marker and the position after it.
	Cursor string
}
