package instances

import (
	"fmt"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// Filter is what a query asks of instances, but for its range, which chose the list; nil lets all pass.
func Filter(f *model.InstanceFilter) dataset.Filter[*model.Instance] {
	if f == nil {
		return dataset.Filter[*model.Instance]{}
	}
	return dataset.Filter[*model.Instance]{
		Fields: []dataset.Field[*model.Instance]{
			{Name: "id", Of: func(i *model.Instance) *string { return &i.ResourceID }, Wanted: f.ResourceIds},
			{Name: "region", Of: func(i *model.Instance) *string { return i.RegionCode }, Wanted: f.Regions},
			{Name: "zone", Of: func(i *model.Instance) *string { return i.AvailabilityZone }, Wanted: f.AvailabilityZones},
			{Name: "domain", Of: func(i *model.Instance) *string { return i.DomainID }, Wanted: f.DomainIds},
			{Name: "project", Of: func(i *model.Instance) *string { return i.ProjectID }, Wanted: f.ProjectIds},
			{
				Name: "enterprise", Of: func(i *model.Instance) *string { return i.EnterpriseProjectID },
				Wanted: f.EnterpriseProjectIds,
			},
			{Name: "spec", Of: func(i *model.Instance) *string { return i.ResourceSpecCode }, Wanted: f.ResourceSpecCodes},
			{Name: "parent", Of: func(i *model.Instance) *string { return i.ParentResourceID }, Wanted: f.ParentResourceIds},
		},
		Contains: dataset.Contains[*model.Instance]{
			Name: "domain name", Of: []func(*model.Instance) *string{func(i *model.Instance) *string { return i.DomainName }},
			Text: dataset.Text(f.DomainNameContains),
		},
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
