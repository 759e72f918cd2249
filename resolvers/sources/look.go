package sources

import (
	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
)

// What a plan looks at: each Look tells what memory holds of a set of data, without any effect on it.

// Look tells what is held of the host list; the list is nil when nothing is.
func (h *Hosts) Look(scope string) (*HostList, cache.Sight) {
	return h.snapshot.Look(cache.Key{Scope: scope})
}

// LookID tells what is held of one host by itself, apart from the list.
func (h *Hosts) LookID(scope, hostID string) cache.Sight {
	_, sight := h.byID.Look(scope, hostID)
	return sight
}

// ExpectedPages is how many pages the host list is expected to have, which decides whether single hosts are asked for by id.
func (h *Hosts) ExpectedPages(scope string) int {
	if rows, ok := h.lastRows.value(scope); ok {
		return rows/h.pageSize + 1
	}
	return 1
}

// Look tells what is held of the capacity of a service.
func (c *Capacity) Look(scope string, service model.CloudServiceType) cache.Sight {
	_, sight := c.snapshot.Look(cache.Key{Scope: scope, Part: string(service)})
	return sight
}

// LookRange tells what is held of the capacity of a service in a span of time.
func (c *Capacity) LookRange(scope string, asked CapacityRange) cache.Sight {
	_, sight := c.ranges.Look(scope, asked)
	return sight
}

// Look tells what is held of the physical pools.
func (p *Physical) Look(scope string) cache.Sight {
	_, sight := p.snapshot.Look(cache.Key{Scope: scope})
	return sight
}

// LookRange tells what is held of the physical pools in a span of time.
func (p *Physical) LookRange(scope string, asked Span) cache.Sight {
	_, sight := p.ranges.Look(scope, asked)
	return sight
}

// Look tells what is held of one of the two lists of alarms.
func (a *Alarms) Look(scope string, source model.AlarmSource) cache.Sight {
	_, sight := a.snapshots[source].Look(cache.Key{Scope: scope})
	return sight
}

// Look tells what is held of the inventory; the list is nil when nothing is.
func (d *Devices) Look(scope string) (*DeviceList, cache.Sight) {
	return d.snapshot.Look(cache.Key{Scope: scope})
}

// Look tells what is held of the audit log of days.
func (a *Audit) Look(scope string, days AuditDays) cache.Sight {
	_, sight := a.snapshot.Look(cache.Key{Scope: scope, Part: days.text()})
	return sight
}

// Look tells what is held of the load-balancer clusters.
func (l *LoadBalancers) Look(scope string) cache.Sight {
	_, sight := l.snapshot.Look(cache.Key{Scope: scope})
	return sight
}

// Look tells what is held of a list of instances; the list is nil when nothing is.
func (i *Instances) Look(scope string, key InstanceKey) (*InstanceList, cache.Sight) {
	return i.snapshot.Look(cache.Key{Scope: scope, Part: key.part()})
}

// Look tells what is held of the tenant zone's rows of a type.
func (t *TenantInstances) Look(scope string, kind model.TenantInstanceType) cache.Sight {
	_, sight := t.snapshot.Look(cache.Key{Scope: scope, Part: string(kind)})
	return sight
}

// Look tells what is held of the machines of a host.
func (v *VirtualMachines) Look(scope, hostID string) cache.Sight {
	_, sight := v.byHost.Look(scope, hostID)
	return sight
}

// Look tells what is held of the series of a thing in a window.
func (m *MetricSource) Look(scope string, key MetricKey) cache.Sight { return m.look(scope, key) }

// Look tells what is held of the metrics of network devices in a window.
func (n *NetworkMetrics) Look(scope string, key NetworkKey) cache.Sight {
	_, sight := n.windows.Look(scope, key)
	return sight
}

// LookList tells what is held of the resources of a query.
func (p *PayPerUse) LookList(scope string, q PayPerUseQuery) cache.Sight {
	_, sight := p.lists.Look(scope, q)
	return sight
}

// Look tells what is held of one resource of a customer.
func (p *PayPerUse) Look(scope string, key PayPerUseKey) cache.Sight {
	_, sight := p.byID.Look(scope, key)
	return sight
}

// Look tells what is held of a shared screen.
func (s *Screens) Look(scope, shareID string) cache.Sight {
	_, sight := s.byShare.Look(scope, shareID)
	return sight
}

// Look tells what is held of the state of a job.
func (j *MeterJobs) Look(scope string, key MeterJobKey) cache.Sight {
	_, sight := j.states.Look(scope, key)
	return sight
}

// Look tells what is held of a report; nothing while reading is off.
func (a *AspReports) Look(scope string, key AspReportKey) cache.Sight {
	if a.reports == nil {
		return cache.Sight{Rows: -1}
	}
	_, sight := a.reports.Look(scope, key)
	return sight
}
