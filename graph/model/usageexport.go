package model

import "time"

// UsageExportJob is the export of usage statistics (exportUserUsageStatistics, exportDesktopUsageStatistics).
type UsageExportJob struct {
	ID    string
	JobID string
	// SubmittedAt, From and To are nil when the job was not started through this gateway or is no longer remembered.
	SubmittedAt *time.Time
	Kind        UsageExportKind
	ProjectID   string
	From, To    *time.Time
}

// NewUsageExportJob makes a job of which only the ids are known.
func NewUsageExportJob(kind UsageExportKind, projectID, taskID string) *UsageExportJob {
	return &UsageExportJob{
		ID:    NewID(KindUsageExportJob, string(kind), projectID, taskID),
		JobID: taskID, Kind: kind, ProjectID: projectID,
	}
}

// IsNode marks UsageExportJob as a Node of the schema.
func (*UsageExportJob) IsNode() {}

// IsJob marks UsageExportJob as a Job of the schema.
func (*UsageExportJob) IsJob() {}

// GetID returns the global id.
func (j *UsageExportJob) GetID() string { return j.ID }

// GetJobID returns the upstream's task id.
func (j *UsageExportJob) GetJobID() string { return j.JobID }

// GetSubmittedAt returns when it was submitted through this gateway; nil when unknown.
func (j *UsageExportJob) GetSubmittedAt() *time.Time { return j.SubmittedAt }

// UsageExportTask is the state of an export (listExportTasks).
type UsageExportTask struct {
	// Status is the state in the schema's words.
	Status JobStatus
	// StatusText is the state as sent.
	StatusText *string
	FileName   *string
	// FilePath is where this gateway answers the file; nil unless it is there.
	FilePath *string
	// FailReason and FailCode are nil unless it failed.
	FailReason, FailCode *string
	// StartedAt and FinishedAt are the upstream's times; FinishedAt is nil while it runs.
	StartedAt, FinishedAt *time.Time
}
