package sources

import (
	"maps"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/asks"
)

// Asks are the answers of all sources to what the estimate of a query's cost asks. An operation that is not in this
// table can't be named by the schema.
func (s *Sources) Asks() asks.Table {
	slow, fast, hosts := s.slowPageSize, s.pageSize, s.Hosts.InRegions
	table := asks.Table{
		Operations: map[string]asks.Operation{
			OperationAuditLogs:        s.Audit.Asks(slow),
			OperationDeviceAlarms:     s.Alarms.Asks(slow, model.AlarmSourceDevice),
			OperationDeviceAssets:     s.Devices.Asks(slow),
			OperationExportDesktops:   asks.Command(),
			OperationExportUsers:      asks.Command(),
			OperationHostDetails:      s.Hosts.Asks(fast, s.Regions.Known),
			OperationHostVMs:          s.VirtualMachines.Asks(hosts, s.PlacementHosts),
			OperationInstances:        s.Instances.Asks(fast),
			OperationLoadBalancers:    s.LoadBalancers.Asks(fast),
			OperationNetworkMetrics:   s.Network.Asks(fast, s.Devices.Count),
			OperationPayPerUse:        s.PayPerUse.Asks(),
			OperationPhysicalCapacity: s.Physical.Asks(slow),
			OperationScreenData:       s.Screens.Asks(),
			OperationServiceAlarms:    s.Alarms.Asks(slow, model.AlarmSourceCloudService),
			OperationServiceCapacity:  s.Capacity.Asks(slow),
			OperationTenantInstances:  s.TenantInstances.Asks(),
		},
		Objects: map[string]func(asks.Question, asks.Objects) asks.Objects{
			"CloudService": s.Regions.RefineServices(s.Hosts.RegionsOfHeld),
			"Host":         s.Hosts.Refine,
			"Region":       s.Regions.Refine(s.Hosts.RegionsOfHeld),
		},
		RegionKnown: s.Regions.Known,
	}
	maps.Copy(table.Operations, s.Metrics.Asks(hosts))
	maps.Copy(table.Operations, s.MeterJobs.Asks())
	maps.Copy(table.Operations, s.AspReports.Asks())
	return table
}
