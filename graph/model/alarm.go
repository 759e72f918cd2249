package model

import (
	"context"
	"sync"
	"time"
)

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

	// Service is the kind of cloud service that the alarm is about; nil when it names no known one.
	Service *CloudServiceType
	// SerialNumbers and Addresses come from the texts of the alarm: the keys to look up its host.
	SerialNumbers []string
	Addresses     []string
	// Identifiers are the words of meDn, nativeMeDn and moi that look like ids: with Addresses the keys to look up its
	// device.
	Identifiers []string
}

// Active reports whether the alarm counts as not cleared; an alarm without a state does.
func (a *Alarm) Active() bool { return a.Cleared == nil || !*a.Cleared }

// IsNode marks Alarm as a Node of the schema.
func (*Alarm) IsNode() {}

// GetID returns the global id.
func (a *Alarm) GetID() string { return a.ID }

// AlarmSummary is what a query reads of counts of alarms.
type AlarmSummary struct {
	*AlarmCounts
	// CompleteFrom works out from when on no alarm is missing among those that were raised; nil when that is not known.
	CompleteFrom func(context.Context) (*time.Time, error)
}

// AlarmCounts counts alarms. Queries share it.
type AlarmCounts struct {
	Total, Active, Acknowledged int
	BySeverity                  []*AlarmSeverityCount
	ByService                   []*AlarmServiceCount
	Latest                      *Alarm
	ByRegion                    []*AlarmRegionCount
	// Counted has the alarms that are counted, for ByDay and TrendOver.
	Counted []*Alarm

	mu    sync.Mutex
	days  map[int][]*AlarmDayCount // by the offset from UTC, counted when first asked for
	index *alarmTimes
}
