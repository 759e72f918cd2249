package sources

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// OperationDeviceAssets is the upstream operation behind devices.
const OperationDeviceAssets = "listDeviceAssets"

// Devices is the source of physical devices: one snapshot of the whole inventory, always read unfiltered.
type Devices struct {
	snapshot *cache.Snapshot[esm.DeviceAsset, *DeviceList]
}

// DeviceList is one generation of the complete inventory, in default order, with its indexes. It is immutable but for the joins
// that it works out once.
type DeviceList struct {
	// All holds every device, by name and id.
	All []*model.Device
	// Gaps are the rows that could not be read, by region code.
	Gaps []cache.Gap
	// Truncated tells that the list was longer than the pages that are read.
	Truncated bool

	byID     map[string]*model.Device
	byRegion map[string][]*model.Device
	// byAddress and byName hold nil where several devices share the key.
	byAddress map[string]*model.Device
	byName    map[regionName]*model.Device
	orders    orderCache[*model.Device]

	mu    sync.Mutex
	hosts *deviceHostJoin
}

func newDevices(cfg Config, regions *Regions) (*Devices, error) {
	snapshot, err := cache.NewSnapshot(cache.SnapshotConfig[esm.DeviceAsset, *DeviceList]{
		Operation:    OperationDeviceAssets,
		Ages:         cfg.Ages.Assets,
		Tiers:        cfg.Tiers,
		KeepOneEmpty: true,
		Fetch: func(ctx context.Context, _ cache.Key) (cache.Fetched[esm.DeviceAsset], error) {
			list, err := cfg.ESM.DeviceAssets(lane(ctx))
			return fetched(list, "region"), asFetchError(err)
		},
		Build: func(key cache.Key, f cache.Fetched[esm.DeviceAsset]) (*DeviceList, int64) {
			list := buildDevices(cfg, f)
			regions.learn(key.Scope, sortedKeys(list.byRegion))
			return list, int64(len(list.All)) * bytesOfDevice
		},
	})
	if err != nil {
		return nil, fmt.Errorf("device snapshot: %w", err)
	}
	return &Devices{snapshot: snapshot}, nil
}

func (d *Devices) close() { d.snapshot.Close() }

// Peek gives the inventory when memory has it; it never waits.
func (d *Devices) Peek(ctx context.Context, scope string) (cache.Held[*DeviceList], bool) {
	return d.snapshot.Peek(ctx, cache.Key{Scope: scope})
}

// Load gives the inventory, fetched when it must be.
func (d *Devices) Load(ctx context.Context, scope string, maxAge time.Duration) (cache.Held[*DeviceList], error) {
	return d.snapshot.Get(ctx, cache.Key{Scope: scope}, maxAge)
}

// bytesOfDevice is about what a converted device takes in memory, its places in the indexes included.
const bytesOfDevice = 900

func buildDevices(cfg Config, f cache.Fetched[esm.DeviceAsset]) *DeviceList {
	list := &DeviceList{
		Gaps:      f.Gaps,
		Truncated: f.Truncated,
		byID:      make(map[string]*model.Device, len(f.Records)),
		byRegion:  map[string][]*model.Device{},
		byAddress: make(map[string]*model.Device, len(f.Records)),
		byName:    make(map[regionName]*model.Device, len(f.Records)),
	}
	devices := make([]*model.Device, 0, len(f.Records))
	for _, record := range f.Records {
		device := convertDevice(cfg, record)
		if device == nil || list.byID[device.DeviceID] != nil {
			continue
		}
		list.byID[device.DeviceID] = device
		devices = append(devices, device)
	}
	list.All = DeviceOrderOf(nil).Sorted(devices)
	for _, device := range list.All {
		if device.Address != "" {
			indexUnique(list.byAddress, device.Address, device)
		}
		if device.RegionCode == nil {
			continue
		}
		list.byRegion[*device.RegionCode] = append(list.byRegion[*device.RegionCode], device)
		if device.Name != nil {
			indexUnique(list.byName, regionName{*device.RegionCode, *device.Name}, device)
		}
	}
	return list
}

// ByID is the device with an id; nil when the inventory has none.
func (l *DeviceList) ByID(deviceID string) *model.Device { return l.byID[deviceID] }

// ByAddress is the one device with a management address, in any notation; nil when none or more than one has it.
func (l *DeviceList) ByAddress(address string) *model.Device {
	return l.byAddress[canonicalAddress(address)]
}

// InRegion holds the devices of a region, by name and id.
func (l *DeviceList) InRegion(code string) []*model.Device { return l.byRegion[code] }

// InOrder holds all devices in another order than the default one; sorted at the first question.
func (l *DeviceList) InOrder(order Order[*model.Device]) []*model.Device {
	return l.orders.in(order, DeviceOrderOf(nil).Name, l.All)
}

// DeviceOrderOf is the order that a query asks for; nil means the default one, by name and id.
func DeviceOrderOf(o *model.DeviceOrder) Order[*model.Device] {
	order := Order[*model.Device]{ID: func(d *model.Device) string { return d.DeviceID }}
	field := model.DeviceOrderFieldName
	if o != nil {
		field, order.Descending = o.Field, o.Direction == model.OrderDirectionDesc
	}
	switch field {
	case model.DeviceOrderFieldType:
		order.Name, order.Key = "dt", func(d *model.Device) model.SortKey { return textKey(d.TypeText) }
	case model.DeviceOrderFieldModel:
		order.Name, order.Key = "dm", func(d *model.Device) model.SortKey { return textKey(d.Model) }
	case model.DeviceOrderFieldRunningStatus:
		order.Name, order.Key = "ds", func(d *model.Device) model.SortKey { return textKey(d.RunningStatus) }
	case model.DeviceOrderFieldManagementIP:
		order.Name, order.Key = "da", func(d *model.Device) model.SortKey { return addressKey(d.Address) }
	case model.DeviceOrderFieldName:
		order.Name, order.Key = "dn", func(d *model.Device) model.SortKey { return textKey(d.Name) }
	}
	if order.Descending {
		order.Name += "-"
	}
	return order
}

// addressKey orders addresses by their bytes, those of four bytes first; what is no address comes last.
func addressKey(address string) model.SortKey {
	parsed, err := netip.ParseAddr(address)
	if err != nil {
		return model.SortKey{Null: true}
	}
	return model.SortKey{Number: float64(parsed.BitLen()), Text: hex.EncodeToString(parsed.AsSlice())}
}

// DeviceMatches tells whether a device passes the filter; a nil filter lets every device pass.
func DeviceMatches(f *model.DeviceFilter) func(*model.Device) bool {
	if f == nil {
		return func(*model.Device) bool { return true }
	}
	regions, ids, types := setOf(f.Regions), setOf(f.DeviceIds), setOf(f.Types)
	words, models, states := foldedSet(f.TypeTexts), foldedSet(f.Models), foldedSet(f.RunningStatuses)
	var addresses wanted[string]
	if f.ManagementIps != nil {
		addresses = setOf(f.ManagementIps)
		for _, address := range f.ManagementIps {
			addresses[canonicalAddress(address)] = struct{}{}
		}
	}
	contains := strings.ToLower(text(f.NameContains))
	return func(d *model.Device) bool {
		return regions.has(d.RegionCode) && ids.has(&d.DeviceID) && types.has(d.Type) &&
			words.has(lowered(d.TypeText)) && models.has(lowered(d.Model)) && states.has(lowered(d.RunningStatus)) &&
			(addresses.has(d.ManagementIP) || (d.Address != "" && addresses.has(&d.Address))) &&
			(contains == "" || strings.Contains(strings.ToLower(text(d.Name)), contains))
	}
}

// foldedSet is the set of a filter field whose texts match in any case.
func foldedSet(values []string) wanted[string] {
	if values == nil {
		return nil
	}
	set := make(wanted[string], len(values))
	for _, value := range values {
		set[strings.ToLower(value)] = struct{}{}
	}
	return set
}

func lowered(value *string) *string {
	if value == nil {
		return nil
	}
	lower := strings.ToLower(*value)
	return &lower
}
