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

// HostMetricPages walks the samples of one host in the window, page by page: there may be thousands
// (QUIRKS 62), so the caller stops when it has enough. An error ends the walk.
func (c *Client) HostMetricPages(
	ctx context.Context, hostID string, w Window,
) iter.Seq2[rest.PageResult[HostMetric], error] {
	request, err := hostMetricRequest(hostID, w)
	return walk(ctx, c, listHostMetricData, request, err)
}

// HostMetrics lists the samples of one host in the window, at most maxPages pages of 500; 0 is the client's own bound.
func (c *Client) HostMetrics(ctx context.Context, hostID string, w Window, maxPages int) (rest.List[HostMetric],
	error,
) {
	request, err := hostMetricRequest(hostID, w)
	return collect(ctx, c, listHostMetricData, request, maxPages, err)
}

func hostMetricRequest(hostID string, w Window) (rest.PageRequest[HostMetric], error) {
	query, err := w.query(WindowMilliseconds)
	if err != nil {
		return rest.PageRequest[HostMetric]{}, err
	}
	if err := checkFilter("hostId", hostID); err != nil {
		return rest.PageRequest[HostMetric]{}, err
	}
	query.Set("host_id", hostID)
	return rest.PageRequest[HostMetric]{
		Request: rest.Request{Query: query},
		Size:    fastPageSize,
		Key: func(m HostMetric) string {
			return identity(m.HostID, m.MonitorItem, m.MetricsName, m.DataItem, m.Operator, m.Time)
		},
	}, nil
}
