package devices

import (
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// convertDevice turns a record, which has a device id, into a device.
func convertDevice(cfg dataset.Config, r esm.DeviceAsset) *model.Device {
	return &model.Device{
		ID:              model.NewID(model.KindDevice, r.DeviceID.String()),
		DeviceID:        r.DeviceID.String(),
		Name:            r.Name.Ptr(),
		Type:            deviceKind(cfg, r.DeviceType),
		TypeText:        r.DeviceType.Ptr(),
		RunningStatus:   r.RunningStatus.Ptr(),
		Model:           r.Model.Ptr(),
		ManagementIP:    r.ManagementIP.Ptr(),
		OperatingSystem: r.OS.Ptr(),
		RegionCode:      cfg.RegionIn(r.Region, Operation, "region"),
		Address:         dataset.CanonicalAddress(r.ManagementIP.String()),
	}
}

// deviceKind reads the words of the upstream's filter in any spelling; a number is not counted as unknown (quirks 22,
// 37).
func deviceKind(cfg dataset.Config, t loose.Text) *model.DeviceKind {
	if t.IsAbsent() {
		return nil
	}
	folded := loose.Fold(t.String())
	for _, kind := range model.AllDeviceKind {
		if loose.Fold(string(kind)) == folded {
			return &kind
		}
	}
	if strings.Trim(folded, "0123456789") != "" {
		cfg.Unknown("DeviceKind")
	}
	return nil
}
