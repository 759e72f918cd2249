package esm

import (
	"context"
	"iter"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// NetworkDeviceMetric is one row of listNetworkDeviceMetricData: a sample of one metric of a network device. No
// document gives the meaning of the metric codes (QUIRKS 40).
type NetworkDeviceMetric struct {
	DeviceIP     loose.Text   `json:"device_ip,omitzero"` // ManagementIP of DeviceAsset (QUIRKS 10)
	ResourceType loose.Text   `json:"res_type,omitzero"`  // a code; values are not listed (QUIRKS 39)
	Metric       loose.Text   `json:"metric,omitzero"`
	RegionID     loose.Text   `json:"region_id,omitzero"`
	Value        loose.Number `json:"value,omitzero"`
	Timestamp    loose.Time   `json:"timestamp,omitzero"`
}

// MissingKey implements [rest.Keyed].
func (m NetworkDeviceMetric) MissingKey() string {
	if m.DeviceIP.IsAbsent() {
		return "device_ip"
	}
	return missing(m.Metric, "metric")
}

// NetworkMetrics are the metric codes that NetworkDeviceMetricPages accepts.
func NetworkMetrics() []string {
	return []string{"59", "60", "14", "18", "101", "102", "61", "52"}
}

// NetworkDeviceMetricPages walks the samples of the window page by page, of one device unless managementIP is "" and of
// one metric unless metric is "". There may be millions (QUIRKS 62): the caller stops when it has enough. An error ends
// the walk.
func (c *Client) NetworkDeviceMetricPages(
	ctx context.Context, w Window, managementIP, metric string,
) iter.Seq2[rest.PageResult[NetworkDeviceMetric], error] {
	query, err := w.filtered(
		filter{name: "management_ip", field: "managementIp", value: managementIP},
		filter{name: "metric", field: "metric", value: metric, words: NetworkMetrics()},
	)
	return walk(ctx, c, listNetworkDeviceMetricData, query, func(m NetworkDeviceMetric) string {
		return joined(m.DeviceIP, m.Metric, m.ResourceType, m.RegionID, m.Timestamp)
	}, err)
}
