package alarms_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// alarmList reads rows as one of the two lists.
func alarmList(t *testing.T, source model.AlarmSource, rows ...string) (*alarms.List, *sourcestest.Upstream) {
	t.Helper()
	all, upstream := sourcestest.New(t, map[string]string{
		"CloudServiceAlarm/info": sourcestest.ListOf(rows...), "DeviceAlarm/info": sourcestest.ListOf(rows...),
	}, nil)
	held := all.Alarms.Lists[source].One(t.Context(), "", dataset.Span{}, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	return held.Held.Value, upstream
}

func TestAlarmFields(t *testing.T) {
	tests := []struct {
		name, row string // without its serial number
		show      func(*model.Alarm) string
		want      string
	}{
		{
			"Quirk016 the code joins, not the name", `"region": "North-7", "LogicalRegionId": "cn-north-201"`,
			func(a *model.Alarm) string {
				return sourcestest.Shown(a.RegionCode) + " " + sourcestest.Shown(a.RegionText)
			}, "cn-north-201 North-7",
		},
		{
			"Quirk010 the zone's name", `"azone_name": "North-7-AZ1", "res_pool_name": "POD-01"`,
			func(a *model.Alarm) string {
				return sourcestest.Shown(a.AvailabilityZone) + " " + sourcestest.Shown(a.ResourcePool)
			}, "North-7-AZ1 POD-01",
		},
		{
			"Quirk022 a number where text is meant", `"alarm_id": 2400008`,
			func(a *model.Alarm) string { return sourcestest.Shown(a.DefinitionID) }, "2400008",
		},
		{
			"Quirk035 one is critical", `"severity": "1"`,
			func(a *model.Alarm) string {
				return sourcestest.Shown(a.Severity) + " " + sourcestest.Shown(a.SeverityText)
			}, "CRITICAL 1",
		},
		{
			"Quirk035 four is a warning", `"severity": 4`, func(a *model.Alarm) string { return sourcestest.Shown(a.Severity) },
			"WARNING",
		},
		{
			"Quirk041 an unknown severity", `"severity": "5"`,
			func(a *model.Alarm) string {
				return sourcestest.Shown(a.Severity) + " " + sourcestest.Shown(a.SeverityText)
			}, "null 5",
		},
		{
			"Quirk038 yes and no as digits", `"cleared": "0", "acked": "1"`,
			func(a *model.Alarm) string {
				return sourcestest.Shown(a.Cleared) + " " + sourcestest.Shown(a.Acknowledged)
			}, "false true",
		},
		{
			"Quirk038 a state that is not sent counts as active", `"cleared": ""`,
			func(a *model.Alarm) string {
				if a.Active() {
					return sourcestest.Shown(a.Cleared) + " active"
				}
				return sourcestest.Shown(a.Cleared)
			},
			"null active",
		},
		{
			"Quirk047 milliseconds", `"latest_occur_utc": "1726819320000"`,
			func(a *model.Alarm) string { return a.LastOccurredAt.Format(time.RFC3339) }, "2024-09-20T08:02:00Z",
		},
		{
			"Quirk047 seconds", `"latest_occur_utc": 1726819320`,
			func(a *model.Alarm) string { return a.LastOccurredAt.Format(time.RFC3339) }, "2024-09-20T08:02:00Z",
		},
		{
			"Quirk047 text, in UTC", `"latest_occur_utc": "2024-09-20 08:02:00"`,
			func(a *model.Alarm) string { return a.LastOccurredAt.Format(time.RFC3339) }, "2024-09-20T08:02:00Z",
		},
		{
			"Quirk047 RFC 3339", `"latest_occur_utc": "2024-09-20T10:02:00+02:00"`,
			func(a *model.Alarm) string { return a.LastOccurredAt.Format(time.RFC3339) }, "2024-09-20T08:02:00Z",
		},
		{
			"Quirk047 not yet", `"first_occur_utc": ""`,
			func(a *model.Alarm) string { return sourcestest.Shown(a.FirstOccurredAt) }, "null",
		},
		{
			"Quirk033 the service by affectedService", `"affectedService": "ecs-vm", "me_category": "EVS"`,
			func(a *model.Alarm) string { return sourcestest.Shown(a.Service) }, "ECS_VM",
		},
		{
			"Quirk036 ECS is ECS_VM", `"affectedService": "ECS"`,
			func(a *model.Alarm) string { return sourcestest.Shown(a.Service) }, "ECS_VM",
		},
		{
			"the service by me_category", `"affectedService": "something", "me_category": "evs"`,
			func(a *model.Alarm) string { return sourcestest.Shown(a.Service) }, "EVS",
		},
		{
			"no service", `"me_category": "Server"`,
			func(a *model.Alarm) string { return sourcestest.Shown(a.Service) }, "null",
		},
		{
			"serial numbers in a text", `"additional_information": "slot=4;SN = 2102312CJY-1 ;asn=no;part=dimm07, sn=two"`,
			func(a *model.Alarm) string { return strings.Join(a.SerialNumbers, " ") }, "2102312CJY-1 two",
		},
		{
			"addresses in names", `"nativeMeDn": "NE=server-10.21.4.34", "meDn": "1.2.3 and 300.1.1.1 and 10.0.0.1."`,
			func(a *model.Alarm) string { return strings.Join(a.Addresses, " ") }, "10.21.4.34 10.0.0.1",
		},
		{
			"addresses of version 6 and with ports", `"nativeMeDn": "NE=switch-10.21.0.11:443, [fe80::1]:443 node-2001:DB8::2",
				"meDn": "class::method 12:30:45 00:1b:21:3c:9d:f8 :: ::ffff:10.0.0.7"`,
			func(a *model.Alarm) string { return strings.Join(a.Addresses, " ") }, "10.21.0.11 fe80::1 2001:db8::2 10.0.0.7",
		},
		{
			"how it was cleared, only when it is", `"cleared": "0", "clear_user": "ops", "acked": "1", "ack_user": "lee"`,
			func(a *model.Alarm) string {
				if a.Clearance != nil {
					return "cleared"
				}
				return sourcestest.Shown(a.Acknowledgement.By)
			},
			"lee",
		},
		{
			"no object", `"meName": "null"`,
			func(a *model.Alarm) string {
				if a.ManagedElement != nil || a.OriginSystem != nil {
					return "an object"
				}
				return "none"
			},
			"none",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			list, _ := alarmList(t, model.AlarmSourceDevice, `{"csn": "1", `+test.row+`}`)
			if got := test.show(list.ByCSN("1")); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAlarmsTellWhatTheyCouldNotRead(t *testing.T) {
	list, upstream := alarmList(t, model.AlarmSourceDevice,
		`{"csn": "1", "severity": "9", "latest_occur_utc": "soon"}`, `{"alarm_name": "nobody's"}`,
		`{"csn": "1", "severity": "1"}`)
	if len(list.All) != 1 || list.All[0].Severity != nil {
		t.Errorf("%d alarms; Quirk060: the first row of a serial number counts", len(list.All))
	}
	for _, what := range []string{"AlarmSeverity", "latest_occur_utc", "csn"} {
		if got := upstream.Count(what); got != 1 {
			t.Errorf("%s was counted %d times", what, got)
		}
	}
}

func TestAlarmOrders(t *testing.T) {
	list, _ := alarmList(t, model.AlarmSourceCloudService,
		`{"csn": "1", "severity": "3", "alarm_name": "b", "latest_occur_utc": "1726819320000", "first_occur_utc": "1726819300000"}`,
		`{"csn": "2", "severity": "1", "alarm_name": "A", "latest_occur_utc": "1726819310000", "first_occur_utc": "1726819310000"}`,
		`{"csn": "3", "severity": "9", "latest_occur_utc": ""}`,
		`{"csn": "4", "severity": "1", "alarm_name": "c", "latest_occur_utc": "1726819320000"}`)
	view := alarms.ViewOf(list)
	by := func(field model.AlarmOrderField, direction model.OrderDirection) *model.AlarmOrder {
		return &model.AlarmOrder{Field: field, Direction: direction}
	}
	for _, test := range []struct {
		name  string
		order *model.AlarmOrder
		want  string
	}{
		{"latest first", nil, "1 4 2 3"},
		{"oldest first", by(model.AlarmOrderFieldLastOccurredAt, model.OrderDirectionAsc), "2 1 4 3"},
		{"most severe first", by(model.AlarmOrderFieldSeverity, model.OrderDirectionDesc), "2 4 1 3"},
		{"least severe first, unknown last", by(model.AlarmOrderFieldSeverity, model.OrderDirectionAsc), "1 2 4 3"},
		{"by name", by(model.AlarmOrderFieldName, model.OrderDirectionAsc), "2 1 4 3"},
		{"by name down", by(model.AlarmOrderFieldName, model.OrderDirectionDesc), "4 1 2 3"},
		{"first seen last", by(model.AlarmOrderFieldFirstOccurredAt, model.OrderDirectionDesc), "2 1 3 4"},
		{"most urgent first", by(model.AlarmOrderFieldUrgency, model.OrderDirectionDesc), "4 2 1 3"},
		{"least urgent first", by(model.AlarmOrderFieldUrgency, model.OrderDirectionAsc), "3 1 2 4"},
	} {
		t.Run(test.name, func(t *testing.T) {
			order := alarms.OrderOf(test.order)
			if got := serials(view.InOrder(order)); got != test.want {
				t.Errorf("order %s, want %s", got, test.want)
			}
			if again := view.InOrder(order); len(again) > 0 && &again[0] != &view.InOrder(order)[0] {
				t.Error("an order is sorted twice")
			}
		})
	}
}

func serials(alarms []*model.Alarm) string {
	var all []string
	for _, alarm := range alarms {
		all = append(all, alarm.Csn)
	}
	return strings.Join(all, " ")
}

func TestAlarmMatches(t *testing.T) {
	now := time.Date(2024, 9, 21, 8, 0, 0, 0, time.UTC)
	list, _ := alarmList(t, model.AlarmSourceDevice,
		`{"csn": "1", "severity": "1", "cleared": "0", "acked": "1", "alarm_id": "77", "LogicalRegionId": "cn-north-7", "affectedService": "EVS", "alarm_name": "Disk", "latest_occur_utc": "2024-09-21 07:00:00"}`,
		`{"csn": "2", "severity": "2", "cleared": "1", "acked": "0", "alarm_id": "78", "LogicalRegionId": "cn-east-1", "affectedService": "ECS", "alarm_name": "Power", "latest_occur_utc": "2024-09-20 07:00:00"}`,
		`{"csn": "3"}`)
	yes, no, hour, part := true, false, time.Hour, "ISK"
	start, end := time.Date(2024, 9, 20, 7, 0, 0, 0, time.UTC), time.Date(2024, 9, 21, 7, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		filter *model.AlarmFilter
		want   string
	}{
		{"none", nil, "1 2 3"},
		{"empty", &model.AlarmFilter{}, "1 2 3"},
		{"active, state unknown among them", &model.AlarmFilter{Cleared: &no}, "1 3"},
		{"cleared", &model.AlarmFilter{Cleared: &yes}, "2"},
		{"acknowledged", &model.AlarmFilter{Acknowledged: &yes}, "1"},
		{"not acknowledged", &model.AlarmFilter{Acknowledged: &no}, "2 3"},
		{"severities", &model.AlarmFilter{Severities: []model.AlarmSeverity{"CRITICAL", "MINOR"}}, "1"},
		{"no severity", &model.AlarmFilter{Severities: []model.AlarmSeverity{}}, ""},
		{"source", &model.AlarmFilter{Sources: []model.AlarmSource{model.AlarmSourceCloudService}}, ""},
		{"region", &model.AlarmFilter{Regions: []string{"cn-east-1"}}, "2"},
		{"service", &model.AlarmFilter{Services: []model.CloudServiceType{model.CloudServiceTypeEcsVM}}, "2"},
		{"kind", &model.AlarmFilter{DefinitionIds: []string{"77", "99"}}, "1"},
		{"part of the name", &model.AlarmFilter{NameContains: &part}, "1"},
		{"host", &model.AlarmFilter{HostIds: []string{"of-2"}}, "2"},
		{"device", &model.AlarmFilter{DeviceIds: []string{"device-1", "device-9"}}, "1"},
		{"no device", &model.AlarmFilter{DeviceIds: []string{}}, ""},
		{"device and host", &model.AlarmFilter{DeviceIds: []string{"device-1"}, HostIds: []string{"of-2"}}, ""},
		{"text and name", &model.AlarmFilter{TextContains: new("NORTH-7"), NameContains: &part}, "1"},
		{"text but not the name", &model.AlarmFilter{TextContains: new("east-1"), NameContains: &part}, ""},
		{"last hour, its start included", &model.AlarmFilter{LastOccurred: &model.TimeRange{Last: &hour}}, "1"},
		{"start included, end excluded", &model.AlarmFilter{LastOccurred: &model.TimeRange{From: &start, To: &end}}, "2"},
		{"open start", &model.AlarmFilter{LastOccurred: &model.TimeRange{To: &end}}, "2"},
		{"open end", &model.AlarmFilter{LastOccurred: &model.TimeRange{From: &end}}, "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			about := func(kind string) alarms.About {
				return func(a *model.Alarm) *string {
					if a.Csn == "3" {
						return nil
					}
					id := kind + a.Csn
					return &id
				}
			}
			matches := alarms.Matches(test.filter, now, about("of-"), about("device-"))
			if got := serials(dataset.Select(alarms.ViewOf(list).All, matches)); got != test.want {
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
	made, _ := sourcestest.New(t, map[string]string{"/DeviceAlarm/info": sourcestest.ListOf(row)}, nil)
	held := made.Alarms.Lists[model.AlarmSourceDevice].One(t.Context(), "", dataset.Span{}, 0)
	if held.Err != nil {
		t.Fatal(held.Err)
	}
	got := held.Held.Value.All[0].Identifiers
	if len(got) != 16 || got[0] != "identifier-00" || got[15] != "identifier-15" {
		t.Errorf("identifiers %v", got)
	}
}
