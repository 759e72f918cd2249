package sources_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
)

const assets = "/DeviceAsset/info"

func deviceList(t *testing.T, rows ...string) (*sources.DeviceList, *inventory) {
	t.Helper()
	made, upstream := newInventory(t, map[string]string{assets: listOf(rows...)}, nil)
	held, err := made.Devices.Load(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return held.Value, upstream
}

func deviceIDs(devices []*model.Device) string {
	ids := make([]string, len(devices))
	for i, device := range devices {
		ids[i] = device.DeviceID
	}
	return strings.Join(ids, " ")
}

func TestDeviceTypes(t *testing.T) {
	for name, test := range map[string]struct {
		sent, kind, text string
		counted          int
	}{
		"a word of the filter":       {`"switch"`, "SWITCH", "switch", 0},
		"Quirk037 another case":      {`"Server"`, "SERVER", "Server", 0},
		"Quirk037 another word":      {`"load-balancer"`, "null", "load-balancer", 1},
		"Quirk022 a number":          {`1`, "null", "1", 0},
		"Quirk022 a number as text":  {`"2"`, "null", "2", 0},
		"Quirk020 the word null":     {`"null"`, "null", "null", 0},
		"Quirk041 nothing of a type": {`""`, "null", "null", 0},
	} {
		t.Run(name, func(t *testing.T) {
			list, upstream := deviceList(t, fmt.Sprintf(`{"device_id":"d1","device_type":%s}`, test.sent))
			device := list.ByID("d1")
			if shown(device.Type) != test.kind || shown(device.TypeText) != test.text {
				t.Errorf("type %s %s, want %s %s", shown(device.Type), shown(device.TypeText), test.kind, test.text)
			}
			if got := upstream.count("DeviceKind"); got != test.counted {
				t.Errorf("counted %d as unknown, want %d", got, test.counted)
			}
		})
	}
}

func TestDeviceListKeepsWhatCanBeRead(t *testing.T) {
	list, upstream := deviceList(t,
		`{"device_id":"d2","name":"b","region":"cn-north-7","management_ip":"XX.XX.XX.XX"}`,
		`{"device_id":"d1","name":"a","region":"North Seven","management_ip":" 10.0.0.1 "}`,
		`{"name":"without an id"}`,
		`{"device_id":{"a":1},"region":"cn-south-1"}`,
		`{"device_id":"d2","name":"again"}`,
	)
	if got := deviceIDs(list.All); got != "d1 d2" {
		t.Errorf("devices %s", got)
	}
	if upstream.count("device_id") != 1 {
		t.Errorf("a row without an id was counted %d times", upstream.count("device_id"))
	}
	if diff := cmp.Diff([]cache.Gap{{Part: "cn-south-1", Reason: "unreadable rows", Rows: 1}}, list.Gaps); diff != "" {
		t.Error(diff)
	}
	t.Run("Quirk032 a masked address joins nothing", func(t *testing.T) {
		if list.ByID("d2").Address != "" || *list.ByID("d2").ManagementIP != "XX.XX.XX.XX" || list.ByAddress("XX.XX.XX.XX") != nil {
			t.Errorf("%+v", list.ByID("d2"))
		}
	})
	t.Run("Quirk015 a name is no region code", func(t *testing.T) {
		if list.ByID("d1").RegionCode != nil || deviceIDs(list.InRegion("cn-north-7")) != "d2" {
			t.Errorf("regions %s, %s", shown(list.ByID("d1").RegionCode), deviceIDs(list.InRegion("cn-north-7")))
		}
	})
	if list.ByAddress("10.0.0.1") != list.ByID("d1") {
		t.Error("the address does not lead to its device")
	}
}

func TestDeviceFilterAndOrder(t *testing.T) {
	list, _ := deviceList(t,
		`{"device_id":"d1","name":"sw-01","device_type":"switch","model":"CE12808","running_status":"Normal","management_ip":"10.0.0.10","region":"cn-north-7"}`,
		`{"device_id":"d2","name":"sw-02","device_type":"switch","model":"ce6881","running_status":"offline","management_ip":"10.0.0.9","region":"cn-south-1"}`,
		`{"device_id":"d3","name":"fw-01","device_type":"firewall","management_ip":"fe80::1"}`,
		`{"device_id":"d4","device_type":"8","management_ip":"unknown"}`,
	)
	for name, test := range map[string]struct {
		filter model.DeviceFilter
		want   string
	}{
		"nothing asked":         {model.DeviceFilter{}, "d3 d1 d2 d4"},
		"an empty list":         {model.DeviceFilter{Types: []model.DeviceKind{}}, ""},
		"types":                 {model.DeviceFilter{Types: []model.DeviceKind{model.DeviceKindSwitch}}, "d1 d2"},
		"types as sent":         {model.DeviceFilter{TypeTexts: []string{"8", "FIREWALL"}}, "d3 d4"},
		"regions":               {model.DeviceFilter{Regions: []string{"cn-south-1"}}, "d2"},
		"models in any case":    {model.DeviceFilter{Models: []string{"ce12808"}}, "d1"},
		"states in any case":    {model.DeviceFilter{RunningStatuses: []string{"OFFLINE"}}, "d2"},
		"ids":                   {model.DeviceFilter{DeviceIds: []string{"d3", "other"}}, "d3"},
		"addresses":             {model.DeviceFilter{ManagementIps: []string{"FE80:0:0::1", "unknown"}}, "d3 d4"},
		"a part of the name":    {model.DeviceFilter{NameContains: new("SW-")}, "d1 d2"},
		"two fields both count": {model.DeviceFilter{NameContains: new("01"), Types: []model.DeviceKind{model.DeviceKindSwitch}}, "d1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := deviceIDs(sources.Select(list.All, sources.DeviceMatches(&test.filter))); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	order := sources.DeviceOrderOf(&model.DeviceOrder{Field: model.DeviceOrderFieldManagementIP, Direction: model.OrderDirectionAsc})
	if got := deviceIDs(list.InOrder(order)); got != "d2 d1 d3 d4" {
		t.Errorf("by address: %s", got)
	}
	order = sources.DeviceOrderOf(&model.DeviceOrder{Field: model.DeviceOrderFieldModel, Direction: model.OrderDirectionDesc})
	if got := deviceIDs(list.InOrder(order)); got != "d2 d1 d3 d4" {
		t.Errorf("by model, descending: %s", got)
	}
}

// site makes the two lists of the join.
func site(t *testing.T, hosts, devices []string) (*sources.HostList, *sources.DeviceList) {
	t.Helper()
	made, _ := newInventory(t, map[string]string{"/host/detail": listOf(hosts...), assets: listOf(devices...)}, nil)
	hostList, err := made.Hosts.Load(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	deviceList, err := made.Devices.Load(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return hostList.Value, deviceList.Value
}

func hostRow(id, name, region, address string) string {
	return fmt.Sprintf(`{"HOST_ID":%q,"HOST_NAME":%q,"REGION_ID":%q,"MAC_IP":%q}`, id, name, region, address)
}

func deviceRow(id, name, kind, region, address string) string {
	return fmt.Sprintf(`{"device_id":%q,"name":%q,"device_type":%q,"region":%q,"management_ip":%q}`, id, name, kind, region, address)
}

func TestDeviceAndHost(t *testing.T) {
	const here, there = "cn-north-7", "cn-south-1"
	for name, test := range map[string]struct {
		hosts, devices []string
		want           string // device=host by match
	}{
		"by address": {
			[]string{hostRow("h1", "a", here, "10.0.0.1")}, []string{deviceRow("d1", "b", "server", there, "10.0.0.1")}, "d1=h1 ADDRESS",
		},
		"an address that the host names twice": {
			[]string{hostRow("h1", "a", here, "10.0.0.1,10.0.0.1")}, []string{deviceRow("d1", "b", "server", here, "10.0.0.1")}, "d1=h1 ADDRESS",
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
		"by name": {[]string{hostRow("h1", "a", here, "")}, []string{deviceRow("d1", "a", "server", here, "10.0.0.1")}, "d1=h1 NAME"},
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
			[]string{hostRow("h1", "a", here, ""), hostRow("h2", "a", here, "")}, []string{deviceRow("d1", "a", "server", here, "")}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			hosts, devices := site(t, test.hosts, test.devices)
			var pairs []string
			for _, device := range devices.All {
				if pair, ok := devices.HostOf(hosts, device.DeviceID); ok {
					pairs = append(pairs, fmt.Sprintf("%s=%s %s", device.DeviceID, pair.Host.HostID, pair.Match))
				}
			}
			if got := strings.Join(pairs, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestDeviceAndHostAgree holds that the two directions of the join are the same pairs, on lists full of ambiguities.
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
			if pair, ok := devices.HostOf(hosts, device.DeviceID); ok {
				paired++
				if back, ok := devices.OfHost(hosts, pair.Host.HostID); !ok || back.Device != device || back.Match != pair.Match {
					t.Fatalf("device %s has host %s, which has %+v", device.DeviceID, pair.Host.HostID, back)
				}
			}
		}
		for _, host := range hosts.All {
			if pair, ok := devices.OfHost(hosts, host.HostID); ok {
				if back, ok := devices.HostOf(hosts, pair.Device.DeviceID); !ok || back.Host != host {
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
			made, _ := newInventory(t, map[string]string{assets: listOf(devices...), "/DeviceAlarm/info": listOf(row)}, nil)
			list, err := made.Devices.Load(t.Context(), "", 0)
			if err != nil {
				t.Fatal(err)
			}
			alarms, err := made.Alarms.Load(t.Context(), "", model.AlarmSourceDevice, 0)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if match, ok := list.Value.OfAlarm(alarms.Value.All[0]); ok {
				got = match.Device.DeviceID + " " + string(match.Match)
				of := sources.ViewOf(alarms.Value).OfDevice(list.Value, match.Device.DeviceID)
				if len(of) != 1 || of[0] != alarms.Value.All[0] {
					t.Errorf("the alarms of the device are %v", of)
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAlarmIdentifiersAreBounded(t *testing.T) {
	var words []string
	for i := range 40 {
		words = append(words, fmt.Sprintf("identifier-%02d", i), "identifier-00", "wordsonly", "x1")
	}
	row := fmt.Sprintf(`{"csn":"1","meDn":%q}`, strings.Join(words, "/"))
	made, _ := newInventory(t, map[string]string{"/DeviceAlarm/info": listOf(row)}, nil)
	alarms, err := made.Alarms.Load(t.Context(), "", model.AlarmSourceDevice, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := alarms.Value.All[0].Identifiers
	if len(got) != 16 || got[0] != "identifier-00" || got[15] != "identifier-15" {
		t.Errorf("identifiers %v", got)
	}
}
