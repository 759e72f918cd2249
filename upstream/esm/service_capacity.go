package esm

import (
	"context"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// ServiceCapacity is one row of listCloudServiceCapacity: one model of a cloud service in a region and
// zone at one time. The unit follows from the service that was asked for and from MetricType (QUIRKS
// 25); every field but Region and Timestamp may be missing (QUIRKS 14).
type ServiceCapacity struct {
	ServiceType    loose.Text   `json:"service_type,omitzero"` // not the word that was asked for (QUIRKS 33)
	Region         loose.Text   `json:"region,omitzero"`       // a code; the table calls it a name (QUIRKS 15)
	ZoneType       loose.Text   `json:"zone_type,omitzero"`    // not the word that was asked for; OBS has none (QUIRKS 34)
	ResourceType   loose.Text   `json:"resource_type,omitzero"`
	MetricType     loose.Text   `json:"metric_type,omitzero"` // one model word has several spellings (QUIRKS 110)
	ZoneID         loose.Text   `json:"az_id,omitzero"`       // later editions only, as the next two
	ZoneName       loose.Text   `json:"az_name,omitzero"`
	ZoneNameEn     loose.Text   `json:"az_name_en,omitzero"`
	Total          loose.Number `json:"total,omitzero"` // of the model, not the number of rows (QUIRKS 11)
	Used           loose.Number `json:"used,omitzero"`
	Free           loose.Number `json:"free,omitzero"`
	Allocated      loose.Number `json:"allocated,omitzero"` // handed out, by the field table (QUIRKS 29)
	Available      loose.Number `json:"available,omitzero"` // see AvailableQuantity
	Misspelt       loose.Number `json:"avaliable,omitzero"` // available, as most tables of the documents spell it
	UsedRatio      loose.Number `json:"used_ratio,omitzero"`
	AllocatedRatio loose.Number `json:"allocated_ratio,omitzero"`
	ResourceCount  loose.Number `json:"resource_count,omitzero"`
	Timestamp      loose.Time   `json:"timestamp,omitzero"`
}

// AvailableQuantity is Available, or its twin in the documents' spelling where that is missing (QUIRKS 1).
func (s ServiceCapacity) AvailableQuantity() loose.Number { return sentOr(s.Available, s.Misspelt) }

// key has the zone id of later editions too: without it the zones of one region would be one row.
func (s ServiceCapacity) key() string {
	return joined(s.Region, s.ZoneType, s.ZoneID, s.ResourceType, s.MetricType, s.Timestamp)
}

// CapacityServiceTypes are the words by which ServiceCapacity asks for a service, each a list of its own
// (QUIRKS 36). DCC_GENERATE is the word of later editions for DCC.
func CapacityServiceTypes() []string {
	return []string{"ECS_VM", "BMS", "EVS", "OBS", "EIP", "RDS", "DCC", "DeH", "SFS", "VPN", "DCC_GENERATE"}
}

// ServiceCapacity lists the rows of one service in the window, of all regions and zones. Remember what
// was asked: the rows name the service in other words (QUIRKS 33).
func (c *Client) ServiceCapacity(ctx context.Context, w Window, serviceType string) (rest.List[ServiceCapacity],
	error,
) {
	query, err := w.query(WindowMilliseconds)
	if err != nil {
		return rest.List[ServiceCapacity]{}, err
	}
	query.Set("service_type", serviceType)
	return list(ctx, c, listCloudServiceCapacity, rest.PageRequest[ServiceCapacity]{
		Request: rest.Request{Query: query}, Size: slowPageSize, Key: ServiceCapacity.key,
	}, checkOneOf("serviceType", serviceType, CapacityServiceTypes()))
}
