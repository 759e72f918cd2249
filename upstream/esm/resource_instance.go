package esm

import (
	"context"
	"iter"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// ResourceInstance is one row of listCloudResourceInstanceData: the use of one instance in one metering
// period, of any tenant. The document has no field table; the meanings follow the names. The times name
// no zone; UTC is likely (QUIRKS 46). Records may come weeks late (QUIRKS 111): RecordedAt tells.
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

// InstanceTypes are the words by which ResourceInstances asks for a type, a list of its own (QUIRKS 36).
func InstanceTypes() []string {
	return []string{
		"ECS", "EVS", "EIP", "OBS", "BMS", "ELB", "VPN", "DCS", "DMS", "RDS", "GAUSS",
		"MODEL_ARTS_INF", "MODEL_ARTS_TRAIN", "MODEL_ARTS_MAOS",
	}
}

// ResourceInstancePages walks the records of one type in the window, page by page: there may be tens of
// thousands (QUIRKS 62), so the caller stops when it has enough. An error ends the walk.
func (c *Client) ResourceInstancePages(
	ctx context.Context, resourceType string, w Window,
) iter.Seq2[rest.PageResult[ResourceInstance], error] {
	request, err := c.resourceInstanceRequest(resourceType, w)
	return walk(ctx, c, listCloudResourceInstanceData, request, err)
}

// ResourceInstances lists the records of one type in the window, at most maxPages pages of 500; 0 is
// the client's own bound. Which time of a row the window means is not stated (QUIRKS 51).
func (c *Client) ResourceInstances(
	ctx context.Context, resourceType string, w Window, maxPages int,
) (rest.List[ResourceInstance], error) {
	request, err := c.resourceInstanceRequest(resourceType, w)
	return collect(ctx, c, listCloudResourceInstanceData, request, maxPages, err)
}

func (c *Client) resourceInstanceRequest(resourceType string, w Window) (rest.PageRequest[ResourceInstance], error) {
	if err := checkOneOf("type", resourceType, InstanceTypes()); err != nil {
		return rest.PageRequest[ResourceInstance]{}, err
	}
	query, err := w.query(c.options.InstanceWindow)
	if err != nil {
		return rest.PageRequest[ResourceInstance]{}, err
	}
	return rest.PageRequest[ResourceInstance]{
		Request: rest.Request{Path: map[string]string{"resource_type": resourceType}, Query: query},
		Size:    fastPageSize,
		Key: func(r ResourceInstance) string {
			return identity(r.ResourceID, r.ResourceSpecCode, r.RegionCode, r.FactorName, r.BeginTime, r.RecordedAt,
				r.RecordType)
		},
	}, nil
}
