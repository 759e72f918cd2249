package model

import "time"

// AspReportJob is the collection of an ASP report of a database instance (collectAspReports).
type AspReportJob struct {
	ID    string
	JobID string
	// SubmittedAt, From and To are nil when the job was not started through this gateway or is no longer remembered.
	SubmittedAt *time.Time
	ProjectID   string
	InstanceID  string
	From, To    *time.Time
}

// NewAspReportJob makes a job of which only the ids are known.
func NewAspReportJob(projectID, instanceID, jobID string) *AspReportJob {
	return &AspReportJob{
		ID:    NewID(KindAspReportJob, projectID, instanceID, jobID),
		JobID: jobID, ProjectID: projectID, InstanceID: instanceID,
	}
}

// IsNode marks AspReportJob as a Node of the schema.
func (*AspReportJob) IsNode() {}

// IsJob marks AspReportJob as a Job of the schema.
func (*AspReportJob) IsJob() {}

// GetID returns the global id.
func (j *AspReportJob) GetID() string { return j.ID }

// GetJobID returns the upstream's job id.
func (j *AspReportJob) GetJobID() string { return j.JobID }

// GetSubmittedAt returns when it was submitted through this gateway; nil when unknown.
func (j *AspReportJob) GetSubmittedAt() *time.Time { return j.SubmittedAt }
