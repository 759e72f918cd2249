package sources

import (
	"net/netip"
	"strings"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// convertDevice turns a record into a device; nil when it names no device id, without which nothing joins.
func convertDevice(cfg Config, r esm.DeviceAsset) *model.Device {
	if r.DeviceID.IsAbsent() {
		cfg.Unreadable(OperationDeviceAssets, "device_id")
		return nil
	}
	return &model.Device{
		ID:              model.NewID(model.KindDevice, r.DeviceID.String()),
		DeviceID:        r.DeviceID.String(),
		Name:            r.Name.Ptr(),
		Type:            cfg.deviceKind(r.DeviceType),
		TypeText:        r.DeviceType.Ptr(),
		RunningStatus:   r.RunningStatus.Ptr(),
		Model:           r.Model.Ptr(),
		ManagementIP:    r.ManagementIP.Ptr(),
		OperatingSystem: r.OS.Ptr(),
		RegionCode:      regionCode(r.Region),
		Address:         canonicalAddress(r.ManagementIP.String()),
	}
}

// deviceKind reads the words of the upstream's filter in any spelling; a number is no word of it, and no surprise either (quirks 22, 37).
func (cfg Config) deviceKind(t loose.Text) *model.DeviceKind {
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

// canonicalAddress is the one notation of a network address; empty for a text that is none, such as a masked one (quirk 32).
func canonicalAddress(text string) string {
	address, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	return address.String()
}
