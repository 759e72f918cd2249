package esm

import (
	"context"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Alarm is one row of both alarm calls, which document the same 37 fields in the same mix of three key styles (QUIRKS
// 5). Times named utc are in UTC whatever their notation (QUIRKS 47), and absent until the event. The documents list
// the values of no field but those commented below (QUIRKS 39).
type Alarm struct {
	CSN     loose.Text `json:"csn,omitzero"` // the occurrence; unique within one of the two calls
	Name    loose.Text `json:"alarm_name,omitzero"`
	AlarmID loose.Text `json:"alarm_id,omitzero"` // the kind of alarm; a number or text (QUIRKS 22)
	// 1 critical to 4 warning: not the audit's direction (QUIRKS 35)
	Severity              loose.Text   `json:"severity,omitzero"`
	EventType             loose.Text   `json:"event_type,omitzero"`
	OriginSystemType      loose.Text   `json:"origin_system_type,omitzero"`
	OriginSystemName      loose.Text   `json:"origin_system_name,omitzero"`
	ManagedObject         loose.Text   `json:"moi,omitzero"`
	ManagedObjectClass    loose.Text   `json:"moc,omitzero"`
	AdditionalInformation loose.Text   `json:"additional_information,omitzero"`
	FirstOccurrence       loose.Time   `json:"first_occur_utc,omitzero"`
	LatestOccurrence      loose.Time   `json:"latest_occur_utc,omitzero"`
	Count                 loose.Number `json:"count,omitzero"`
	ProbableCause         loose.Text   `json:"probable_cause,omitzero"`
	RegionName            loose.Text   `json:"region,omitzero"`          // a display name (QUIRKS 16)
	LogicalRegionID       loose.Text   `json:"LogicalRegionId,omitzero"` // the region's code: join on this only
	DataCenterName        loose.Text   `json:"dc_name,omitzero"`
	ResourcePoolName      loose.Text   `json:"res_pool_name,omitzero"`
	ZoneName              loose.Text   `json:"azone_name,omitzero"`
	Tenant                loose.Text   `json:"tenant,omitzero"`
	ElementName           loose.Text   `json:"meName,omitzero"`
	ElementDN             loose.Text   `json:"meDn,omitzero"`
	NativeElementDN       loose.Text   `json:"nativeMeDn,omitzero"`
	ElementCategory       loose.Text   `json:"me_category,omitzero"`
	ElementType           loose.Text   `json:"me_type,omitzero"`
	ProductName           loose.Text   `json:"product_name,omitzero"`
	AffectedService       loose.Text   `json:"affectedService,omitzero"`
	AffectedServiceType   loose.Text   `json:"serviceAffectedType,omitzero"`
	Cleared               loose.Flag   `json:"cleared,omitzero"`
	ClearCategory         loose.Text   `json:"clear_category,omitzero"`
	ClearType             loose.Text   `json:"clear_type,omitzero"`
	ClearedAt             loose.Time   `json:"clear_utc,omitzero"`
	ClearedBy             loose.Text   `json:"clear_user,omitzero"`
	Acknowledged          loose.Flag   `json:"acked,omitzero"`
	AcknowledgedAt        loose.Time   `json:"ack_utc,omitzero"`
	AcknowledgedBy        loose.Text   `json:"ack_user,omitzero"`
	MergeKey              loose.Text   `json:"merge_key,omitzero"`
}

// MissingKey implements [rest.Keyed].
func (a Alarm) MissingKey() string { return missing(a.CSN, "csn") }

// ServiceAlarms lists the alarms of cloud services in the window, cleared and not. Later editions allow two months.
func (c *Client) ServiceAlarms(ctx context.Context, w Window) (rest.List[Alarm], error) {
	return c.alarms(ctx, w, listCloudServiceAlarms)
}

// DeviceAlarms lists the alarms of hardware in the window, cleared and not.
func (c *Client) DeviceAlarms(ctx context.Context, w Window) (rest.List[Alarm], error) {
	return c.alarms(ctx, w, listDeviceAlarms)
}

func (c *Client) alarms(ctx context.Context, w Window, e rest.Endpoint[rest.Page[Alarm]]) (rest.List[Alarm], error) {
	query, err := w.query(WindowMilliseconds)
	return list(ctx, c, e, rest.PageRequest[Alarm]{
		Request: rest.Request{Query: query},
		Size:    slowPageSize,
		Key:     func(a Alarm) string { return joined(a.CSN) },
	}, err)
}
