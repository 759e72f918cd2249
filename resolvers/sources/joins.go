package sources

import (
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
)

// The joins of lists of different domains are made at query time, once for a generation of both: the refresh of one
// list must not rebuild the other.

// JoinAlarms is the join of alarms to the hosts that they are about.
func JoinAlarms(view *alarms.View, list *hosts.List) *alarms.Join {
	return view.Hosts.Of(list, func() *alarms.Join {
		return view.JoinTo(func(alarm *model.Alarm) (string, bool) {
			match, ok := list.OfAlarm(alarm)
			if !ok {
				return "", false
			}
			return match.Host.HostID, true
		})
	})
}

// JoinDeviceAlarms is the join of alarms to the devices that they are about.
func JoinDeviceAlarms(view *alarms.View, list *devices.List) *alarms.Join {
	return view.Devices.Of(list, func() *alarms.Join {
		return view.JoinTo(func(alarm *model.Alarm) (string, bool) {
			match, ok := list.OfAlarm(alarm)
			if !ok {
				return "", false
			}
			return match.Device.DeviceID, true
		})
	})
}

// JoinDevices pairs devices and hosts one to one: by an address that exactly one of each has, then, where neither has a
// partner, a server by its name in its region, which exactly one of each must have. Names count within a region only
// (quirks 97, 98).
func JoinDevices(inventory *devices.List, list *hosts.List) *devices.HostJoin {
	return inventory.Hosts.Of(list, func() *devices.HostJoin { return pairs(inventory, list) })
}

func pairs(inventory *devices.List, list *hosts.List) *devices.HostJoin {
	join := &devices.HostJoin{ByDevice: map[string]*devices.DeviceHost{}, ByHost: map[string]*devices.DeviceHost{}}
	add := func(device *model.Device, host *model.Host, match model.DeviceHostMatch) {
		pair := &devices.DeviceHost{Device: device, Host: host, Match: match}
		join.ByDevice[device.DeviceID], join.ByHost[host.HostID] = pair, pair
	}
	for _, host := range list.All {
		if device := deviceByAddresses(inventory, list, host); device != nil {
			add(device, host, model.DeviceHostMatchAddress)
		}
	}
	for name, device := range inventory.ByName() {
		host := list.ByName(name)
		if device == nil || host == nil || (device.Type != nil && *device.Type != model.DeviceKindServer) ||
			join.ByDevice[device.DeviceID] != nil || join.ByHost[host.HostID] != nil {
			continue
		}
		add(device, host, model.DeviceHostMatchName)
	}
	return join
}

// deviceByAddresses is the one device that the host's own addresses lead to; nil when they lead to none or to several.
// An address that several hosts have leads nowhere.
func deviceByAddresses(inventory *devices.List, list *hosts.List, host *model.Host) *model.Device {
	var found *model.Device
	for _, address := range host.IPAddresses {
		device := inventory.ByAddress(address)
		if device == nil || list.ByAddress(address) == nil {
			continue
		}
		if found != nil && found != device {
			return nil
		}
		found = device
	}
	return found
}
