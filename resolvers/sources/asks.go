package sources

import (
	"maps"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
	"github.com/opsgraph/opsgraph/resolvers/sources/audit"
	"github.com/opsgraph/opsgraph/resolvers/sources/billing"
	"github.com/opsgraph/opsgraph/resolvers/sources/capacity"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/instances"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/resolvers/sources/metrics"
	"github.com/opsgraph/opsgraph/resolvers/sources/screens"
)

// Asks are the answers of all sources to what the estimate of a query's cost asks. An operation that is not in this
// table can't be named by the schema.
func (s *Sources) Asks() asks.Table {
	slow, fast, ofHosts := s.slowPageSize, s.pageSize, s.Hosts.InRegions
	table := asks.Table{
		Operations: map[string]asks.Operation{
			audit.Operation:              s.Audit.Asks(slow),
			alarms.OperationDevice:       s.Alarms.Asks(slow, model.AlarmSourceDevice),
			devices.Operation:            s.Devices.Asks(slow),
			jobs.OperationExportDesktops: asks.Command(),
			jobs.OperationExportUsers:    asks.Command(),
			hosts.Operation:              s.Hosts.Asks(fast, s.Regions.Known),
			hosts.OperationMachines:      s.Hosts.AsksMachines(),
			instances.Operation:          s.Instances.Asks(fast),
			devices.OperationClusters:    s.Devices.AsksClusters(fast),
			metrics.OperationNetwork:     s.Metrics.Network.Asks(fast, s.Devices.Count),
			billing.Operation:            s.Billing.Asks(),
			capacity.OperationPhysical:   s.Capacity.AsksPhysical(slow),
			screens.Operation:            screens.Asks(s.Screens),
			alarms.OperationService:      s.Alarms.Asks(slow, model.AlarmSourceCloudService),
			capacity.OperationService:    s.Capacity.AsksServices(slow),
			instances.OperationTenant:    s.Instances.AsksTenant(),
		},
		Objects: map[string]func(asks.Question, asks.Objects) asks.Objects{
			"CloudService": s.Regions.RefineServices(s.Hosts.RegionsOfHeld),
			"Host":         s.Hosts.Refine,
			"Region":       s.Regions.Refine(s.Hosts.RegionsOfHeld),
		},
		RegionKnown: s.Regions.Known,
	}
	maps.Copy(table.Operations, s.Metrics.Asks(ofHosts))
	maps.Copy(table.Operations, s.MeterJobs.Asks())
	maps.Copy(table.Operations, s.AspReports.Asks())
	return table
}
