package esm

import (
	"context"
	"iter"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// HostMetric is one row of listHostMetricData: a sample of one metric of a host.
type HostMetric struct {
	HostID       loose.Text   `json:"host_id,omitzero"`
	MonitorItem  loose.Text   `json:"monitor_item,omitzero"`
	MetricsName  loose.Text   `json:"metrics_name,omitzero"`
	DataItem     loose.Text   `json:"data_item,omitzero"`
	Operator     loose.Text   `json:"operator,omitzero"` // how the sample was aggregated, as AVG
	Value        loose.Number `json:"value,omitzero"`
	Unit         loose.Text   `json:"unit,omitzero"` // with a backslash before the per cent sign (QUIRKS 30)
	Time         loose.Time   `json:"time_stamp,omitzero"`
	RegionID     loose.Text   `json:"region_id,omitzero"`
	RegionName   loose.Text   `json:"region_name,omitzero"`
	RegionNameEn loose.Text   `json:"region_name_en,omitzero"`
	ZoneID       loose.Text   `json:"az_id,omitzero"`
	ZoneName     loose.Text   `json:"az_name,omitzero"`
	ZoneNameEn   loose.Text   `json:"az_name_en,omitzero"`
}

// MissingKey implements [rest.Keyed]: any of its names is enough. A row without a host id is about the host of the
// request.
func (m HostMetric) MissingKey() string {
	if m.MonitorItem.IsAbsent() && m.DataItem.IsAbsent() {
		return missing(m.MetricsName, "metrics_name")
	}
	return ""
}

// HostMetricPages walks the samples of one host in the window page by page. There may be thousands (QUIRKS 62): the
// caller stops when it has enough. An error ends the walk.
func (c *Client) HostMetricPages(
	ctx context.Context, hostID string, w Window,
) iter.Seq2[rest.PageResult[HostMetric], error] {
	query, err := w.filtered(filter{name: "host_id", field: "hostId", value: hostID})
	if err == nil {
		err = checkFilter("hostId", hostID) // the one host is mandatory
	}
	return walk(ctx, c, listHostMetricData, query, func(m HostMetric) string {
		return joined(m.HostID, m.MonitorItem, m.MetricsName, m.DataItem, m.Operator, m.Unit, m.RegionID, m.Time)
	}, err)
}
