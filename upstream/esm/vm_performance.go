package esm

import (
	"context"
	"iter"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// VMPerformance is one row of listEcsPerformance: a sample of one metric of a virtual machine. The
// document has no field table; the meanings follow the names.
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

// VMPerformancePages walks the samples of one machine in the window, or of all when vmID is "", page by
// page; the caller stops when it has enough. An error ends the walk.
func (c *Client) VMPerformancePages(
	ctx context.Context, vmID string, w Window,
) iter.Seq2[rest.PageResult[VMPerformance], error] {
	request, err := vmPerformanceRequest(vmID, w)
	return walk(ctx, c, listEcsPerformance, request, err)
}

// VMPerformance lists the samples of one machine in the window, or of all when vmID is "", at most
// maxPages pages of 500; 0 is the client's own bound.
func (c *Client) VMPerformance(
	ctx context.Context, vmID string, w Window, maxPages int,
) (rest.List[VMPerformance], error) {
	request, err := vmPerformanceRequest(vmID, w)
	return collect(ctx, c, listEcsPerformance, request, maxPages, err)
}

func vmPerformanceRequest(vmID string, w Window) (rest.PageRequest[VMPerformance], error) {
	query, err := w.query(WindowMilliseconds)
	if err != nil {
		return rest.PageRequest[VMPerformance]{}, err
	}
	if vmID != "" {
		if err := checkFilter("vmId", vmID); err != nil {
			return rest.PageRequest[VMPerformance]{}, err
		}
		query.Set("vm_id", vmID)
	}
	return rest.PageRequest[VMPerformance]{
		Request: rest.Request{Query: query},
		Size:    fastPageSize,
		Key: func(p VMPerformance) string {
			return identity(p.InstanceID, p.Namespace, p.MetricName, p.SourceService, p.SourceType, p.Timestamp)
		},
	}, nil
}
