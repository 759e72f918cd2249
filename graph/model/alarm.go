package model

import "time"

// Alarm is one alarm occurrence of either upstream list (listCloudServiceAlarms, listDeviceAlarms).
type Alarm struct {
	ID           string
	Csn          string
	Source       AlarmSource
	Name         *string
	DefinitionID *string
	// Severity is nil for a value outside the documented list; SeverityText has the text as sent.
	Severity              *AlarmSeverity
	SeverityText          *string
	EventType             *string
	OriginSystem          *AlarmOriginSystem
	ManagedObject         *string
	ManagedObjectClass    *string
	ManagedElement        *ManagedElement
	AdditionalInformation *string
	FirstOccurredAt       *time.Time
	LastOccurredAt        *time.Time
	Occurrences           *int
	ProbableCause         *string
	// RegionCode is LogicalRegionId, the only region key of an alarm that joins.
	RegionCode          *string
	RegionText          *string
	DataCenter          *string
	ResourcePool        *string
	AvailabilityZone    *string
	Tenant              *string
	Cleared             *bool
	Clearance           *AlarmClearance
	Acknowledged        *bool
	Acknowledgement     *AlarmAcknowledgement
	MergeKey            *string
	Product             *string
	AffectedService     *string
	AffectedServiceType *string

	// Service is the kind of cloud service that the alarm is about; nil when it names none that is known.
	Service *CloudServiceType
	// SerialNumbers and Addresses are what the texts of the alarm name: the keys by which its host is looked up.
	SerialNumbers []string
	Addresses     []string
	// Identifiers are the words of meDn, nativeMeDn and moi that look like ids: with Addresses the keys by which its
	// device is looked up.
	Identifiers []string
}

// Active tells whether the alarm counts as not cleared; one whose state is not sent does.
func (a *Alarm) Active() bool { return a.Cleared == nil || !*a.Cleared }

// IsNode marks Alarm as a Node of the schema.
func (*Alarm) IsNode() {}

// GetID is the global id.
func (a *Alarm) GetID() string { return a.ID }

// AlarmSummary counts alarms.
type AlarmSummary struct {
	Total, Active, Acknowledged int
	BySeverity                  []*AlarmSeverityCount
	ByService                   []*AlarmServiceCount
	Latest                      *Alarm
	ByRegion                    []*AlarmRegionCount
	// Counted are the alarms that the summary is of: ByDay counts them when it is asked.
	Counted []*Alarm
}
