package sources_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

const assets = "/DeviceAsset/info"

// site makes the two lists of the join.
func site(t *testing.T, hosts, devices []string) (*hosts.List, *devices.List) {
	t.Helper()
	made, _ := sourcestest.New(t,
		map[string]string{"/host/detail": sourcestest.ListOf(hosts...), assets: sourcestest.ListOf(devices...)}, nil)
	hostList := made.Hosts.List.One(t.Context(), "", struct{}{}, 0)
	if hostList.Err != nil {
		t.Fatal(hostList.Err)
	}
	deviceList := made.Devices.List.One(t.Context(), "", struct{}{}, 0)
	if deviceList.Err != nil {
		t.Fatal(deviceList.Err)
	}
	return hostList.Held.Value, deviceList.Held.Value
}

func hostRow(id, name, region, address string) string {
	return fmt.Sprintf(`{"HOST_ID":%q,"HOST_NAME":%q,"REGION_ID":%q,"MAC_IP":%q}`, id, name, region, address)
}

func deviceRow(id, name, kind, region, address string) string {
	return fmt.Sprintf(`{"device_id":%q,"name":%q,"device_type":%q,"region":%q,"management_ip":%q}`, id, name, kind,
		region, address)
}

func TestDeviceAndHost(t *testing.T) {
	const here, there = "cn-north-7", "cn-south-1"
	for name, test := range map[string]struct {
		hosts, devices []string
		want           string // device=host by match
	}{
		"by address": {
			[]string{hostRow("h1", "a", here, "10.0.0.1")},
			[]string{deviceRow("d1", "b", "server", there, "10.0.0.1")},
			"d1=h1 ADDRESS",
		},
		"an address that the host names twice": {
			[]string{hostRow("h1", "a", here, "10.0.0.1,10.0.0.1")},
			[]string{deviceRow("d1", "b", "server", here, "10.0.0.1")},
			"d1=h1 ADDRESS",
		},
		"two hosts share the address": {
			[]string{hostRow("h1", "a", here, "10.0.0.1"), hostRow("h2", "c", here, "10.0.0.1")},
			[]string{deviceRow("d1", "b", "server", here, "10.0.0.1")},
			"",
		},
		"two devices share the address": {
			[]string{hostRow("h1", "a", here, "10.0.0.1")},
			[]string{deviceRow("d1", "b", "server", here, "10.0.0.1"), deviceRow("d2", "c", "server", here, "10.0.0.1")},
			"",
		},
		"addresses that lead to two devices": {
			[]string{hostRow("h1", "a", here, "10.0.0.1,10.0.0.2")},
			[]string{deviceRow("d1", "b", "server", here, "10.0.0.1"), deviceRow("d2", "c", "server", here, "10.0.0.2")},
			"",
		},
		"by name": {
			[]string{hostRow("h1", "a", here, "")},
			[]string{deviceRow("d1", "a", "server", here, "10.0.0.1")},
			"d1=h1 NAME",
		},
		"by name, of no known type": {
			[]string{hostRow("h1", "a", here, "")}, []string{deviceRow("d1", "a", "1", here, "")}, "d1=h1 NAME",
		},
		"a switch is no host by its name": {
			[]string{hostRow("h1", "a", here, "")}, []string{deviceRow("d1", "a", "switch", here, "")}, "",
		},
		"Quirk098 a name in another region": {
			[]string{hostRow("h1", "a", here, "")}, []string{deviceRow("d1", "a", "server", there, "")}, "",
		},
		"Quirk097 an id that both have is none": {
			[]string{hostRow("same", "a", here, "")}, []string{deviceRow("same", "b", "server", here, "")}, "",
		},
		"a host that has its device keeps it": {
			[]string{hostRow("h1", "a", here, "10.0.0.1")},
			[]string{deviceRow("d1", "b", "server", here, "10.0.0.1"), deviceRow("d2", "a", "server", here, "")},
			"d1=h1 ADDRESS",
		},
		"two hosts share the name": {
			[]string{hostRow("h1", "a", here, ""), hostRow("h2", "a", here, "")},
			[]string{deviceRow("d1", "a", "server", here, "")},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			hosts, devices := site(t, test.hosts, test.devices)
			var pairs []string
			for _, device := range devices.All {
				if pair, ok := sources.JoinDevices(devices, hosts).ByDevice[device.DeviceID]; ok {
					pairs = append(pairs, fmt.Sprintf("%s=%s %s", device.DeviceID, pair.Host.HostID, pair.Match))
				}
			}
			if got := strings.Join(pairs, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestDeviceAndHostAgree proves that the two directions of the join are the same pairs, on lists full of ambiguities.
func TestDeviceAndHostAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	address := func() string { return fmt.Sprintf("10.0.0.%d", random.IntN(12)) }
	name := func() string { return fmt.Sprintf("n%d", random.IntN(12)) }
	region := func() string { return fmt.Sprintf("cn-north-%d", random.IntN(2)) }
	kinds := []string{"server", "switch", "1"}
	paired := 0
	for range 20 {
		var hostRows, deviceRows []string
		for i := range 12 {
			hostRows = append(hostRows, hostRow(fmt.Sprint("h", i), name(), region(), address()+","+address()))
			deviceRows = append(deviceRows, deviceRow(fmt.Sprint("d", i), name(), kinds[random.IntN(3)], region(), address()))
		}
		hosts, devices := site(t, hostRows, deviceRows)
		for _, device := range devices.All {
			if pair, ok := sources.JoinDevices(devices, hosts).ByDevice[device.DeviceID]; ok {
				paired++
				if back, ok := sources.JoinDevices(devices, hosts).ByHost[pair.Host.HostID]; !ok || back.Device != device ||
					back.Match != pair.Match {
					t.Fatalf("device %s has host %s, which has %+v", device.DeviceID, pair.Host.HostID, back)
				}
			}
		}
		for _, host := range hosts.All {
			if pair, ok := sources.JoinDevices(devices, hosts).ByHost[host.HostID]; ok {
				if back, ok := sources.JoinDevices(devices, hosts).ByDevice[pair.Device.DeviceID]; !ok || back.Host != host {
					t.Fatalf("host %s has device %s, which has %+v", host.HostID, pair.Device.DeviceID, back)
				}
			}
		}
	}
	if paired < 20 {
		t.Errorf("only %d pairs: the lists prove little", paired)
	}
}

func TestDeviceOfAlarm(t *testing.T) {
	const id = "1c8f3f0e-77a1-4f0e-8f0c-0b5d3c9a1e03"
	devices := []string{
		deviceRow(id, "sw-core-01", "switch", "cn-north-7", "10.0.0.1"),
		deviceRow("d2", "sw-core-02", "switch", "cn-north-7", "10.0.0.2"),
		deviceRow("d3", "sw-core-02", "switch", "cn-south-1", "10.0.0.2"),
	}
	for name, test := range map[string]struct{ alarm, want string }{
		"by an id in meDn":             {`"meDn":"NE=` + id + `,x"`, id + " DEVICE_ID"},
		"by an id in moi":              {`"moi":"device/` + id + `/port 1"`, id + " DEVICE_ID"},
		"an id before an address":      {`"meDn":"` + id + `","nativeMeDn":"10.0.0.2"`, id + " DEVICE_ID"},
		"by an address":                {`"nativeMeDn":"NE=10.0.0.1"`, id + " ADDRESS"},
		"an address that two have":     {`"nativeMeDn":"NE=10.0.0.2"`, ""},
		"by a name in the region":      {`"meName":"sw-core-02"`, "d2 NAME"},
		"a name of no device":          {`"meName":"sw-core-09"`, ""},
		"nothing that names an object": {`"alarm_name":"x"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			row := `{"csn":"1","LogicalRegionId":"cn-north-7","latest_occur_utc":"1763719200000",` + test.alarm + `}`
			made, _ := sourcestest.New(t,
				map[string]string{assets: sourcestest.ListOf(devices...), "/DeviceAlarm/info": sourcestest.ListOf(row)}, nil)
			list := made.Devices.List.One(t.Context(), "", struct{}{}, 0)
			if list.Err != nil {
				t.Fatal(list.Err)
			}
			device := made.Alarms.Lists[model.AlarmSourceDevice].One(t.Context(), "", dataset.Span{}, 0)
			if device.Err != nil {
				t.Fatal(device.Err)
			}
			got := ""
			if match, ok := list.Held.Value.OfAlarm(device.Held.Value.All[0]); ok {
				got = match.Device.DeviceID + " " + string(match.Match)
				of := sources.JoinDeviceAlarms(alarms.ViewOf(device.Held.Value), list.Held.Value).ByID[match.Device.DeviceID]
				if len(of) != 1 || of[0] != device.Held.Value.All[0] {
					t.Errorf("the alarms of the device are %v", of)
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
