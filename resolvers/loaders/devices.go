package loaders

import (
	"cmp"
	"context"
	"sync"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/loaders/paging"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// allDevices is the complete inventory, the same one for the whole operation.
func (s *Set) allDevices(ctx context.Context) (*devices.List, error) {
	return list(ctx, s, s.sources.Devices.List, struct{}{})
}

// device is the device with an id; nil when the inventory has none.
func (s *Set) device(ctx context.Context, deviceID string) (*model.Device, error) {
	l, err := s.allDevices(ctx)
	if err != nil {
		return nil, err
	}
	return sought(l.ByID(deviceID), l, devices.Operation)
}

// DevicePage is a page of the devices of a region, or of all where region is empty. It fails when rows of the region
// could not be read.
func (s *Set) DevicePage(
	ctx context.Context, region string, filter *model.DeviceFilter, orderBy *model.DeviceOrder, args paging.Args,
) (*model.DeviceConnection, error) {
	l, err := s.allDevices(ctx)
	if err != nil {
		return nil, err
	}
	items, err := inRegion(&l.List, devices.Operation, region)
	if err != nil {
		return nil, err
	}
	return page(&l.List, items, devices.Filter(filter), devices.OrderOf(orderBy), args)
}

// DeviceByAddress are the devices that alone have the management addresses, in their order; nil where none or more than
// one has it. With empty addresses alone it costs nothing.
func (s *Set) DeviceByAddress(ctx context.Context, addresses []string) ([]*model.Device, []error) {
	found, errs := make([]*model.Device, len(addresses)), make([]error, len(addresses))
	for i, address := range addresses {
		if address == "" {
			continue
		}
		l, err := s.allDevices(ctx)
		if errs[i] = err; err == nil {
			found[i] = l.ByAddress(address)
		}
	}
	return found, errs
}

// HostsOfDevices are the hosts that devices are, in the devices' order; nil where none or more than one was recognised.
func (s *Set) HostsOfDevices(ctx context.Context, of []*model.Device) ([]*devices.DeviceHost, error) {
	join, err := s.joinDevices(ctx)
	if err != nil {
		return nil, err
	}
	return each(of, func(device *model.Device) *devices.DeviceHost { return join.ByDevice[device.DeviceID] }), nil
}

// DevicesOfHosts are the devices that hosts are, in the hosts' order; nil where none or more than one was recognised.
func (s *Set) DevicesOfHosts(ctx context.Context, of []*model.Host) ([]*devices.DeviceHost, error) {
	join, err := s.joinDevices(ctx)
	if err != nil {
		return nil, err
	}
	return each(of, func(host *model.Host) *devices.DeviceHost { return join.ByHost[host.HostID] }), nil
}

// joinDevices joins devices and hosts, whose lists are fetched at once where they are missing.
func (s *Set) joinDevices(ctx context.Context) (*devices.HostJoin, error) {
	var (
		wait    sync.WaitGroup
		all     *hosts.List
		failure error
	)
	wait.Go(func() { all, failure = s.allHosts(ctx) })
	inventory, err := s.allDevices(ctx)
	wait.Wait()
	if err := cmp.Or(err, failure); err != nil {
		return nil, err
	}
	return sources.JoinDevices(inventory, all), nil
}

// DevicesOfAlarms are the devices that alarms are about, in the alarms' order; nil where none or more than one was
// recognised.
func (s *Set) DevicesOfAlarms(ctx context.Context, of []*model.Alarm) ([]*devices.AlarmDevice, error) {
	l, err := s.allDevices(ctx)
	if err != nil {
		return nil, err
	}
	return each(of, func(alarm *model.Alarm) *devices.AlarmDevice { return found(l.OfAlarm(alarm)) }), nil
}
