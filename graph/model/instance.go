package model

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
)

// Instance is a metered resource: the rows of one resource id of listCloudResourceInstanceData together. The fields of
// a metering period are those of the latest row. Nil fields are those that the upstream leaves out or sends unreadably.
type Instance struct {
	ID                    string
	Type                  InstanceType
	ResourceID            string
	ResourceTypeCode      *string
	ResourceSpecCode      *string
	CloudServiceTypeCode  *string
	RegionCode            *string
	AvailabilityZone      *string
	DomainID              *string
	DomainName            *string
	ProjectID             *string
	EnterpriseProjectID   *string
	ParentResourceID      *string
	RootResourceID        *string
	AccumulateFactorName  *string
	AccumulateFactorValue *decimal.Decimal
	BeginAt               *time.Time
	RecordedAt            *time.Time
	RecordType            *string
	ServiceParameters     *string
	PartnerInformation    *string
	ExtendedParameters    *string
	ExtendedParameters2   *string
	SiteCode              *string
	Tag                   *string
	ErrorMessage          *string
	UsageTotals           []*UsageTotal

	// Records are all rows of the window, latest period first.
	Records []*UsageRecord
	// Truncated is set when the list was cut at the page limit, so that Records may lack some.
	Truncated bool
}

// IsNode marks Instance as a Node of the schema.
func (*Instance) IsNode() {}

// GetID returns the global id.
func (i *Instance) GetID() string { return i.ID }

// CloudServiceType returns the kind of service that meters instances of the type: that of the same name, and ECS_VM for
// ECS.
func (t InstanceType) CloudServiceType() CloudServiceType {
	if t == InstanceTypeEcs {
		return CloudServiceTypeEcsVM
	}
	return CloudServiceType(t)
}

// InstanceType returns the type of the instances that the service meters; false for DCC, DEH and SFS, which have none.
func (t CloudServiceType) InstanceType() (InstanceType, bool) {
	if t == CloudServiceTypeEcsVM {
		return InstanceTypeEcs, true
	}
	of := InstanceType(t)
	return of, of.IsValid()
}

// UsageRecord is one metering period of an instance.
type UsageRecord struct {
	AccumulateFactorName  *string
	AccumulateFactorValue *decimal.Decimal
	BeginAt               *time.Time
	RecordedAt            *time.Time
	RecordType            *string
	ErrorMessage          *string
	// Position is the record's place among those of its instance with the same begin; it settles ties of cursors.
	Position int
}

// UsageTotal is the exact sum of an instance's metered quantities of one factor.
type UsageTotal struct {
	// AccumulateFactorName is nil for rows that name no factor.
	AccumulateFactorName *string
	Total                decimal.Decimal
	Records              int
	// RecordsLeftOut counts the rows whose quantity is missing or unreadable.
	RecordsLeftOut int
}

// TenantInstance is a row of listTenantInstanceData, whose fields are not documented.
type TenantInstance struct {
	Type       TenantInstanceType
	ResourceID *string
	RegionCode *string
	// Raw is the row as it came.
	Raw json.RawMessage
	// Position is the row's place among those of its resource id; it settles ties of cursors.
	Position int
}
