package model

import "strings"

// NetworkDeviceMetric is one metric of one network device in a window (listNetworkDeviceMetricData).
type NetworkDeviceMetric struct {
	// ManagementIP is the address as sent. Address is its canonical form, the key of the join to devices; empty when it is
	// invalid.
	ManagementIP string
	Address      string
	ResourceType *string
	// Metric is nil for a code outside the documented list; MetricText has the code as sent.
	Metric     *NetworkMetric
	MetricText string
	RegionCode *string
	Series     *MetricSeries
}

// codePrefix makes names of the upstream's numbers, because names in GraphQL begin with a letter.
const codePrefix = "CODE_"

// Code returns the metric's code as the upstream expects it, such as 14.
func (m NetworkMetric) Code() string { return strings.TrimPrefix(string(m), codePrefix) }

// NetworkMetricOf returns the metric with a code; nil for one outside the documented list.
func NetworkMetricOf(code string) *NetworkMetric {
	metric := NetworkMetric(codePrefix + code)
	if !metric.IsValid() {
		return nil
	}
	return &metric
}
