package esm

import (
	"context"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// ResourceInstance is one row of listCloudResourceInstanceData: the use of one instance in one metering period, of any
// tenant. The document has no field table; the meanings follow the names. The times name no zone; UTC is likely
// (QUIRKS 46). Records may come weeks late (QUIRKS 111), as RecordedAt shows.
type ResourceInstance struct {
	ResourceID          loose.Text   `json:"resource_id,omitzero"`
	ResourceTypeCode    loose.Text   `json:"resource_type_code,omitzero"`
	ResourceSpecCode    loose.Text   `json:"resource_spec_code,omitzero"`
	ServiceTypeCode     loose.Text   `json:"cloud_service_type_code,omitzero"`
	RegionCode          loose.Text   `json:"region_code,omitzero"`
	ZoneCode            loose.Text   `json:"az_code,omitzero"`
	DomainID            loose.Text   `json:"domain_id,omitzero"`
	DomainName          loose.Text   `json:"domain_name,omitzero"`
	ProjectID           loose.Text   `json:"project_id,omitzero"` // not always hexadecimal (QUIRKS 32)
	EnterpriseProjectID loose.Text   `json:"enterprise_project_id,omitzero"`
	FactorName          loose.Text   `json:"accumulate_factor_name,omitzero"` // what is metered, as Duration
	FactorValue         loose.Number `json:"accumulate_factor_value,omitzero"`
	BeginTime           loose.Time   `json:"begin_time,omitzero"` // of the metered use
	RecordedAt          loose.Time   `json:"time_stamp,omitzero"`
	RecordType          loose.Text   `json:"record_type,omitzero"` // values are not listed (QUIRKS 39)
	ServiceParameters   loose.Text   `json:"csb_params,omitzero"`  // parts separated by colons (QUIRKS 75)
	PartnerInfo         loose.Text   `json:"bp_info,omitzero"`
	Extension           loose.Text   `json:"extend_params,omitzero"`
	Extension2          loose.Text   `json:"extend_params2,omitzero"`
	ParentResource      loose.Text   `json:"relate_parent_resource,omitzero"` // of a disk the machine it belongs to
	RootResource        loose.Text   `json:"relate_root_resource,omitzero"`
	SiteCode            loose.Text   `json:"site_code,omitzero"`
	Tag                 loose.Text   `json:"tag,omitzero"`
	ErrorMessage        loose.Text   `json:"error_msg,omitzero"` // of the record, not of the call
}

// MissingKey implements [rest.Keyed].
func (r ResourceInstance) MissingKey() string { return missing(r.ResourceID, "resource_id") }

// InstanceTypes are the words that ResourceInstances accepts, a list of its own (QUIRKS 36).
func InstanceTypes() []string {
	return []string{
		"ECS", "EVS", "EIP", "OBS", "BMS", "ELB", "VPN", "DCS", "DMS", "RDS", "GAUSS",
		"MODEL_ARTS_INF", "MODEL_ARTS_TRAIN", "MODEL_ARTS_MAOS",
	}
}

// ResourceInstances lists the records of one type in the window, at most maxPages pages of 500; 0 is the client's own
// bound. Which time of a row the window means is not stated (QUIRKS 51).
func (c *Client) ResourceInstances(
	ctx context.Context, resourceType string, w Window, maxPages int,
) (rest.List[ResourceInstance], error) {
	if err := checkOneOf("type", resourceType, InstanceTypes()); err != nil {
		return rest.List[ResourceInstance]{}, err
	}
	query, err := w.query(c.options.InstanceWindow)
	return list(ctx, c, listCloudResourceInstanceData, rest.PageRequest[ResourceInstance]{
		Request:  rest.Request{Path: map[string]string{"resource_type": resourceType}, Query: query},
		Size:     fastPageSize,
		MaxPages: maxPages,
		Key: func(r ResourceInstance) string {
			return joined(r.ResourceID, r.ResourceSpecCode, r.RegionCode, r.FactorName, r.BeginTime, r.RecordedAt,
				r.RecordType)
		},
	}, err)
}
