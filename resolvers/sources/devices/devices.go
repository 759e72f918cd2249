// Package devices is the source of the inventory of devices and of load-balancer clusters.
package devices

import (
	"context"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/esm"
)

// The upstream operations of devices and load-balancer clusters.
const (
	Operation         = "listDeviceAssets"
	OperationClusters = "listElbv3Capacity"
)

// Source is the source of physical devices and of load-balancer clusters, each list always read whole.
type Source struct {
	List     cache.Set[struct{}, *List]
	Clusters cache.Set[struct{}, *Clusters]
}

// List is one generation of the complete inventory, by name and id, with its indexes.
type List struct {
	dataset.List[*model.Device]
	// Hosts is the join to the newest host list that was asked for; it is made in package sources.
	Hosts dataset.Memo[*HostJoin]

	byID map[string]*model.Device
	// byAddress and byName hold nil where several devices share the key.
	byAddress map[string]*model.Device
	byName    map[dataset.RegionName]*model.Device
}

// DeviceHost is a device and a host that were recognised as one thing, and by what.
type DeviceHost struct {
	Device *model.Device
	Host   *model.Host
	Match  model.DeviceHostMatch
}

// HostJoin is the pairs of devices and hosts, one to one, by the id of either.
type HostJoin struct{ ByDevice, ByHost map[string]*DeviceHost }

// New makes the source.
func New(cfg dataset.Config) *Source {
	return &Source{
		List: dataset.AddWhole(cfg, dataset.Whole[struct{}, esm.DeviceAsset, *List]{
			Operation:    Operation,
			Ages:         cfg.Ages.Assets,
			KeepOneEmpty: true,
			Row:          esm.DeviceAsset.RowKey,
			Read: func(ctx context.Context, _ struct{}) (cache.Fetched[esm.DeviceAsset], error) {
				list, err := cfg.ESM.DeviceAssets(ctx)
				return dataset.FetchedOf(cfg, Operation, list, "region"), err
			},
			Build: func(scope string, _ struct{}, f cache.Fetched[esm.DeviceAsset]) (*List, int64) {
				list := build(cfg.In(scope), f)
				return list, int64(len(list.All)) * bytesOfDevice
			},
			Regions: (*List).RegionCodes,
		}),
		Clusters: addClusters(cfg),
	}
}

// bytesOfDevice is about what a converted device takes in memory, its places in the indexes included.
const bytesOfDevice = 900

func build(cfg dataset.Config, f cache.Fetched[esm.DeviceAsset]) *List {
	list := &List{
		byID:      make(map[string]*model.Device, len(f.Records)),
		byAddress: make(map[string]*model.Device, len(f.Records)),
		byName:    make(map[dataset.RegionName]*model.Device, len(f.Records)),
	}
	devices := make([]*model.Device, 0, len(f.Records))
	for _, record := range f.Records {
		device := convertDevice(cfg, record)
		if list.byID[device.DeviceID] != nil {
			continue
		}
		list.byID[device.DeviceID] = device
		devices = append(devices, device)
	}
	order := OrderOf(nil)
	list.List = dataset.NewList(dataset.Sorted(order, devices), order, dataset.ExtentOf(f),
		func(d *model.Device) *string { return d.RegionCode })
	for _, device := range list.All {
		if device.Address != "" {
			dataset.IndexUnique(list.byAddress, device.Address, device)
		}
		if device.RegionCode != nil && device.Name != nil {
			dataset.IndexUnique(list.byName, dataset.RegionName{Region: *device.RegionCode, Name: *device.Name}, device)
		}
	}
	return list
}

// ByID is the device with an id; nil when the inventory has none.
func (l *List) ByID(deviceID string) *model.Device { return l.byID[deviceID] }

// ByAddress is the one device with a management address, in any notation; nil when none or more than one has it.
func (l *List) ByAddress(address string) *model.Device {
	return l.byAddress[dataset.CanonicalAddress(address)]
}

// ByName holds the devices that alone have a name in a region; nil where several have it.
func (l *List) ByName() map[dataset.RegionName]*model.Device { return l.byName }

// OrderOf is the order that a query asks for; nil means the default one, by name and id.
func OrderOf(o *model.DeviceOrder) dataset.Order[*model.Device] {
	order := dataset.Order[*model.Device]{ID: func(d *model.Device) string { return d.DeviceID }}
	field := model.DeviceOrderFieldName
	if o != nil {
		field, order.Descending = o.Field, o.Direction == model.OrderDirectionDesc
	}
	switch field {
	case model.DeviceOrderFieldType:
		order.Name, order.Key = "dt", func(d *model.Device) model.SortKey { return dataset.TextKey(d.TypeText) }
	case model.DeviceOrderFieldModel:
		order.Name, order.Key = "dm", func(d *model.Device) model.SortKey { return dataset.TextKey(d.Model) }
	case model.DeviceOrderFieldRunningStatus:
		order.Name, order.Key = "ds", func(d *model.Device) model.SortKey { return dataset.TextKey(d.RunningStatus) }
	case model.DeviceOrderFieldManagementIP:
		order.Name, order.Key = "da", func(d *model.Device) model.SortKey { return addressKey(d.Address) }
	case model.DeviceOrderFieldName:
		order.Name, order.Key = "dn", func(d *model.Device) model.SortKey { return dataset.TextKey(d.Name) }
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

// Filter is what a query asks of devices; nil lets every device pass.
func Filter(f *model.DeviceFilter) dataset.Filter[*model.Device] {
	if f == nil {
		return dataset.Filter[*model.Device]{}
	}
	addresses := f.ManagementIps
	for _, address := range f.ManagementIps {
		if canonical := dataset.CanonicalAddress(address); canonical != "" {
			addresses = append(slices.Clip(addresses), canonical)
		}
	}
	return dataset.Filter[*model.Device]{
		Fields: []dataset.Field[*model.Device]{
			{Name: "region", Of: func(d *model.Device) *string { return d.RegionCode }, Wanted: f.Regions},
			{Name: "id", Of: func(d *model.Device) *string { return &d.DeviceID }, Wanted: f.DeviceIds},
			{Name: "type", Of: func(d *model.Device) *string { return (*string)(d.Type) }, Wanted: dataset.TextsOf(f.Types)},
			{Name: "word", Of: func(d *model.Device) *string { return lowered(d.TypeText) }, Wanted: folded(f.TypeTexts)},
			{Name: "model", Of: func(d *model.Device) *string { return lowered(d.Model) }, Wanted: folded(f.Models)},
			{
				Name: "status", Of: func(d *model.Device) *string { return lowered(d.RunningStatus) },
				Wanted: folded(f.RunningStatuses),
			},
			{
				Name: "address", Of: func(d *model.Device) *string { return d.ManagementIP },
				Also: func(d *model.Device) *string { return dataset.SomeOrNil(d.Address) }, Wanted: addresses,
			},
		},
		Contains: dataset.Contains[*model.Device]{
			Name: "name", Of: []func(*model.Device) *string{func(d *model.Device) *string { return d.Name }},
			Text: dataset.Text(f.NameContains),
		},
	}
}

// folded are the values of a filter's field whose texts match in any case.
func folded(values []string) []string {
	if values == nil {
		return nil
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = strings.ToLower(value)
	}
	return texts
}

func lowered(value *string) *string {
	if value == nil {
		return nil
	}
	lower := strings.ToLower(*value)
	return &lower
}

// AlarmDevice is the device that an alarm is about and by what it was recognised.
type AlarmDevice struct {
	Device *model.Device
	Match  model.AlarmDeviceMatch
}

// OfAlarm is the device that an alarm is about; false when none or more than one was recognised. It tries, surest
// first, a device id, an address and the object's name; the first that names exactly one device counts.
func (l *List) OfAlarm(alarm *model.Alarm) (AlarmDevice, bool) {
	if device := dataset.OnlyOne(alarm.Identifiers, l.byID); device != nil {
		return AlarmDevice{device, model.AlarmDeviceMatchDeviceID}, true
	}
	if device := dataset.OnlyOne(alarm.Addresses, l.byAddress); device != nil {
		return AlarmDevice{device, model.AlarmDeviceMatchAddress}, true
	}
	if alarm.ManagedElement != nil && alarm.ManagedElement.Name != nil && alarm.RegionCode != nil {
		name := dataset.RegionName{Region: *alarm.RegionCode, Name: *alarm.ManagedElement.Name}
		if device := l.byName[name]; device != nil {
			return AlarmDevice{device, model.AlarmDeviceMatchName}, true
		}
	}
	return AlarmDevice{}, false
}
