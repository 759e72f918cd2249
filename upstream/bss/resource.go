package bss

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Resource is one row of listCustomerOnDemandResources. Nothing in it is promised (QUIRKS 104).
type Resource struct {
	CustomerID       loose.Text `json:"customer_id,omitzero"`
	RegionCode       loose.Text `json:"region_code,omitzero"`
	ZoneCode         loose.Text `json:"availability_zone_code,omitzero"`
	ServiceTypeCode  loose.Text `json:"service_type_code,omitzero"`
	ServiceTypeName  loose.Text `json:"service_type_name,omitzero"` // later editions only
	ResourceTypeCode loose.Text `json:"resource_type_code,omitzero"`
	ResourceTypeName loose.Text `json:"resource_type_name,omitzero"` // later editions only
	// not always a UUID (QUIRKS 99)
	ResourceID    loose.Text `json:"resource_id,omitzero"`
	ResourceName  loose.Text `json:"resource_name,omitzero"`
	EffectiveTime loose.Time `json:"effective_time,omitzero"`
	ExpireTime    loose.Time `json:"expire_time,omitzero"`
	// 1 normal, 2 grace, 3 frozen, 4 changing, 5 closing, 6 closed, or another
	Status           loose.Number                 `json:"status,omitzero"`
	ResourceSpecCode loose.Text                   `json:"resource_spec_code,omitzero"`
	ResourceInfo     loose.Embedded[ResourceInfo] `json:"resource_info,omitzero"`
	// parts separated by | (QUIRKS 75)
	ProductSpecDescription loose.Text `json:"product_spec_desc,omitzero"`
}

// ResourceInfo is the JSON inside Resource.ResourceInfo. It need not agree with the product's description (QUIRKS 74).
type ResourceInfo struct {
	SpecSize loose.Number `json:"specSize,omitzero"`
}

// resourcePage is an answer: a page as of the other systems, under other names.
type resourcePage struct{ page rest.Page[Resource] }

// RowCount implements [rest.Counted].
func (p *resourcePage) RowCount() int { return p.page.RowCount() }

// UnmarshalJSON reads an answer row by row, so that an odd row costs itself only.
func (p *resourcePage) UnmarshalJSON(data []byte) error {
	var wire struct {
		Resources  json.RawMessage `json:"resources"`
		TotalCount json.RawMessage `json:"total_count"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return fmt.Errorf("page of resources: %w", err)
	}
	const null = "null" // a key that is missing
	return p.page.UnmarshalJSON(fmt.Appendf(nil, `{"total":%s,"list":%s}`,
		cmp.Or(string(wire.TotalCount), null), cmp.Or(string(wire.Resources), null)))
}
