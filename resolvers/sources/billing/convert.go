package billing

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// build converts a list. Pages come in no order and rows may repeat (quirk 108): each resource counts once.
func build(cfg dataset.Config, customerID string, read rows) *List {
	list := &List{byID: make(map[string]*model.PayPerUseResource, len(read.Records))}
	resources := make([]*model.PayPerUseResource, 0, len(read.Records))
	for _, row := range read.Records {
		resource := convertPayPerUse(cfg, customerID, row)
		if list.byID[resource.ID] != nil {
			continue
		}
		list.byID[resource.ID] = resource
		resources = append(resources, resource)
	}
	list.List = dataset.NewList(dataset.Sorted(Order(), resources), Order(), dataset.ExtentOf(read),
		func(r *model.PayPerUseResource) *string { return r.RegionCode })
	return list
}

// Order is the only order of pay-per-use resources: by resource id, those without one last.
func Order() dataset.Order[*model.PayPerUseResource] {
	return dataset.Order[*model.PayPerUseResource]{
		Name: "pr",
		Key: func(r *model.PayPerUseResource) model.SortKey {
			if r.ResourceID == nil {
				return model.SortKey{Null: true}
			}
			return model.SortKey{Text: *r.ResourceID}
		},
		ID: func(r *model.PayPerUseResource) string { return r.ID },
	}
}

// convertPayPerUse converts a row, of which nothing is promised (quirk 104). The customer is the one that was asked.
func convertPayPerUse(cfg dataset.Config, customerID string, r bss.Resource) *model.PayPerUseResource {
	row, err := json.Marshal(r)
	if err != nil { // a record that came from JSON goes back into it
		row = []byte(r.ResourceName.String())
	}
	at := func(t loose.Time, field string) *time.Time { return cfg.Instant(t, time.UTC, Operation, field) }
	resource := &model.PayPerUseResource{
		ID:               model.PayPerUseResourceID(customerID, r.ResourceID.Ptr(), row),
		CustomerID:       customerID,
		ResourceID:       r.ResourceID.Ptr(),
		Name:             r.ResourceName.Ptr(),
		RegionCode:       cfg.PromisedCode(r.RegionCode, Operation, "region_code"),
		AvailabilityZone: r.ZoneCode.Ptr(),
		ServiceTypeCode:  r.ServiceTypeCode.Ptr(),
		ServiceTypeName:  r.ServiceTypeName.Ptr(),
		ResourceTypeCode: r.ResourceTypeCode.Ptr(),
		ResourceTypeName: r.ResourceTypeName.Ptr(),
		ResourceSpecCode: r.ResourceSpecCode.Ptr(),
		SpecDescription:  r.ProductSpecDescription.Ptr(),
		EffectiveAt:      at(r.EffectiveTime, "effective_time"),
		ExpiresAt:        at(r.ExpireTime, "expire_time"),
	}
	payPerUseSize(cfg, resource, r)
	payPerUseStatus(cfg, resource, r)
	if _, ok := InstanceType(resource); !ok && resource.ServiceTypeCode != nil {
		cfg.Unknown("InstanceType")
	}
	return resource
}

// payPerUseSize reads the size from the JSON in a text (quirk 74). The description, which may disagree, does not count.
func payPerUseSize(cfg dataset.Config, resource *model.PayPerUseResource, r bss.Resource) {
	if r.ResourceInfo.IsAbsent() {
		return
	}
	raw := r.ResourceInfo.Raw()
	resource.ResourceInfo = &raw
	info, ok := r.ResourceInfo.Value()
	if size, isNumber := info.SpecSize.Decimal(); ok && isNumber {
		resource.SpecSize = &size
	} else if !ok || info.SpecSize.Unreadable() {
		cfg.Unreadable(Operation, "resource_info")
	}
}

// payPerUseStatus reads the number of the state; one outside the list is kept as text and counted (quirks 41, 104).
func payPerUseStatus(cfg dataset.Config, resource *model.PayPerUseResource, r bss.Resource) {
	if r.Status.IsAbsent() {
		return
	}
	raw := r.Status.Raw()
	resource.StatusText = &raw
	number, ok := r.Status.Int()
	if !ok || number < 1 || int(number) > len(model.AllPayPerUseStatus) {
		cfg.Unknown("PayPerUseStatus")
		return
	}
	resource.Status = &model.AllPayPerUseStatus[number-1]
}

// serviceTypePrefix begins the service codes of the billing system.
const serviceTypePrefix = "hws.service.type."

// InstanceType is the type of instances that a resource is among, by its service code; false when that names none. The
// documents show ec2, ebs and obs; for the others the last word of the code is taken for what it says.
func InstanceType(r *model.PayPerUseResource) (model.InstanceType, bool) {
	service, found := strings.CutPrefix(strings.ToLower(dataset.Text(r.ServiceTypeCode)), serviceTypePrefix)
	if !found {
		return "", false
	}
	switch service {
	case "ec2":
		return model.InstanceTypeEcs, true
	case "ebs":
		return model.InstanceTypeEvs, true
	case "gaussdb":
		return model.InstanceTypeGauss, true
	case "modelarts":
		code := strings.ToLower(dataset.Text(r.ResourceTypeCode))
		service = "MODEL_ARTS_" + code[strings.LastIndexByte(code, '.')+1:]
	}
	kind := model.InstanceType(strings.ToUpper(service))
	return kind, kind.IsValid()
}
