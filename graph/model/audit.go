package model

import "time"

// AuditEvent is an entry of the audit log (listCloudAuditLogs). Nil fields are those that the upstream leaves out.
type AuditEvent struct {
	// ID has the entry's id and the day of its start, which a call for it needs.
	ID      string
	EventID string
	// Type, Result and Severity are nil for values outside the documented lists; the texts beside them are as sent.
	Type         *AuditLogType
	TypeText     *string
	Operation    *string
	Source       *string
	Result       *AuditResult
	ResultText   *string
	Detail       *string
	User         *string
	Department   *string
	Severity     *AlarmSeverity
	SeverityText *string
	// Resource is nil when the entry names none.
	Resource      *AuditResource
	StartedAt     *time.Time
	EndedAt       *time.Time
	SourceAddress *string
	RegionCode    *string
	RegionText    *string
}

// auditDay is the form of the day in an audit event's id.
const auditDay = time.DateOnly

// AuditEventID returns the global id of an entry in the log of a day in UTC.
func AuditEventID(eventID string, day time.Time) string {
	return NewID(KindAuditEvent, eventID, day.UTC().Format(auditDay))
}

// AuditEventKey returns the parameters of AuditEventID, with the day as midnight UTC. Any other id is ErrInvalidID.
func AuditEventKey(id GlobalID) (eventID string, day time.Time, err error) {
	if id.Kind != KindAuditEvent {
		return "", time.Time{}, ErrInvalidID
	}
	day, err = time.Parse(auditDay, id.Parts[1])
	if err != nil {
		return "", time.Time{}, ErrInvalidID
	}
	return id.Parts[0], day, nil
}

// IsNode marks AuditEvent as a Node of the schema.
func (*AuditEvent) IsNode() {}

// GetID returns the global id.
func (e *AuditEvent) GetID() string { return e.ID }

// AuditResource is what an audited operation acted on.
type AuditResource struct {
	ResourceID *string
	Name       *string
	Type       *string
	// RegionCode is the text after the last colon of RegionText if it looks like a region code, else nil.
	RegionCode *string
	RegionText *string
	RegionName *string
}
