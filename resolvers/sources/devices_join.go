package sources

import "github.com/opsgraph/opsgraph/graph/model"

// DeviceHost is a device and a host that were recognised as one thing, and by what.
type DeviceHost struct {
	Device *model.Device
	Host   *model.Host
	Match  model.DeviceHostMatch
}

// AlarmDevice is the device that an alarm is about and by what it was recognised.
type AlarmDevice struct {
	Device *model.Device
	Match  model.AlarmDeviceMatch
}

// deviceHostJoin is the join of one inventory to one generation of the host list. It is made at query time: the refresh of one of
// them must not rebuild the other.
type deviceHostJoin struct {
	hosts    *HostList
	byDevice map[string]*DeviceHost
	byHost   map[string]*DeviceHost
}

// HostOf is the pair of a device and the host that it is; false when none or more than one was recognised.
func (l *DeviceList) HostOf(hosts *HostList, deviceID string) (*DeviceHost, bool) {
	pair, ok := l.joined(hosts).byDevice[deviceID]
	return pair, ok
}

// OfHost is the pair of a host and the device that it is: the same pair that HostOf gives for that device.
func (l *DeviceList) OfHost(hosts *HostList, hostID string) (*DeviceHost, bool) {
	pair, ok := l.joined(hosts).byHost[hostID]
	return pair, ok
}

func (l *DeviceList) joined(hosts *HostList) *deviceHostJoin {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hosts == nil || l.hosts.hosts != hosts {
		l.hosts = joinDevices(l, hosts)
	}
	return l.hosts
}

// joinDevices pairs devices and hosts one to one: by an address that exactly one of each has, then, where neither has a partner, a
// server by its name in its region, which exactly one of each must have. Names count within a region only (quirks 97, 98).
func joinDevices(devices *DeviceList, hosts *HostList) *deviceHostJoin {
	join := &deviceHostJoin{hosts: hosts, byDevice: map[string]*DeviceHost{}, byHost: map[string]*DeviceHost{}}
	for _, host := range hosts.All {
		if device := deviceByAddresses(devices, hosts, host); device != nil {
			join.add(&DeviceHost{device, host, model.DeviceHostMatchAddress})
		}
	}
	for key, device := range devices.byName {
		host := hosts.byName[key]
		if device == nil || host == nil || (device.Type != nil && *device.Type != model.DeviceKindServer) ||
			join.byDevice[device.DeviceID] != nil || join.byHost[host.HostID] != nil {
			continue
		}
		join.add(&DeviceHost{device, host, model.DeviceHostMatchName})
	}
	return join
}

func (j *deviceHostJoin) add(pair *DeviceHost) {
	j.byDevice[pair.Device.DeviceID], j.byHost[pair.Host.HostID] = pair, pair
}

// deviceByAddresses is the one device that the host's own addresses lead to; nil when they lead to none or to several. An address
// that several hosts have leads nowhere.
func deviceByAddresses(devices *DeviceList, hosts *HostList, host *model.Host) *model.Device {
	var found *model.Device
	for _, address := range host.IPAddresses {
		device := devices.byAddress[address]
		if device == nil || hosts.byAddress[address] == nil {
			continue
		}
		if found != nil && found != device {
			return nil
		}
		found = device
	}
	return found
}

// OfAlarm is the device that an alarm is about; false when none or more than one was recognised. It tries, surest first, a device
// id, an address and the object's name; the first that names exactly one device counts.
func (l *DeviceList) OfAlarm(alarm *model.Alarm) (AlarmDevice, bool) {
	if device := onlyOne(alarm.Identifiers, l.byID); device != nil {
		return AlarmDevice{device, model.AlarmDeviceMatchDeviceID}, true
	}
	if device := onlyOne(alarm.Addresses, l.byAddress); device != nil {
		return AlarmDevice{device, model.AlarmDeviceMatchAddress}, true
	}
	if alarm.ManagedElement != nil && alarm.ManagedElement.Name != nil && alarm.RegionCode != nil {
		if device := l.byName[regionName{*alarm.RegionCode, *alarm.ManagedElement.Name}]; device != nil {
			return AlarmDevice{device, model.AlarmDeviceMatchName}, true
		}
	}
	return AlarmDevice{}, false
}

// alarmDeviceJoin is the join of one view of alarms to one inventory, made at query time as alarmJoin is.
type alarmDeviceJoin struct {
	devices  *DeviceList
	byDevice map[string][]*model.Alarm
}

// OfDevice holds the alarms that are about a device, latest first.
func (v *AlarmView) OfDevice(devices *DeviceList, deviceID string) []*model.Alarm {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.devices == nil || v.devices.devices != devices {
		join := &alarmDeviceJoin{devices: devices, byDevice: map[string][]*model.Alarm{}}
		for _, alarm := range v.All {
			if match, ok := devices.OfAlarm(alarm); ok {
				join.byDevice[match.Device.DeviceID] = append(join.byDevice[match.Device.DeviceID], alarm)
			}
		}
		v.devices = join
	}
	return v.devices.byDevice[deviceID]
}
