package esm

// RowKey is the serial number. The keys of all kinds of rows identify a row among those of its list, in this reading
// and in the next.
func (a Alarm) RowKey() string { return joined(a.CSN) }

// RowKey is the server, what of it was measured, and when.
func (p HostPerformance) RowKey() string { return joined(p.SerialNumber, p.Metric, p.Time) }

// RowKey is the host's id.
func (h HostDetail) RowKey() string { return joined(h.HostID) }

// RowKey is the device's id.
func (d DeviceAsset) RowKey() string { return joined(d.DeviceID) }

// RowKey is the event's id and start.
func (a AuditLog) RowKey() string { return joined(a.ID, a.StartTime) }

// RowKey is the cluster's id in its region, without the time of its measurement.
func (l LoadBalancerCluster) RowKey() string { return joined(l.ClusterID, l.RegionID) }

// RowKey is what was measured, and when.
func (p PhysicalCapacity) RowKey() string { return p.key() }

// RowKey is what was measured, and when.
func (s ServiceCapacity) RowKey() string { return s.key() }

// RowKey is the resource, what of it was metered, and when.
func (r ResourceInstance) RowKey() string {
	return joined(r.ResourceID, r.ResourceSpecCode, r.RegionCode, r.FactorName, r.BeginTime, r.RecordedAt, r.RecordType)
}
