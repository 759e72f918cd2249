package model

import "time"

// UsageExportJob is the export of usage statistics (exportUserUsageStatistics, exportDesktopUsageStatistics).
type UsageExportJob struct {
	ID    string
	JobID string
	// Status is always JobStatusUnknown: no documented call returns it.
	Status JobStatus
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
		JobID: taskID, Status: JobStatusUnknown, Kind: kind, ProjectID: projectID,
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

// GetStatus returns the state.
func (j *UsageExportJob) GetStatus() JobStatus { return j.Status }

// GetSubmittedAt returns when it was submitted through this gateway; nil when unknown.
func (j *UsageExportJob) GetSubmittedAt() *time.Time { return j.SubmittedAt }
