package model

// Connection is a page of a list in Relay's form. Edges and cursors are made only when asked for.
type Connection[T any] struct {
	// Nodes are the items of the page, in order.
	Nodes []T
	// HasNextPage and HasPreviousPage tell whether the list has items after and before this page.
	HasNextPage, HasPreviousPage bool
	// TotalCount counts the whole list after the filter; nil where that is not known.
	TotalCount *int
	// CursorOf gives an item's cursor.
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

// PageInfo tells where the page stands.
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
			cursor := c.CursorOf(node)
			return &cursor
		},
	}
}

// PageInfo tells where a page stands among the whole list.
type PageInfo struct {
	// HasNextPage and HasPreviousPage tell whether the list has items after and before the page.
	HasNextPage, HasPreviousPage bool
	cursorAt                     func(end bool) *string
}

// StartCursor is the cursor of the first item; nil on an empty page.
func (p *PageInfo) StartCursor() *string { return p.cursorAt(false) }

// EndCursor is the cursor of the last item; nil on an empty page.
func (p *PageInfo) EndCursor() *string { return p.cursorAt(true) }

// Edge is an item of a connection.
type Edge[T any] struct {
	// Node is the item.
	Node     T
	cursorOf func(T) string
}

// Cursor is the item's opaque place in the connection's order.
func (e *Edge[T]) Cursor() string { return e.cursorOf(e.Node) }

// HostConnection and the aliases below are the connections of the schema and their edges.
type (
	HostConnection           = Connection[*Host]
	HostEdge                 = Edge[*Host]
	VirtualMachineConnection = Connection[*VirtualMachine]
	VirtualMachineEdge       = Edge[*VirtualMachine]
	AlarmConnection          = Connection[*Alarm]
	AlarmEdge                = Edge[*Alarm]
	MeterRecordConnection    = Connection[*MeterRecord]
	MeterRecordEdge          = Edge[*MeterRecord]

	DeviceConnection              = Connection[*Device]
	DeviceEdge                    = Edge[*Device]
	InstanceConnection            = Connection[*Instance]
	InstanceEdge                  = Edge[*Instance]
	UsageRecordConnection         = Connection[*UsageRecord]
	UsageRecordEdge               = Edge[*UsageRecord]
	TenantInstanceConnection      = Connection[*TenantInstance]
	TenantInstanceEdge            = Edge[*TenantInstance]
	AuditEventConnection          = Connection[*AuditEvent]
	AuditEventEdge                = Edge[*AuditEvent]
	LoadBalancerClusterConnection = Connection[*LoadBalancerCluster]
	LoadBalancerClusterEdge       = Edge[*LoadBalancerCluster]
	NetworkDeviceMetricConnection = Connection[*NetworkDeviceMetric]
	NetworkDeviceMetricEdge       = Edge[*NetworkDeviceMetric]
	PayPerUseResourceConnection   = Connection[*PayPerUseResource]
	PayPerUseResourceEdge         = Edge[*PayPerUseResource]
)
