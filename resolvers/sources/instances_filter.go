package sources

import (
	"fmt"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
)

// InstanceMatches tells whether an instance passes the filter, whose range is settled by the list that is read; a nil filter lets every
// instance pass.
func InstanceMatches(f *model.InstanceFilter) func(*model.Instance) bool {
	if f == nil {
		return func(*model.Instance) bool { return true }
	}
	ids, regions, zones := setOf(f.ResourceIds), setOf(f.Regions), setOf(f.AvailabilityZones)
	domains, projects, enterprises := setOf(f.DomainIds), setOf(f.ProjectIds), setOf(f.EnterpriseProjectIds)
	specs, parents := setOf(f.ResourceSpecCodes), setOf(f.ParentResourceIds)
	contains := strings.ToLower(text(f.DomainNameContains))
	return func(i *model.Instance) bool {
		return ids.has(&i.ResourceID) && regions.has(i.RegionCode) && zones.has(i.AvailabilityZone) &&
			domains.has(i.DomainID) && projects.has(i.ProjectID) && enterprises.has(i.EnterpriseProjectID) &&
			specs.has(i.ResourceSpecCode) && parents.has(i.ParentResourceID) &&
			(contains == "" || strings.Contains(strings.ToLower(text(i.DomainName)), contains))
	}
}

// InstanceOrderOf is the order that a query asks for; nil means the default one, by resource id.
func InstanceOrderOf(o *model.InstanceOrder) Order[*model.Instance] {
	order := Order[*model.Instance]{ID: func(i *model.Instance) string { return i.ResourceID }}
	field := model.InstanceOrderFieldResourceID
	if o != nil {
		field, order.Descending = o.Field, o.Direction == model.OrderDirectionDesc
	}
	switch field {
	case model.InstanceOrderFieldDomainName:
		order.Name, order.Key = "id", func(i *model.Instance) model.SortKey { return textKey(i.DomainName) }
	case model.InstanceOrderFieldResourceSpecCode:
		order.Name, order.Key = "is", func(i *model.Instance) model.SortKey { return textKey(i.ResourceSpecCode) }
	case model.InstanceOrderFieldBeginAt:
		order.Name, order.Key = "ib", func(i *model.Instance) model.SortKey { return timeKey(i.BeginAt) }
	case model.InstanceOrderFieldRecordedAt:
		order.Name, order.Key = "it", func(i *model.Instance) model.SortKey { return timeKey(i.RecordedAt) }
	case model.InstanceOrderFieldResourceID:
		order.Name, order.Key = "ir", func(i *model.Instance) model.SortKey { return textKey(&i.ResourceID) }
	}
	if order.Descending {
		order.Name += "-"
	}
	return order
}

// UsageOrder is the order of metering periods: the latest first.
func UsageOrder() Order[*model.UsageRecord] {
	return Order[*model.UsageRecord]{
		Name: "ub-", Descending: true,
		Key: func(r *model.UsageRecord) model.SortKey { return timeKey(r.BeginAt) },
		ID:  func(r *model.UsageRecord) string { return fmt.Sprintf("%06d", r.Position) },
	}
}
