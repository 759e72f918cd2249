package alarms_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/hosts"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

func hostList(t *testing.T, rows ...string) *hosts.List {
	t.Helper()
	all, _ := sourcestest.New(t, map[string]string{"host/detail": sourcestest.ListOf(rows...)}, nil)
	held := all.Hosts.List.One(t.Context(), "", struct{}{}, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	return held.Held.Value
}

func TestHostOfAlarm(t *testing.T) {
	all := hostList(t,
		`{"HOST_ID": "a", "HOST_NAME": "one", "SN": "s1", "REGION_ID": "cn-north-7", "MAC_IP": "10.0.0.1"}`,
		`{"HOST_ID": "b", "HOST_NAME": "two", "SN": "s2", "REGION_ID": "cn-north-7", "MAC_IP": "10.0.0.2"}`,
		`{"HOST_ID": "c", "HOST_NAME": "one", "SN": "twin", "REGION_ID": "cn-east-1", "MAC_IP": "10.0.0.9"}`,
		`{"HOST_ID": "d", "HOST_NAME": "three", "SN": "twin", "REGION_ID": "cn-north-7", "MAC_IP": "10.0.0.9"}`,
		`{"HOST_ID": "e", "HOST_NAME": "three", "REGION_ID": "cn-north-7"}`)
	for _, test := range []struct{ name, row, want string }{
		{"serial number", `"additional_information": "sn=s1", "meDn": "10.0.0.2", "meName": "two"`, "a SERIAL_NUMBER"},
		{
			"address, when no serial number leads anywhere",
			`"additional_information": "sn=other", "nativeMeDn": "NE=server-10.0.0.2"`, "b ADDRESS",
		},
		{"the same address twice", `"nativeMeDn": "NE=server-10.0.0.2", "meDn": "10.0.0.2"`, "b ADDRESS"},
		{"name in the region", `"meName": "one", "LogicalRegionId": "cn-east-1"`, "c NAME"},
		{"name in the other region", `"meName": "one", "LogicalRegionId": "cn-north-7"`, "a NAME"},
		{"Quirk016 a name without a region's code", `"meName": "one", "region": "North-7"`, "none"},
		{"two serial numbers of two hosts", `"additional_information": "sn=s1;sn=s2"`, "none"},
		{
			"two serial numbers, then a name",
			`"additional_information": "sn=s1;sn=s2", "meName": "two", "LogicalRegionId": "cn-north-7"`, "b NAME",
		},
		{"a serial number that two hosts share", `"additional_information": "sn=twin"`, "none"},
		{"an address that two hosts share", `"meDn": "10.0.0.9"`, "none"},
		{"a name that two hosts of the region share", `"meName": "three", "LogicalRegionId": "cn-north-7"`, "none"},
		{"Quirk098 nothing that is known", `"meName": "CN_NORTH_7_ECS", "LogicalRegionId": "cn-north-7"`, "none"},
		{"nothing", `"alarm_name": "x"`, "none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, _ := alarmList(t, model.AlarmSourceDevice, `{"csn": "1", `+test.row+`}`)
			view, alarm := alarms.ViewOf(list), list.ByCSN("1")
			got := "none"
			match, found := all.OfAlarm(alarm)
			if found {
				got = match.Host.HostID + " " + string(match.Match)
			}
			if got != test.want {
				t.Errorf("host %s, want %s", got, test.want)
			}
			join := sources.JoinAlarms(view, all)
			if hostID, ok := join.ByAlarm[alarm]; ok != found || ok && hostID != match.Host.HostID {
				t.Errorf("the join says %s, the list %+v", hostID, match)
			}
			if found && serials(join.ByID[match.Host.HostID]) != "1" {
				t.Error("the host does not have the alarm")
			}
		})
	}
}

func TestAlarmViews(t *testing.T) {
	service, _ := alarmList(t, model.AlarmSourceCloudService,
		`{"csn": "1", "LogicalRegionId": "cn-north-7", "affectedService": "EVS", "latest_occur_utc": "1726819320000"}`)
	device, _ := alarmList(t, model.AlarmSourceDevice,
		`{"csn": "2", "LogicalRegionId": "cn-north-7", "me_category": "EVS", "latest_occur_utc": "1726819330000"}`,
		`{"csn": "3", "LogicalRegionId": "cn-east-1", "latest_occur_utc": "1726819310000"}`, `{"csn": "4"}`)
	view := alarms.ViewOf(service, device)
	for what, got := range map[string]string{
		"2 1 3 4": serials(view.All), "2 1": serials(view.InRegion("cn-north-7")), "3": serials(view.InRegion("cn-east-1")),
		"": serials(view.OfService("cn-east-1", model.CloudServiceTypeEvs).Items),
	} {
		if got != what {
			t.Errorf("got %q, want %q", got, what)
		}
	}
	if got := serials(view.OfService("cn-north-7", model.CloudServiceTypeEvs).Items); got != "2 1" {
		t.Errorf("alarms of EVS: %q", got)
	}
	alone := alarms.ViewOf(service)
	if alarms.ViewOf(service, device) != view || alone == view || alarms.ViewOf(service) != alone {
		t.Error("the same lists do not share one view")
	}
	newer, _ := alarmList(t, model.AlarmSourceDevice, `{"csn": "9"}`)
	if alarms.ViewOf(service, newer) == view {
		t.Error("a newer list has the view of the older one")
	}
	none, again := hostList(t), hostList(t, `{"HOST_ID": "a", "SN": "s"}`)
	if sources.JoinAlarms(view, none).ByID["a"] != nil || sources.JoinAlarms(view, again).ByID["a"] != nil {
		t.Error("alarms of a host that none is about")
	}
}

func TestAlarmGaps(t *testing.T) {
	service, _ := alarmList(t, model.AlarmSourceCloudService, `{"csn": "1", "LogicalRegionId": "cn-north-7"}`)
	device, _ := alarmList(t, model.AlarmSourceDevice, `{"csn": {}, "LogicalRegionId": "cn-north-7"}`)
	lost, _ := alarmList(t, model.AlarmSourceDevice, `{"csn": [], "LogicalRegionId": {}}`)
	if operation, gap := alarms.ViewOf(service, device).GapIn("cn-north-7"); !gap || operation != "listDeviceAlarms" {
		t.Errorf("gap %v of %s", gap, operation)
	}
	if _, gap := alarms.ViewOf(service, device).GapIn("cn-east-1"); gap {
		t.Error("the other region has the gap")
	}
	if _, gap := alarms.ViewOf(lost).GapIn("cn-east-1"); !gap {
		t.Error("a row of an unknown region may be one of any")
	}
}

func TestSummariseAlarms(t *testing.T) {
	list, _ := alarmList(t, model.AlarmSourceDevice,
		`{"csn": "1", "severity": "1", "cleared": "0", "acked": "1", "affectedService": "EVS", "latest_occur_utc": "1726819330000"}`,
		`{"csn": "2", "severity": "1", "affectedService": "ECS", "latest_occur_utc": "1726819340000"}`,
		`{"csn": "3", "severity": "7", "cleared": "0", "affectedService": "ECS"}`,
		`{"csn": "4", "severity": "2", "cleared": "1", "acked": "1", "affectedService": "OBS"}`,
		`{"csn": "5", "severity": "4", "cleared": "0"}`)
	got := alarms.Summarise(alarms.ViewOf(list).All)
	if got.Total != 5 || got.Active != 4 || got.Acknowledged != 2 || got.Latest.Csn != "2" {
		t.Errorf("total %d, active %d, acknowledged %d, latest %s", got.Total, got.Active, got.Acknowledged, got.Latest.Csn)
	}
	severities := ""
	for _, one := range got.BySeverity {
		severities += sourcestest.Shown(one.Severity) + " " + sourcestest.Shown(&one.Count) + "; "
	}
	if severities != "CRITICAL 2; MAJOR 0; MINOR 0; WARNING 1; null 1; " {
		t.Errorf("Quirk041: severities %s", severities)
	}
	services := ""
	for _, one := range got.ByService {
		services += sourcestest.Shown(one.Service) + " " + sourcestest.Shown(&one.Count) + "; "
	}
	if services != "ECS_VM 2; EVS 1; null 1; " {
		t.Errorf("services %s", services)
	}
	empty := alarms.Summarise(nil)
	if empty.Latest != nil || len(empty.BySeverity) != 4 || empty.ByService == nil {
		t.Errorf("nothing summed up is %+v", empty)
	}
}
