package liveoracle

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// apiPath begins the paths of ESM's data calls.
const apiPath = "/rest/dataapi/homs/open-api/v1/"

// alarm is what the documents say of one row: severity 1 (critical) to 4 (warning), flags "0" and "1".
type alarm struct {
	severity       string
	cleared, acked bool
	region         string
	all            string // every field, to see that something changed
}

// alarmDays is how far back alarms are compared: those at the far end of the lists leave them without an event.
const alarmDays = 29 * 24 * time.Hour

// alarms reads both lists of alarms.
func (s *site) alarms() map[string]alarm {
	s.t.Helper()
	found := map[string]alarm{}
	for _, list := range []string{"CloudServiceAlarm/info", "DeviceAlarm/info"} {
		rows := s.rows(apiPath+list, s.window(alarmDays), func(row map[string]any) string { return text(row["csn"]) })
		for csn, row := range rows {
			all, err := json.Marshal(row)
			if err != nil {
				s.t.Fatal(err)
			}
			found[csn] = alarm{
				severity: text(row["severity"]), cleared: text(row["cleared"]) == "1", acked: text(row["acked"]) == "1",
				region: text(row["LogicalRegionId"]), all: string(all),
			}
		}
	}
	return found
}

// text is a scalar as text, whichever way it was sent.
func text(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	case nil:
		return ""
	default:
		return fmt.Sprint(value)
	}
}

// filter is a filter of the subscription and of lists, as GraphQL has it and as the schema describes it.
type filter struct {
	text           string // "" is none
	severities     []string
	region         string
	cleared, acked *bool
}

func (f filter) passes(a alarm) bool {
	return (f.severities == nil || slices.Contains(f.severities, a.severity)) &&
		(f.region == "" || f.region == a.region) &&
		(f.cleared == nil || *f.cleared == a.cleared) && (f.acked == nil || *f.acked == a.acked)
}

// filters are those of the followers.
func (s *site) filters() []filter {
	yes, no := true, false
	region := s.Sim.Regions()[0].Code
	return []filter{
		{},
		{text: `{severities: [CRITICAL, MAJOR], cleared: false}`, severities: []string{"1", "2"}, cleared: &no},
		{text: `{acknowledged: false, cleared: false}`, acked: &no, cleared: &no},
		{text: fmt.Sprintf(`{regions: [%q]}`, region), region: region},
		{text: `{cleared: true, severities: [CRITICAL]}`, severities: []string{"1"}, cleared: &yes},
	}
}

// changes are the events that docs/clients.md promises to a follower when the alarms change from one state to another:
// the kind by serial number.
func (f filter) changes(before, after map[string]alarm) map[string]string {
	expected := map[string]string{}
	for csn, is := range after {
		was, known := before[csn]
		if known && was.all == is.all {
			continue
		}
		kind, passing := "UPDATED", f
		switch {
		case is.cleared && (!known || !was.cleared):
			kind, passing.cleared = "CLEARED", nil // its field cleared keeps no CLEARED back
		case !is.cleared && (!known || was.cleared):
			kind = "RAISED"
		}
		switch {
		case passing.passes(is):
			expected[csn] = kind
		case known && f.passes(was):
			expected[csn] = "LEFT"
		}
	}
	return expected
}

// listed are the alarms that pass, as a list shows them.
func (f filter) listed(all map[string]alarm) map[string]string {
	shown := map[string]string{}
	for csn, a := range all {
		if f.passes(a) {
			shown[csn] = fmt.Sprintf("%s cleared %t acknowledged %t", a.severity, a.cleared, a.acked)
		}
	}
	return shown
}

// pools are the newest figures of a service's capacity, allocated and available, by what they measure, with the region
// first.
func (s *site) pools(service string) map[string]string {
	s.t.Helper()
	query := s.window(3 * 24 * time.Hour)
	query.Set("service_type", service)
	newest, at := map[string]string{}, map[string]string{}
	codes := map[string]string{} // a row may name its region by a display name
	for _, r := range s.Sim.Regions() {
		codes[r.Name], codes[r.NameEn] = r.Code, r.Code
	}
	rows := s.rows(apiPath+"CloudService/capacity", query, func(row map[string]any) string {
		return strings.Join([]string{
			cmp.Or(codes[text(row["region"])], text(row["region"])), text(row["zone_type"]), text(row["metric_type"]),
			text(row["az_id"]), text(row["resource_type"]), text(row["timestamp"]),
		}, " ")
	})
	for key, row := range rows {
		pool := key[:strings.LastIndex(key, " ")]
		if stamp := text(row["timestamp"]); stamp > at[pool] {
			at[pool], newest[pool] = stamp, text(row["allocated"])+"/"+text(row["available"])+text(row["avaliable"])
		}
	}
	return newest
}
