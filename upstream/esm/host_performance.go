package esm

import (
	"context"
	"iter"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// HostPerformance is one row of listHostPerformanceData: a sample of one metric of a server, with the server's place.
// Time names no zone (QUIRKS 45); Dates repeats its day.
type HostPerformance struct {
	SerialNumber   loose.Text   `json:"sn,omitzero"` // SerialNumber of HostDetail
	Metric         loose.Text   `json:"metric,omitzero"`
	Value          loose.Number `json:"Value,omitzero"` // capital V (QUIRKS 6)
	Dates          loose.Text   `json:"dates,omitzero"`
	Time           loose.Time   `json:"time,omitzero"`
	Model          loose.Text   `json:"model,omitzero"`
	Usage          loose.Text   `json:"usage,omitzero"` // parts separated by slashes (QUIRKS 75)
	RegionCode     loose.Text   `json:"region_code,omitzero"`
	ZoneCode       loose.Text   `json:"az_code,omitzero"` // the sample repeats the region
	DataCenterCode loose.Text   `json:"dc_code,omitzero"`
	RoomCode       loose.Text   `json:"room_code,omitzero"`
	RackCode       loose.Text   `json:"pack_code,omitzero"` // RACK_CODE of HostDetail (QUIRKS 10)
	SlotNumber     loose.Number `json:"slot_number,omitzero"`
}

// MissingKey implements [rest.Keyed]. A row without a serial number is about the server of the request.
func (p HostPerformance) MissingKey() string { return missing(p.Metric, "metric") }

// HostPerformances lists the samples of all servers in the window: the document leaves it open whether sn may be left
// out, and this reading of it is inferred.
func (c *Client) HostPerformances(ctx context.Context, w Window) (rest.List[HostPerformance], error) {
	query, err := w.query(WindowMilliseconds)
	return list(ctx, c, listHostPerformanceData, rest.PageRequest[HostPerformance]{
		Request: rest.Request{Query: query}, Size: fastPageSize, Key: HostPerformance.RowKey,
	}, err)
}

// HostPerformancePages walks the samples of one server in the window, or of all when serialNumber is "", page by page;
// the caller stops when it has enough. An error ends the walk.
func (c *Client) HostPerformancePages(
	ctx context.Context, serialNumber string, w Window,
) iter.Seq2[rest.PageResult[HostPerformance], error] {
	query, err := w.filtered(filter{name: "sn", field: "serialNumber", value: serialNumber})
	return walk(ctx, c, listHostPerformanceData, query, HostPerformance.RowKey, err)
}
