package esm

import (
	"context"
	"iter"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// VMPerformance is one row of listEcsPerformance: a sample of one metric of a virtual machine. The document has no
// field table; the meanings follow the names.
type VMPerformance struct {
	InstanceID    loose.Text   `json:"INSTANCE_ID,omitzero"` // the machine's id
	MetricName    loose.Text   `json:"METRIC_NAME,omitzero"`
	MetricValue   loose.Number `json:"METRIC_VALUE,omitzero"`
	MetricUnit    loose.Text   `json:"METRIC_UNIT,omitzero"`
	Timestamp     loose.Time   `json:"TIMESTAMP,omitzero"`
	RegionID      loose.Text   `json:"REGION_ID,omitzero"`
	Service       loose.Text   `json:"SERVICE,omitzero"`
	Namespace     loose.Text   `json:"NAMESPACE,omitzero"`
	SourceService loose.Text   `json:"SOURCE_SERVICE,omitzero"`
	SourceType    loose.Text   `json:"SOURCE_TYPE,omitzero"`
	SourceTag     loose.Text   `json:"SOURCE_TAG,omitzero"`
	TenantName    loose.Text   `json:"TENANT_NAME,omitzero"`
}

// MissingKey implements [rest.Keyed]. A row without an id is about the machine of the request.
func (p VMPerformance) MissingKey() string { return missing(p.MetricName, "METRIC_NAME") }

// VMPerformancePages walks the samples of one machine in the window, or of all when vmID is "", page by page; the
// caller stops when it has enough. An error ends the walk.
func (c *Client) VMPerformancePages(
	ctx context.Context, vmID string, w Window,
) iter.Seq2[rest.PageResult[VMPerformance], error] {
	query, err := w.filtered(filter{name: "vm_id", field: "vmId", value: vmID})
	return walk(ctx, c, listEcsPerformance, query, func(p VMPerformance) string {
		return joined(p.InstanceID, p.MetricName, p.MetricUnit, p.Namespace, p.SourceService, p.SourceType, p.SourceTag,
			p.Service, p.RegionID, p.TenantName, p.Timestamp)
	}, err)
}
