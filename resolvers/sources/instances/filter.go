package instances

import (
	"fmt"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Matches reports whether an instance passes the filter, but for its range, which chose the list; nil lets all pass.
func Matches(f *model.InstanceFilter) func(*model.Instance) bool {
	if f == nil {
		return func(*model.Instance) bool { return true }
	}
	ids, regions, zones := dataset.SetOf(f.ResourceIds), dataset.SetOf(f.Regions), dataset.SetOf(f.AvailabilityZones)
	domains, projects, enterprises := dataset.SetOf(f.DomainIds), dataset.SetOf(f.ProjectIds),
		dataset.SetOf(f.EnterpriseProjectIds)
	specs, parents := dataset.SetOf(f.ResourceSpecCodes), dataset.SetOf(f.ParentResourceIds)
	contains := strings.ToLower(dataset.Text(f.DomainNameContains))
	return func(i *model.Instance) bool {
		return ids.Has(&i.ResourceID) && regions.Has(i.RegionCode) && zones.Has(i.AvailabilityZone) &&
			domains.Has(i.DomainID) && projects.Has(i.ProjectID) && enterprises.Has(i.EnterpriseProjectID) &&
			specs.Has(i.ResourceSpecCode) && parents.Has(i.ParentResourceID) &&
			(contains == "" || strings.Contains(strings.ToLower(dataset.Text(i.DomainName)), contains))
	}
}

// OrderOf is the order that a query asks for; nil means the default one, by resource id.
func OrderOf(o *model.InstanceOrder) dataset.Order[*model.Instance] {
	order := dataset.Order[*model.Instance]{ID: func(i *model.Instance) string { return i.ResourceID }}
	field := model.InstanceOrderFieldResourceID
	if o != nil {
		field, order.Descending = o.Field, o.Direction == model.OrderDirectionDesc
	}
	switch field {
	case model.InstanceOrderFieldDomainName:
		order.Name, order.Key = "id", func(i *model.Instance) model.SortKey { return dataset.TextKey(i.DomainName) }
	case model.InstanceOrderFieldResourceSpecCode:
		order.Name, order.Key = "is", func(i *model.Instance) model.SortKey { return dataset.TextKey(i.ResourceSpecCode) }
	case model.InstanceOrderFieldBeginAt:
		order.Name, order.Key = "ib", func(i *model.Instance) model.SortKey { return dataset.TimeKey(i.BeginAt) }
	case model.InstanceOrderFieldRecordedAt:
		order.Name, order.Key = "it", func(i *model.Instance) model.SortKey { return dataset.TimeKey(i.RecordedAt) }
	case model.InstanceOrderFieldResourceID:
		order.Name, order.Key = "ir", func(i *model.Instance) model.SortKey { return dataset.TextKey(&i.ResourceID) }
	}
	if order.Descending {
		order.Name += "-"
	}
	return order
}

// UsageOrder is the order of metering periods: the latest first.
func UsageOrder() dataset.Order[*model.UsageRecord] {
	return dataset.Order[*model.UsageRecord]{
		Name: "ub-", Descending: true,
		Key: func(r *model.UsageRecord) model.SortKey { return dataset.TimeKey(r.BeginAt) },
		ID:  func(r *model.UsageRecord) string { return fmt.Sprintf("%06d", r.Position) },
	}
}
