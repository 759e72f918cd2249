package simulator_test

import (
	"fmt"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

func living(c *simulator.Config) { c.Life = true }

// listed reads all alarms of a source.
func (u *upstream) listed(path string) map[string]row {
	u.t.Helper()
	return index(u.get(data+path, paged(span(noon.AddDate(0, 0, -30), noon.AddDate(0, 0, 1)), 1000, 0)).rows(u.t), "csn")
}

// TestFound_D5_AlarmsComeAndGo: within twenty minutes a living site raises, worsens, acknowledges and clears alarms,
// the same ones for the same seed.
func TestFound_D5_AlarmsComeAndGo(t *testing.T) {
	seen := map[string]int{}
	for _, path := range []string{"/v1/CloudServiceAlarm/info", "/v1/DeviceAlarm/info"} {
		u, twin := start(t, living), start(t, living)
		other := start(t, func(c *simulator.Config) { c.Life, c.Seed = true, 2 })
		if got, want := fmt.Sprint(u.listed(path)), fmt.Sprint(twin.listed(path)); got != want {
			t.Errorf("%s: the same seed lives two lives", path)
		}
		if fmt.Sprint(u.listed(path)) == fmt.Sprint(other.listed(path)) {
			t.Errorf("%s: two seeds live one life", path)
		}
		before := u.listed(path)
		for range 40 {
			u.control("PUT", "clock", `{"advanceSeconds":30}`)
			after := u.listed(path)
			for csn, a := range after {
				was, listed := before[csn]
				switch {
				case !listed:
					seen["raised"]++
				case was.text("cleared") == "0" && a.text("cleared") == "1":
					seen["cleared"]++
				case was.text("severity") != a.text("severity"):
					seen["worsened"]++
				case was.text("acked") != a.text("acked"):
					seen["acknowledged"]++
				}
			}
			for csn, was := range before {
				if _, listed := after[csn]; !listed && was.text("cleared") != "1" {
					t.Errorf("%s left the list before it was cleared", csn)
				}
			}
			before = after
		}
	}
	for _, kind := range []string{"raised", "cleared", "worsened", "acknowledged"} {
		if seen[kind] < 3 {
			t.Errorf("in twenty minutes only %v", seen)
		}
	}
}

// TestFound_D5_CapacityMoves: the latest measurement of a living site moves within half an hour, the measurements of
// the days before do not, and allocated stays what the site's resources are.
func TestFound_D5_CapacityMoves(t *testing.T) {
	u := start(t, living)
	read := func() map[string]row {
		window := paged(span(noon.AddDate(0, 0, -2), noon.AddDate(0, 0, 1)), 1000, 0)
		rows := map[string]row{}
		for _, r := range u.get(data+"/v1/CloudService/capacity", with(window, "service_type", "EVS")).rows(t) {
			rows[r.text("region")+r.text("zone_type")+r.text("metric_type")+r.text("timestamp")] = r
		}
		return rows
	}
	before := read()
	u.control("PUT", "clock", `{"advanceSeconds":1800}`)
	after := read()
	latest := ""
	for _, r := range before {
		latest = max(latest, r.text("timestamp"))
	}
	moved := 0
	for key, was := range before {
		is := after[key]
		if fmt.Sprint(was) == fmt.Sprint(is) {
			continue
		}
		moved++
		if was.text("timestamp") != latest {
			t.Errorf("a measurement of an earlier day moved: %v, %v", was, is)
		}
		if was.text("zone_type") != "MANAGE" && was.text("allocated") != is.text("allocated") {
			t.Errorf("what counts resources moved: %v, %v", was, is)
		}
	}
	if moved == 0 || len(before) != len(after) {
		t.Errorf("%d rows moved of %d, then %d", moved, len(before), len(after))
	}
}

// TestFound_D5_ShortAlarmIsAnAlarm: the control path changes an alarm of life as any other.
func TestFound_D5_ShortAlarmIsAnAlarm(t *testing.T) {
	u := start(t, living)
	const path = "/v1/DeviceAlarm/info"
	for csn, a := range u.listed(path) {
		if a.text("cleared") == "1" || csn[:1] != "8" {
			continue
		}
		u.change(fmt.Sprintf(`{"clearAlarm":{"csn":%q}}`, csn))
		if got := u.alarm(path, csn); got.text("cleared") != "1" {
			t.Errorf("cleared: %v", got)
		}
		return
	}
	t.Error("no short alarm is active")
}

// TestLifeIsOff: without life nothing changes in ten minutes that would not change anyway.
func TestLifeIsOff(t *testing.T) {
	u := start(t, nil)
	for csn := range u.listed("/v1/DeviceAlarm/info") {
		if csn[:1] == "8" {
			t.Errorf("%s is an alarm of life", csn)
		}
	}
}
