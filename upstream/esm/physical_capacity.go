package esm

import (
	"context"

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
	Available     loose.Number `json:"available,omitzero"` // see AvailableQuantity
	Misspelt      loose.Number `json:"avaliable,omitzero"` // available, as most tables of the documents spell it
	UsedRatio     loose.Number `json:"used_ratio,omitzero"`
	ResourceCount loose.Number `json:"resource_count,omitzero"`
	Timestamp     loose.Time   `json:"timestamp,omitzero"`
}

// AvailableQuantity is Available, or its twin in the documents' spelling where that is missing (QUIRKS 1).
func (p PhysicalCapacity) AvailableQuantity() loose.Number { return sentOr(p.Available, p.Misspelt) }

// sentOr is a number as sent, else its misspelt twin in the same row, which most tables of the documents name and no
// sample sends.
func sentOr(number, misspelt loose.Number) loose.Number {
	if number.IsAbsent() && !misspelt.IsAbsent() {
		return misspelt
	}
	return number
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
