package esm

import (
	"context"
	"iter"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// NetworkDeviceMetric is one row of listNetworkDeviceMetricData: a sample of one metric of a network
// device. The meaning of the metric codes is given nowhere (QUIRKS 40).
type NetworkDeviceMetric struct {
	DeviceIP     loose.Text   `json:"device_ip,omitzero"` // ManagementIP of DeviceAsset (QUIRKS 10)
	ResourceType loose.Text   `json:"res_type,omitzero"`  // a code; values are not listed (QUIRKS 39)
	Metric       loose.Text   `json:"metric,omitzero"`
	RegionID     loose.Text   `json:"region_id,omitzero"`
	Value        loose.Number `json:"value,omitzero"`
	Timestamp    loose.Time   `json:"timestamp,omitzero"`
}

// NetworkMetrics are the metric codes by which NetworkDeviceMetrics can be asked.
func NetworkMetrics() []string {
	return []string{"59", "60", "14", "18", "101", "102", "61", "52"}
}

// NetworkDeviceMetricPages walks the samples of the window, of one device unless managementIP is "" and
// of one metric unless metric is "", page by page: there may be millions (QUIRKS 62), so the caller
// stops when it has enough. An error ends the walk.
func (c *Client) NetworkDeviceMetricPages(
	ctx context.Context, w Window, managementIP, metric string,
) iter.Seq2[rest.PageResult[NetworkDeviceMetric], error] {
	request, err := networkMetricRequest(w, managementIP, metric)
	return walk(ctx, c, listNetworkDeviceMetricData, request, err)
}

// NetworkDeviceMetrics lists the samples of the window, of one device unless managementIP is "" and of
// one metric unless metric is "", at most maxPages pages of 500; 0 is the client's own bound.
func (c *Client) NetworkDeviceMetrics(
	ctx context.Context, w Window, managementIP, metric string, maxPages int,
) (rest.List[NetworkDeviceMetric], error) {
	request, err := networkMetricRequest(w, managementIP, metric)
	return collect(ctx, c, listNetworkDeviceMetricData, request, maxPages, err)
}

func networkMetricRequest(w Window, managementIP, metric string) (rest.PageRequest[NetworkDeviceMetric], error) {
	query, err := w.query(WindowMilliseconds)
	if err != nil {
		return rest.PageRequest[NetworkDeviceMetric]{}, err
	}
	if managementIP != "" {
		if err := checkFilter("managementIp", managementIP); err != nil {
			return rest.PageRequest[NetworkDeviceMetric]{}, err
		}
		query.Set("management_ip", managementIP)
	}
	if metric != "" {
		if err := checkOneOf("metric", metric, NetworkMetrics()); err != nil {
			return rest.PageRequest[NetworkDeviceMetric]{}, err
		}
		query.Set("metric", metric)
	}
	return rest.PageRequest[NetworkDeviceMetric]{
		Request: rest.Request{Query: query},
		Size:    fastPageSize,
		Key: func(m NetworkDeviceMetric) string {
			return identity(m.DeviceIP, m.Metric, m.ResourceType, m.RegionID, m.Timestamp)
		},
	}, nil
}
