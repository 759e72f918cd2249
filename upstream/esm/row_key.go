package esm

// RowKey is the serial number. The keys of all kinds of rows identify a row among those of its list, in this reading and
// in the next; that of a row without an id is empty.
func (a Alarm) RowKey() string { return identity(a.CSN) }

// RowKey is the host's id.
func (h HostDetail) RowKey() string { return identity(h.HostID) }

// RowKey is the device's id.
func (d DeviceAsset) RowKey() string { return identity(d.DeviceID) }

// RowKey is the event's id and start.
func (a AuditLog) RowKey() string { return identity(a.ID, a.StartTime) }

// RowKey is the cluster's id in its region, without the time of its measurement.
func (l LoadBalancerCluster) RowKey() string { return identity(l.ClusterID, l.RegionID) }

// RowKey is what was measured, and when.
func (p PhysicalCapacity) RowKey() string { return p.key() }

// RowKey is what was measured, and when.
func (s ServiceCapacity) RowKey() string { return s.key() }

// RowKey is the resource, what of it was metered, and when.
func (r ResourceInstance) RowKey() string {
	return identity(r.ResourceID, r.ResourceSpecCode, r.RegionCode, r.FactorName, r.BeginTime, r.RecordedAt, r.RecordType)
}
