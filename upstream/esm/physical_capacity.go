package esm

import (
	"context"
	"encoding/json"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// PhysicalCapacity is one row of listHostPhysicalCapacity: a pool of one region, zone and model at one time. Units
// change with the row (QUIRKS 25): cores for vCpu, terabytes for memory and storage. The quantities do not add up
// (QUIRKS 28) and the ratio has no stated scale (QUIRKS 27).
type PhysicalCapacity struct {
	DeviceType    loose.Text   `json:"device_type,omitzero"`  // storage rows only
	ServiceType   loose.Text   `json:"service_type,omitzero"` // in place of device_type in compute rows (QUIRKS 7)
	Region        loose.Text   `json:"region,omitzero"`       // a code; the table calls it a name (QUIRKS 15)
	ZoneType      loose.Text   `json:"zone_type,omitzero"`
	ResourceType  loose.Text   `json:"resource_type,omitzero"`
	MetricType    loose.Text   `json:"metric_type,omitzero"`
	Total         loose.Number `json:"total,omitzero"` // of the pool, not the number of rows (QUIRKS 11)
	Used          loose.Number `json:"used,omitzero"`
	Free          loose.Number `json:"free,omitzero"`
	Allocated     loose.Number `json:"allocated,omitzero"`
	Available     loose.Number `json:"available,omitzero"` // also read from the documents' misspelt key (QUIRKS 1)
	UsedRatio     loose.Number `json:"used_ratio,omitzero"`
	ResourceCount loose.Number `json:"resource_count,omitzero"`
	Timestamp     loose.Time   `json:"timestamp,omitzero"`
}

// UnmarshalJSON reads a row and takes the misspelt twin of available where available is missing.
func (p *PhysicalCapacity) UnmarshalJSON(data []byte) error {
	type fields PhysicalCapacity // without this method
	var row fields
	if err := json.Unmarshal(data, &row); err != nil {
		return err // bare: encoding/json completes the path of its own error only
	}
	available, err := availableOf(data, row.Available)
	if err != nil {
		return err
	}
	row.Available = available
	*p = PhysicalCapacity(row)
	return nil
}

// availableOf is available as sent, else its misspelt twin in the same row, which most tables of the documents name and
// no sample sends (QUIRKS 1).
func availableOf(row []byte, available loose.Number) (loose.Number, error) {
	if !available.IsAbsent() {
		return available, nil
	}
	var misspelt struct {
		Available loose.Number `json:"avaliable"` // as the documents spell it
	}
	if err := json.Unmarshal(row, &misspelt); err != nil {
		return available, err // bare, as above
	}
	if misspelt.Available.IsAbsent() {
		return available, nil
	}
	return misspelt.Available, nil
}

// Device is the kind of device: device_type, else service_type, which compute rows have in its place (QUIRKS 7).
func (p PhysicalCapacity) Device() loose.Text {
	if p.DeviceType.IsAbsent() {
		return p.ServiceType
	}
	return p.DeviceType
}

func (p PhysicalCapacity) key() string {
	return joined(p.Device(), p.Region, p.ZoneType, p.ResourceType, p.MetricType, p.Timestamp)
}

// The words that filter physical capacity. Rows answer with others (QUIRKS 34).
const (
	DeviceTypeCompute = "ECS"
	DeviceTypeStorage = "EVS"
	ZoneManage        = "manage"
	ZonePod           = "pod"
)

// PhysicalCapacity lists all rows of the window, of every device type and zone. The upstream writes one row a day and
// pool, at midnight UTC+8 by its samples (QUIRKS 53).
func (c *Client) PhysicalCapacity(ctx context.Context, w Window) (rest.List[PhysicalCapacity], error) {
	return c.PhysicalCapacityOf(ctx, w, "", "")
}

// PhysicalCapacityOf lists the rows of one device type, of one zone or of both; "" does not filter.
func (c *Client) PhysicalCapacityOf(
	ctx context.Context, w Window, deviceType, zone string,
) (rest.List[PhysicalCapacity], error) {
	query, err := w.filtered(
		filter{"device_type", "deviceType", deviceType, []string{DeviceTypeCompute, DeviceTypeStorage}},
		filter{"zone_type", "zone", zone, []string{ZoneManage, ZonePod}},
	)
	return list(ctx, c, listHostPhysicalCapacity, rest.PageRequest[PhysicalCapacity]{
		Request: rest.Request{Query: query},
		Size:    slowPageSize,
		Key:     PhysicalCapacity.key,
	}, err)
}
