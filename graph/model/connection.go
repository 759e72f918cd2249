package model

// Connection is a page of a list in Relay's form. It makes edges and cursors only when a query asks for them.
type Connection[T any] struct {
	// Nodes are the items of the page, in order.
	Nodes []T
	// HasNextPage and HasPreviousPage report whether the list has items after and before this page.
	HasNextPage, HasPreviousPage bool
	// TotalCount counts the whole list after the filter; nil when that is not known.
	TotalCount *int
	// CursorOf returns an item's cursor.
	CursorOf func(T) string
}

// Edges pairs the items with their cursors.
func (c *Connection[T]) Edges() []*Edge[T] {
	edges := make([]*Edge[T], len(c.Nodes))
	for i, node := range c.Nodes {
		edges[i] = &Edge[T]{Node: node, cursorOf: c.CursorOf}
	}
	return edges
}

// PageInfo returns the place of the page in the whole list.
func (c *Connection[T]) PageInfo() *PageInfo {
	return &PageInfo{
		HasNextPage:     c.HasNextPage,
		HasPreviousPage: c.HasPreviousPage,
		cursorAt: func(end bool) *string {
			if len(c.Nodes) == 0 {
				return nil
			}
			node := c.Nodes[0]
			if end {
				node = c.Nodes[len(c.Nodes)-1]
			}
			return new(c.CursorOf(node))
		},
	}
}

// PageInfo is the place of a page in the whole list.
type PageInfo struct {
	// HasNextPage and HasPreviousPage report whether the list has items after and before the page.
	HasNextPage, HasPreviousPage bool
	cursorAt                     func(end bool) *string
}

// StartCursor returns the cursor of the first item; nil on an empty page.
func (p *PageInfo) StartCursor() *string { return p.cursorAt(false) }

// EndCursor returns the cursor of the last item; nil on an empty page.
func (p *PageInfo) EndCursor() *string { return p.cursorAt(true) }

// Edge is an item of a connection.
type Edge[T any] struct {
	// Node is the item.
	Node     T
	cursorOf func(T) string
}

// Cursor returns the item's opaque place in the connection's order.
func (e *Edge[T]) Cursor() string { return e.cursorOf(e.Node) }

type (
	// HostConnection is a page of the schema's connection of type host.
	HostConnection = Connection[*Host]
	// HostEdge is an item of such a page, with its cursor.
	HostEdge = Edge[*Host]
	// VirtualMachineConnection is a page of the schema's connection of type virtual machine.
	VirtualMachineConnection = Connection[*VirtualMachine]
	// VirtualMachineEdge is an item of such a page, with its cursor.
	VirtualMachineEdge = Edge[*VirtualMachine]
	// AlarmConnection is a page of the schema's connection of type alarm.
	AlarmConnection = Connection[*Alarm]
	// AlarmEdge is an item of such a page, with its cursor.
	AlarmEdge = Edge[*Alarm]
	// MeterRecordConnection is a page of the schema's connection of type meter record.
	MeterRecordConnection = Connection[*MeterRecord]
	// MeterRecordEdge is an item of such a page, with its cursor.
	MeterRecordEdge = Edge[*MeterRecord]

	// DeviceConnection is a page of the schema's connection of type device.
	DeviceConnection = Connection[*Device]
	// DeviceEdge is an item of such a page, with its cursor.
	DeviceEdge = Edge[*Device]
	// InstanceConnection is a page of the schema's connection of type instance.
	InstanceConnection = Connection[*Instance]
	// InstanceEdge is an item of such a page, with its cursor.
	InstanceEdge = Edge[*Instance]
	// UsageRecordConnection is a page of the schema's connection of type usage record.
	UsageRecordConnection = Connection[*UsageRecord]
	// UsageRecordEdge is an item of such a page, with its cursor.
	UsageRecordEdge = Edge[*UsageRecord]
	// TenantInstanceConnection is a page of the schema's connection of type tenant instance.
	TenantInstanceConnection = Connection[*TenantInstance]
	// TenantInstanceEdge is an item of such a page, with its cursor.
	TenantInstanceEdge = Edge[*TenantInstance]
	// AuditEventConnection is a page of the schema's connection of type audit event.
	AuditEventConnection = Connection[*AuditEvent]
	// AuditEventEdge is an item of such a page, with its cursor.
	AuditEventEdge = Edge[*AuditEvent]
	// LoadBalancerClusterConnection is a page of the schema's connection of type load balancer cluster.
	LoadBalancerClusterConnection = Connection[*LoadBalancerCluster]
	// LoadBalancerClusterEdge is an item of such a page, with its cursor.
	LoadBalancerClusterEdge = Edge[*LoadBalancerCluster]
	// NetworkDeviceMetricConnection is a page of the schema's connection of type network device metric.
	NetworkDeviceMetricConnection = Connection[*NetworkDeviceMetric]
	// NetworkDeviceMetricEdge is an item of such a page, with its cursor.
	NetworkDeviceMetricEdge = Edge[*NetworkDeviceMetric]
	// PayPerUseResourceConnection is a page of the schema's connection of type pay per use resource.
	PayPerUseResourceConnection = Connection[*PayPerUseResource]
	// PayPerUseResourceEdge is an item of such a page, with its cursor.
	PayPerUseResourceEdge = Edge[*PayPerUseResource]
)
