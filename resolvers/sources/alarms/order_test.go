package alarms_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/resolvers/sources/alarms"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
)

// TestUrgencyIsATotalOrder sorts alarms of all states, severities and times, in any order that they come in, and seeks
// with the cursor of each as its text gives it back.
func TestUrgencyIsATotalOrder(t *testing.T) {
	var want []*model.Alarm
	at := func(ms int64) *time.Time { moment := time.UnixMilli(ms); return &moment }
	years := time.Date(9999, 12, 31, 23, 59, 59, 999_000_000, time.UTC)
	times := []*time.Time{&years, at(1_795_255_165_001), at(1_795_255_165_000), at(1), at(0), at(-1), {}, nil}
	yes, no := true, false
	for _, cleared := range []*bool{nil, &yes} {
		for _, severity := range []*model.AlarmSeverity{
			new(model.AlarmSeverityCritical), new(model.AlarmSeverityMajor), new(model.AlarmSeverityMinor),
			new(model.AlarmSeverityWarning), nil,
		} {
			for _, last := range times {
				for _, csn := range []string{"1", "2"} { // equal ones go by the id
					state := cleared
					if csn == "2" && cleared == nil {
						state = &no
					}
					want = append(want, &model.Alarm{
						Csn: csn, Source: model.AlarmSourceDevice, Cleared: state, Severity: severity, LastOccurredAt: last,
					})
				}
			}
		}
	}
	order := alarms.OrderOf(&model.AlarmOrder{Field: model.AlarmOrderFieldUrgency, Direction: model.OrderDirectionDesc})
	shown := func(a *model.Alarm) string {
		last := "never"
		if a.LastOccurredAt != nil {
			last = a.LastOccurredAt.UTC().Format(time.RFC3339Nano)
		}
		return strings.Join([]string{fmt.Sprint(a.Active()), dataset.Text((*string)(a.Severity)), last, a.Csn}, " ")
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		shuffled := slices.Clone(want)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for i, got := range dataset.Sorted(order, shuffled) {
			if got != want[i] {
				t.Fatalf("place %d: %s, want %s", i, shown(got), shown(want[i]))
			}
		}
	}
	for i, alarm := range want {
		cursor, err := model.ParseCursor(dataset.CursorOf(order, alarm).String())
		if err != nil {
			t.Fatal(err)
		}
		after, before := dataset.SeekAfter(order, want, cursor), dataset.SeekBefore(order, want, cursor)
		if after != i+1 || before != i {
			t.Errorf("place %d, %s: after it is %d, before it %d", i, shown(alarm), after, before)
		}
	}
}

// TestAlarmTextContains looks for an alarm by each text that one may know of it, in any case, and by what is not looked
// through.
func TestAlarmTextContains(t *testing.T) {
	list, _ := alarmList(t, model.AlarmSourceDevice, `{"csn": "serial-A1", "alarm_name": "Disk fault", "moi": "chassis=B2",
		"meName": "element-C3", "LogicalRegionId": "cn-north-7", "region": "North-Seven", "dc_name": "dc-D4",
		"res_pool_name": "pool-E5", "azone_name": "zone-F6", "additional_information": "Slot=4;sn=G7", "meDn": "dn-H8",
		"nativeMeDn": "native-I9", "tenant": "tenant-J1", "probable_cause": "cause-K2", "alarm_id": "kind-L3"}`,
		`{"csn": "other"}`)
	for text, found := range map[string]bool{
		"SERIAL-a": true, "disk F": true, "Chassis=b2": true, "ELEMENT": true, "cn-north-7": true, "north-seven": true,
		"DC-D": true, "pool-e5": true, "Zone-f6": true, "slot=4;SN=g7": true, "h-7": true,
		"dn-h8": false, "native": false, "tenant-": false, "cause": false, "kind-": false, "faultchassis": false,
		"DEVICE": false,
	} {
		matches := dataset.Matches(alarms.Filter(&model.AlarmFilter{TextContains: &text}, time.Time{}))
		if got := serials(dataset.Select(list.All, matches)); (got == "serial-A1") != found || !found && got != "" {
			t.Errorf("%q leads to %q, found %t", text, got, found)
		}
	}
}

// TestAlarmTextsByIndex asks for texts of so many alarms that they are found by an index: it finds what a look at each
// alarm does.
func TestAlarmTextsByIndex(t *testing.T) {
	rows := make([]string, 1200)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"csn": "c%d", "alarm_name": "Fault %d", "moi": "slot=%d", "dc_name": "Hall-%d",
			"additional_information": "sn=%d", "LogicalRegionId": "cn-r-%d"}`, i, i%7, i%50, i%4, i*i, i%3)
	}
	list, _ := alarmList(t, model.AlarmSourceDevice, rows...)
	view := alarms.ViewOf(list)
	found := 0
	for _, text := range []string{"c11", "HALL-3", "slot=49", "sn=144", "fault", "R-2", "nothing"} {
		for _, name := range []*string{nil, new("lt 3"), new("FAULT"), new("nothing")} {
			filter := alarms.Filter(&model.AlarmFilter{TextContains: &text, NameContains: name}, time.Time{})
			for part, of := range map[string]dataset.Part[*model.Alarm]{"all": view.Whole(), "region": view.Region("cn-r-1")} {
				got, _ := view.Selected(of, filter, alarms.OrderOf(nil))
				want := dataset.Select(of.Items, dataset.Matches(filter))
				if serials(got) != serials(want) {
					t.Errorf("%q and %q in %s: %d alarms, want %d", text, dataset.Text(name), part, len(got), len(want))
				}
				found += len(want)
			}
		}
	}
	if found < 1000 {
		t.Errorf("%d alarms found: that proves little", found)
	}
}
