package loaders

import (
	"context"
	"sync"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

func (s *Set) addDeviceLoaders(ctx context.Context) {
	scope, maxAge, devices := s.options.Scope, s.options.MaxAge, s.sources.Devices
	s.devices = newLoader(ctx, s, sources.OperationDeviceAssets,
		func(ctx context.Context, _ struct{}) (answer[*sources.DeviceList], bool) {
			held, ok := devices.Peek(ctx, scope)
			return fromHeld(held, nil), ok
		},
		func(ctx context.Context, keys []struct{}) map[struct{}]answer[*sources.DeviceList] {
			return everyKey(keys, func(struct{}) answer[*sources.DeviceList] {
				return fromHeld(devices.Load(ctx, scope, maxAge))
			})
		})
}

// allDevices is the complete inventory, the same one for the whole operation.
func (s *Set) allDevices(ctx context.Context) (*sources.DeviceList, error) {
	a := s.devices.one(ctx, struct{}{})
	if a.err != nil {
		return nil, a.err
	}
	s.uses.incomplete(sources.OperationDeviceAssets, a.value.Truncated, a.value.Gaps)
	return a.value, nil
}

// device is the device with an id; nil when the inventory has none.
func (s *Set) device(ctx context.Context, deviceID string) (*model.Device, error) {
	list, err := s.allDevices(ctx)
	if err != nil {
		return nil, err
	}
	return list.ByID(deviceID), nil
}

// DevicePage is a page of all devices.
func (s *Set) DevicePage(
	ctx context.Context, filter *model.DeviceFilter, orderBy *model.DeviceOrder, args PageArgs,
) (*model.DeviceConnection, error) {
	list, err := s.allDevices(ctx)
	if err != nil {
		return nil, err
	}
	order := sources.DeviceOrderOf(orderBy)
	page, err := Paginate(sources.Select(list.InOrder(order), sources.DeviceMatches(filter)), order, args)
	if err != nil {
		return nil, err
	}
	return countedUnless(list.Truncated, page), nil
}

// DevicePageOfRegion is a page of the devices of a region. It fails when rows of the region could not be read.
func (s *Set) DevicePageOfRegion(
	ctx context.Context, region string, filter *model.DeviceFilter, orderBy *model.DeviceOrder, args PageArgs,
) (*model.DeviceConnection, error) {
	list, err := s.allDevices(ctx)
	if err != nil {
		return nil, err
	}
	if _, gap := sources.GapOf(list.Gaps, region); gap {
		return nil, sources.GapError(sources.OperationDeviceAssets)
	}
	order := sources.DeviceOrderOf(orderBy)
	devices := sources.Select(list.InRegion(region), sources.DeviceMatches(filter))
	if orderBy != nil {
		devices = order.Sorted(devices)
	}
	page, err := Paginate(devices, order, args)
	if err != nil {
		return nil, err
	}
	return countedUnless(list.Truncated, page), nil
}

// DeviceByAddress are the devices that alone have the management addresses, in their order; nil where none or more than one has it. With
// empty addresses alone it costs nothing.
func (s *Set) DeviceByAddress(ctx context.Context, addresses []string) ([]*model.Device, []error) {
	devices, errs := make([]*model.Device, len(addresses)), make([]error, len(addresses))
	for i, address := range addresses {
		if address == "" {
			continue
		}
		list, err := s.allDevices(ctx)
		if errs[i] = err; err == nil {
			devices[i] = list.ByAddress(address)
		}
	}
	return devices, errs
}

// HostsOfDevices are the hosts that devices are, in the devices' order; nil where none or more than one was recognised.
func (s *Set) HostsOfDevices(ctx context.Context, devices []*model.Device) ([]*sources.DeviceHost, error) {
	hosts, list, err := s.hostsAndDevices(ctx)
	if err != nil {
		return nil, err
	}
	pairs := make([]*sources.DeviceHost, len(devices))
	for i, device := range devices {
		if device != nil {
			pairs[i], _ = list.HostOf(hosts, device.DeviceID)
		}
	}
	return pairs, nil
}

// DevicesOfHosts are the devices that hosts are, in the hosts' order; nil where none or more than one was recognised.
func (s *Set) DevicesOfHosts(ctx context.Context, hosts []*model.Host) ([]*sources.DeviceHost, error) {
	all, list, err := s.hostsAndDevices(ctx)
	if err != nil {
		return nil, err
	}
	pairs := make([]*sources.DeviceHost, len(hosts))
	for i, host := range hosts {
		if host != nil {
			pairs[i], _ = list.OfHost(all, host.HostID)
		}
	}
	return pairs, nil
}

// hostsAndDevices are the two lists of a join, fetched at once where they are missing.
func (s *Set) hostsAndDevices(ctx context.Context) (*sources.HostList, *sources.DeviceList, error) {
	var (
		wait  sync.WaitGroup
		hosts *sources.HostList
		err   error
	)
	wait.Go(func() { hosts, err = s.allHosts(ctx) })
	devices, failure := s.allDevices(ctx)
	wait.Wait()
	if failure != nil {
		return nil, nil, failure
	}
	if err != nil {
		return nil, nil, err
	}
	return hosts, devices, nil
}

// DevicesOfAlarms are the devices that alarms are about, in the alarms' order; nil where none or more than one was recognised.
func (s *Set) DevicesOfAlarms(ctx context.Context, alarms []*model.Alarm) ([]*sources.AlarmDevice, error) {
	list, err := s.allDevices(ctx)
	if err != nil {
		return nil, err
	}
	found := make([]*sources.AlarmDevice, len(alarms))
	for i, alarm := range alarms {
		if alarm == nil {
			continue
		}
		if match, ok := list.OfAlarm(alarm); ok {
			found[i] = &match
		}
	}
	return found, nil
}
