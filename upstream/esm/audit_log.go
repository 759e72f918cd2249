package esm

import (
	"context"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// AuditLog is one row of listCloudAuditLogs. Its times name no zone (QUIRKS 44); its severity grows with the number,
// that of alarms falls (QUIRKS 35).
type AuditLog struct {
	ID            loose.Text `json:"id,omitzero"`
	OperatingName loose.Text `json:"operating_name,omitzero"`
	// a number in the table, text in the sample (QUIRKS 22)
	OperatingSource    loose.Text `json:"operating_source,omitzero"`
	OperationResult    loose.Text `json:"operation_result,omitzero"` // 0 success, 1 failure: 0 is the good one (QUIRKS 38)
	OperationDetail    loose.Text `json:"operation_detail,omitzero"`
	ResourceID         loose.Text `json:"resource_id,omitzero"`
	ResourceName       loose.Text `json:"resource_name,omitzero"`
	ResourceType       loose.Text `json:"resource_type,omitzero"`
	ResourceRegion     loose.Text `json:"resource_region,omitzero"` // a name or a code, perhaps with words before it
	ResourceRegionName loose.Text `json:"resource_region_name,omitzero"`
	RegionID           loose.Text `json:"region_id,omitzero"`
	RegionName         loose.Text `json:"region_name,omitzero"`
	OperatingUser      loose.Text `json:"operating_user,omitzero"`
	Department         loose.Text `json:"department,omitzero"`
	Severity           loose.Text `json:"severity,omitzero"` // 4 critical, 3 major, 2 normal, 1 hint
	Type               loose.Text `json:"type,omitzero"`     // 0 operation log, 1 security log
	StartTime          loose.Time `json:"start_time,omitzero"`
	EndTime            loose.Time `json:"end_time,omitzero"`
	SourceAddress      loose.Text `json:"source_addr,omitzero"` // of the region or the resource; not the acting user's
}

// MissingKey implements [rest.Keyed].
func (a AuditLog) MissingKey() string { return missing(a.ID, "id") }

// AuditLogs lists the operations and security events of the window, of both log types.
func (c *Client) AuditLogs(ctx context.Context, w Window) (rest.List[AuditLog], error) {
	query, err := w.query(WindowMilliseconds)
	return list(ctx, c, listCloudAuditLogs, rest.PageRequest[AuditLog]{
		Request: rest.Request{Query: query},
		Size:    slowPageSize,
		Key:     func(a AuditLog) string { return joined(a.ID, a.StartTime) },
	}, err)
}
