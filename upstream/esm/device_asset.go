package esm

import (
	"context"

	"github.com/opsgraph/opsgraph/upstream/loose"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// DeviceAsset is one row of listDeviceAssets: a physical device. DeviceType is a word in the document's filter, a
// number in its table and anything in an answer (QUIRKS 22, 37); the values of RunningStatus are not listed (QUIRKS
// 39).
type DeviceAsset struct {
	DeviceID      loose.Text `json:"device_id,omitzero"`
	Name          loose.Text `json:"name,omitzero"`
	DeviceType    loose.Text `json:"device_type,omitzero"`
	RunningStatus loose.Text `json:"running_status,omitzero"`
	Model         loose.Text `json:"model,omitzero"`
	ManagementIP  loose.Text `json:"management_ip,omitzero"` // DeviceIP of NetworkDeviceMetric
	OS            loose.Text `json:"os,omitzero"`
	Region        loose.Text `json:"region,omitzero"` // a code
}

// MissingKey implements [rest.Keyed].
func (d DeviceAsset) MissingKey() string { return missing(d.DeviceID, "device_id") }

// DeviceAssets lists all devices as they are now: the operation has no window.
func (c *Client) DeviceAssets(ctx context.Context) (rest.List[DeviceAsset], error) {
	return list(ctx, c, listDeviceAssets, rest.PageRequest[DeviceAsset]{
		Size: slowPageSize,
		Key:  func(d DeviceAsset) string { return joined(d.DeviceID) },
	}, nil)
}
