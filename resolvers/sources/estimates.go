package sources

import (
	"context"
	"maps"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/audit"
	"github.com/opsgraph/opsgraph/resolvers/sources/billing"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/estimate"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
	"github.com/opsgraph/opsgraph/resolvers/sources/screens"
)

// Estimates are the answers of all sources to what the estimate of a query's cost asks. The schema can name no
// operation that is not in this table.
func (s *Sources) Estimates() estimate.Table {
	slow, fast, ofHosts := s.slowPageSize, s.pageSize, s.Hosts.InRegions
	table := estimate.Table{
		Operations: map[string]estimate.Operation{
			audit.Operation:            s.Audit.Estimate(slow),
			alarms.OperationDevice:     s.Alarms.Estimate(slow, model.AlarmSourceDevice),
			devices.Operation:          s.Devices.Estimate(slow),
			hosts.Operation:            s.Hosts.Estimate(fast, s.Regions.Known),
			hosts.OperationMachines:    s.Hosts.EstimateMachines(),
			instances.Operation:        s.Instances.Estimate(fast),
			devices.OperationClusters:  s.Devices.EstimateClusters(fast),
			metrics.OperationNetwork:   s.Metrics.Network.Estimate(fast, s.Devices.Count),
			billing.Operation:          s.Billing.Estimate(),
			capacity.OperationPhysical: s.Capacity.EstimatePhysical(slow),
			screens.Operation:          screens.Estimate(s.Screens),
			alarms.OperationService:    s.Alarms.Estimate(slow, model.AlarmSourceCloudService),
			capacity.OperationService:  s.Capacity.EstimateServices(slow),
			instances.OperationTenant:  s.Instances.EstimateTenant(),
		},
		Objects: map[string]func(estimate.Question, estimate.Objects) estimate.Objects{
			"AllocationCell": capacity.RefineCells,
			"CloudService":   s.Regions.RefineServices(s.Hosts.RegionsOfHeld),
			"Host":           s.Hosts.Refine,
			"Region":         s.Regions.Refine(s.Hosts.RegionsOfHeld),
		},
		Counts: map[string]func(context.Context, string, time.Duration) error{
			hosts.Operation: func(ctx context.Context, scope string, maxAge time.Duration) error {
				return s.Hosts.List.One(ctx, scope, struct{}{}, maxAge).Err
			},
			devices.Operation: func(ctx context.Context, scope string, maxAge time.Duration) error {
				return s.Devices.List.One(ctx, scope, struct{}{}, maxAge).Err
			},
		},
		RegionKnown: s.Regions.Known,
	}
	maps.Copy(table.Operations, s.Metrics.Estimates(fast, ofHosts))
	maps.Copy(table.Operations, s.MeterJobs.Estimates())
	maps.Copy(table.Operations, s.AspReports.Estimates())
	maps.Copy(table.Operations, s.UsageExports.Estimates())
	return table
}
