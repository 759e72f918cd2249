package devices_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/cache"
	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/devices"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func deviceList(t *testing.T, rows ...string) (*devices.List, *sourcestest.Upstream) {
	t.Helper()
	made, upstream := sourcestest.New(t, map[string]string{"/DeviceAsset/info": sourcestest.ListOf(rows...)}, nil)
	held := made.Devices.List.One(t.Context(), "", struct{}{}, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	return held.Held.Value, upstream
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
			if sourcestest.Shown(device.Type) != test.kind || sourcestest.Shown(device.TypeText) != test.text {
				t.Errorf("type %s %s, want %s %s", sourcestest.Shown(device.Type), sourcestest.Shown(device.TypeText), test.kind,
					test.text)
			}
			if got := upstream.Count("DeviceKind"); got != test.counted {
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
	if upstream.Count("device_id") != 2 {
		t.Errorf("rows without an id and with an unreadable one were counted %d times", upstream.Count("device_id"))
	}
	slices.SortFunc(list.Gaps, func(a, b cache.Gap) int { return strings.Compare(a.Part, b.Part) })
	gaps := []cache.Gap{
		{Reason: "unreadable rows", Rows: 1}, {Part: "cn-south-1", Reason: "unreadable rows", Rows: 1},
	}
	if diff := cmp.Diff(gaps, list.Gaps); diff != "" {
		t.Error(diff)
	}
	t.Run("Quirk032 a masked address joins nothing", func(t *testing.T) {
		if list.ByID("d2").Address != "" || *list.ByID("d2").ManagementIP != "XX.XX.XX.XX" ||
			list.ByAddress("XX.XX.XX.XX") != nil {
			t.Errorf("%+v", list.ByID("d2"))
		}
	})
	t.Run("Quirk015 a name is no region code", func(t *testing.T) {
		if list.ByID("d1").RegionCode != nil || deviceIDs(list.InRegion("cn-north-7")) != "d2" {
			t.Errorf("regions %s, %s", sourcestest.Shown(list.ByID("d1").RegionCode), deviceIDs(list.InRegion("cn-north-7")))
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
		"nothing asked":      {model.DeviceFilter{}, "d3 d1 d2 d4"},
		"an empty list":      {model.DeviceFilter{Types: []model.DeviceKind{}}, ""},
		"types":              {model.DeviceFilter{Types: []model.DeviceKind{model.DeviceKindSwitch}}, "d1 d2"},
		"types as sent":      {model.DeviceFilter{TypeTexts: []string{"8", "FIREWALL"}}, "d3 d4"},
		"regions":            {model.DeviceFilter{Regions: []string{"cn-south-1"}}, "d2"},
		"models in any case": {model.DeviceFilter{Models: []string{"ce12808"}}, "d1"},
		"states in any case": {model.DeviceFilter{RunningStatuses: []string{"OFFLINE"}}, "d2"},
		"ids":                {model.DeviceFilter{DeviceIds: []string{"d3", "other"}}, "d3"},
		"addresses":          {model.DeviceFilter{ManagementIps: []string{"FE80:0:0::1", "unknown"}}, "d3 d4"},
		"a part of the name": {model.DeviceFilter{NameContains: new("SW-")}, "d1 d2"},
		"two fields both count": {model.DeviceFilter{
			NameContains: new("01"),
			Types:        []model.DeviceKind{model.DeviceKindSwitch},
		}, "d1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := deviceIDs(dataset.Select(list.All, dataset.Matches(devices.Filter(&test.filter)))); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	order := devices.OrderOf(
		&model.DeviceOrder{Field: model.DeviceOrderFieldManagementIP, Direction: model.OrderDirectionAsc})
	if got := deviceIDs(list.InOrder(order)); got != "d2 d1 d3 d4" {
		t.Errorf("by address: %s", got)
	}
	order = devices.OrderOf(&model.DeviceOrder{Field: model.DeviceOrderFieldModel, Direction: model.OrderDirectionDesc})
	if got := deviceIDs(list.InOrder(order)); got != "d2 d1 d3 d4" {
		t.Errorf("by model, descending: %s", got)
	}
}
