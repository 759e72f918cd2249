package live_test

import (
	"fmt"
	"testing"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
)

// placedRow is an alarm of a severity with a place, an object and additional information.
func placedRow(severity, place, object, information string) string {
	return fmt.Sprintf(`{"csn":"1","alarm_name":"a","severity":%q,"cleared":"0","LogicalRegionId":"r1","dc_name":%q,"meDn":%q,`+
		`"additional_information":%q,"latest_occur_utc":"1726819320000"}`, severity, place, object, information)
}

// TestAlarmFiltersOfTextAndDevice follows alarms that contain a text, and those of a device: also what a text that is
// no other's changes, and what another replica finds that has taken over the polls.
func TestAlarmFiltersOfTextAndDevice(t *testing.T) {
	u := newLiveUpstream(t)
	set := func(severity, place, object, information string) {
		u.set(serviceAlarms, sourcestest.ListOf(placedRow(severity, place, object, information)))
	}
	u.set(deviceAlarms, sourcestest.ListOf())
	u.set("/DeviceAsset/info", sourcestest.ListOf(`{"device_id":"device-0001"}`, `{"device_id":"device-0002"}`))
	set("1", "Hall-7", "device-0001", "slot=4")
	server := redistest.Start(t)
	one, two := u.replica(t, server), u.replica(t, server)
	followAlarms(t, one, nil, nil)
	u.polls(t, serviceAlarms, 2)
	f := map[string]*live.Following[live.AlarmChange]{}
	for name, filter := range map[string]*model.AlarmFilter{
		"place": {TextContains: new("hall-7")}, "information": {TextContains: new("SLOT=4")},
		"device": {DeviceIds: []string{"device-0001"}}, "other": {DeviceIds: []string{"device-0002"}},
		"none": {TextContains: new("device-0001")},
	} {
		f[name] = followAlarms(t, two, filter, nil)
	}
	expect := func(want map[string]string) {
		t.Helper()
		for name, change := range want {
			wantAlarms(t, f[name], change)
		}
		u.polls(t, serviceAlarms, 2)
		for _, follower := range f {
			quiet(t, follower)
		}
	}
	set("2", "Hall-7", "device-0001", "slot=4")
	expect(map[string]string{"place": "UPDATED 1 2", "information": "UPDATED 1 2", "device": "UPDATED 1 2"})
	set("2", "Hall-8", "device-0001", "slot=4") // nothing but the place
	expect(map[string]string{"place": "LEFT 1 2", "information": "UPDATED 1 2", "device": "UPDATED 1 2"})
	set("2", "Hall-8", "device-0002", "slot=4")
	expect(map[string]string{"information": "UPDATED 1 2", "device": "LEFT 1 2", "other": "UPDATED 1 2"})
	one.die(t)
	set("3", "Hall-8", "device-0002", "slot=4")
	expect(map[string]string{"information": "UPDATED 1 3", "other": "UPDATED 1 3"})
	set("3", "Hall-7", "device-0002", "slot=5")
	expect(map[string]string{"place": "UPDATED 1 3", "information": "LEFT 1 3", "other": "UPDATED 1 3"})
}
