package live_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/graph/model"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/resolvers/live"
	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/resolvers/sources/jobs"
	"github.com/opsgraph/opsgraph/resolvers/sources/sourcestest"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	serviceAlarms = "CloudServiceAlarm/info"
	deviceAlarms  = "DeviceAlarm/info"
	capacities    = "CloudService/capacity"
)

// alarmRow is an alarm as the upstream sends it.
func alarmRow(csn, severity, cleared string) string {
	return fmt.Sprintf(
		`{"csn":%q,"alarm_name":"a","severity":%q,"cleared":%q,"LogicalRegionId":"r1","latest_occur_utc":"1726819320000"}`,
		csn, severity, cleared)
}

func followAlarms(
	t *testing.T, r *liveReplica, filter *model.AlarmFilter, after *live.EventID,
) *live.Following[live.AlarmChange] {
	t.Helper()
	f, err := r.live.FollowAlarms(t.Context(), "", filter, after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// wantAlarms checks the next changes: kind, serial number and severity each.
func wantAlarms(t *testing.T, f *live.Following[live.AlarmChange], changes ...string) live.EventID {
	t.Helper()
	for _, want := range changes {
		e := awaited(t, f)
		if e.Lagged {
			t.Fatalf("notice of %d, want %s", e.Missed, want)
		}
		c := e.Value
		if got := c.Kind + " " + c.Alarm.Csn + " " + sourcestest.Shown(c.Alarm.SeverityText); got != want ||
			c.Seen.FetchedAt.IsZero() {
			t.Fatalf("got %s seen %v, want %s", got, c.Seen, want)
		}
	}
	return f.Position()
}

func TestAlarmChanges(t *testing.T) {
	u := newLiveUpstream(t)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "1", "0"), alarmRow("2", "2", "0"), alarmRow("3", "3", "1")))
	u.set(deviceAlarms, sourcestest.ListOf())
	r := u.replica(t, nil)
	no := false
	all, active := followAlarms(t, r, nil, nil), followAlarms(t, r, &model.AlarmFilter{Cleared: &no}, nil)
	critical := followAlarms(t, r, &model.AlarmFilter{Severities: []model.AlarmSeverity{model.AlarmSeverityCritical}}, nil)
	u.polls(t, serviceAlarms, 2) // what is there is no change
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "4", "0"), alarmRow("2", "2", "1"), alarmRow("3", "3", "1"),
		alarmRow("4", "1", "0")))
	first := map[string]bool{}
	for range 3 { // of one look: in the order of the list
		e := awaited(t, all)
		first[e.Value.Kind+" "+e.Value.Alarm.Csn] = true
	}
	if !first["UPDATED 1"] || !first["CLEARED 2"] || !first["RAISED 4"] {
		t.Errorf("changes %v", first)
	}
	wantAlarms(t, critical, "RAISED 4 1")
	u.polls(t, serviceAlarms, 2)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("3", "3", "0"), alarmRow("4", "1", "0"), alarmRow("5", "2", "1")))
	u.polls(t, serviceAlarms, 2)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "4", "0"), alarmRow("3", "3", "0"), alarmRow("4", "1", "0"),
		alarmRow("5", "2", "1")))
	got := ""
	for range 3 {
		e := awaited(t, all)
		got += e.Value.Kind + " " + e.Value.Alarm.Csn + ", "
	}
	if got != "CLEARED 5, RAISED 3, RAISED 1, " && got != "RAISED 3, CLEARED 5, RAISED 1, " {
		t.Errorf("changes %s", got)
	}
	quiet(t, all)
	kinds := map[string]int{}
	for range 6 {
		kinds[awaited(t, active).Value.Kind]++
	}
	if kinds[live.ChangeCleared] != 2 {
		t.Errorf("who follows active alarms got %v", kinds)
	}
}

// TestOnePollForAll_L07 proves that the number of polls is that of the topics, and not of the followers.
func TestOnePollForAll_L07(t *testing.T) {
	u := newLiveUpstream(t)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "1", "0")))
	u.set(deviceAlarms, sourcestest.ListOf())
	server := redistest.Start(t)
	replicas := []*liveReplica{u.replica(t, server), u.replica(t, server)}
	var followers []*live.Following[live.AlarmChange]
	for i := range 200 {
		followers = append(followers, followAlarms(t, replicas[i%2], nil, nil))
	}
	began := time.Now()
	u.polls(t, serviceAlarms, 10)
	// Fresh ages end up to a fifth early, spread and anticipated; no refresh begins earlier.
	if most := int(time.Since(began)/(liveFresh*7/10)) + 2; u.called(serviceAlarms) > most+1 ||
		u.called(deviceAlarms) > most+1 {
		t.Errorf("%d and %d polls in %s", u.called(serviceAlarms), u.called(deviceAlarms), time.Since(began))
	}
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "2", "0")))
	for _, f := range followers {
		wantAlarms(t, f, "UPDATED 1 2")
	}
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "3", "0")))
	for _, f := range followers {
		wantAlarms(t, f, "UPDATED 1 3")
		quiet(t, f)
		f.Close()
	}
	after := u.called(serviceAlarms)
	_ = followAlarms(t, u.replica(t, nil), nil, nil) // another installation polls, these replicas no more
	u.polls(t, serviceAlarms, 3)
	if got := u.called(serviceAlarms); got > after+6 {
		t.Errorf("%d polls after the last follower left", got-after)
	}
}

// TestPollerDies proves that a poll goes on when the replica that polled is killed, and when it ends in good order;
// no follower misses a change or gets one twice.
func TestPollerDies(t *testing.T) {
	u := newLiveUpstream(t)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "1", "0")))
	u.set(deviceAlarms, sourcestest.ListOf())
	server := redistest.Start(t)
	first := u.replica(t, server)
	followAlarms(t, first, nil, nil)
	u.polls(t, serviceAlarms, 1) // the first one polls by now
	second, third := u.replica(t, server), u.replica(t, server)
	left := followAlarms(t, second, nil, nil)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "2", "0")))
	wantAlarms(t, left, "UPDATED 1 2")
	first.die(t)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "3", "0")))
	wantAlarms(t, left, "UPDATED 1 3")
	last := followAlarms(t, third, nil, nil)
	second.end(t)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "4", "0")))
	wantAlarms(t, last, "UPDATED 1 4")
	quiet(t, last)
}

// TestRestart proves that changes while no gateway runs reach a follower that goes on after an event, once, and no new
// follower.
func TestRestart(t *testing.T) {
	u := newLiveUpstream(t)
	u.interval = time.Minute // a slow machine must not make the first change come late
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "1", "0")))
	u.set(deviceAlarms, sourcestest.ListOf())
	server := redistest.Start(t)
	first := u.replica(t, server)
	f := followAlarms(t, first, nil, nil)
	u.polls(t, serviceAlarms, 1)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "2", "0")))
	place := wantAlarms(t, f, "UPDATED 1 2")
	first.end(t)
	u.ahead.Add(int64(time.Hour))
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "3", "0")))
	again := u.replica(t, server)
	fresh, resumed := followAlarms(t, again, nil, nil), followAlarms(t, again, nil, &place)
	wantAlarms(t, resumed, "UPDATED 1 3")
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "4", "0")))
	wantAlarms(t, resumed, "UPDATED 1 4")
	wantAlarms(t, fresh, "UPDATED 1 4")
	quiet(t, resumed)
}

// TestRedisFrozen_F62 proves that followers stay while Redis does not answer: nothing is reported then, and everything
// once when it is back.
func TestRedisFrozen_F62(t *testing.T) {
	u := newLiveUpstream(t)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "1", "0")))
	u.set(deviceAlarms, sourcestest.ListOf())
	server := redistest.Start(t)
	r := u.replica(t, server)
	f := followAlarms(t, r, nil, nil)
	u.polls(t, serviceAlarms, 1)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "2", "0")))
	wantAlarms(t, f, "UPDATED 1 2")
	server.Pause()
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "3", "0")))
	if e := r.Alarms.Lists[model.AlarmSourceCloudService].One(t.Context(), "", dataset.Span{}, 0); e.Err != nil {
		t.Errorf("alarms without Redis: %+v", e)
	}
	server.Resume()
	wantAlarms(t, f, "UPDATED 1 3")
	quiet(t, f)
}

func TestCapacityChanges(t *testing.T) {
	u := newLiveUpstream(t)
	row := func(region, metric string, allocated, day int) string {
		return fmt.Sprintf(
			`{"region":%q,"zone_type":"pod","metric_type":%q,"allocated":"%d","available":"10","timestamp":"%d"}`,
			region, metric, allocated, u.now().AddDate(0, 0, -day).UnixMilli())
	}
	u.set(capacities,
		sourcestest.ListOf(row("cn-north-1", "x", 1, 1), row("cn-north-1", "y", 2, 1), row("cn-north-2", "x", 3, 1)))
	r := u.replica(t, nil)
	follow := func(regions ...string) *live.Following[live.CapacityChange] {
		t.Helper()
		types := []model.CloudServiceType{model.CloudServiceTypeEip, model.CloudServiceTypeElb}
		f, err := r.live.FollowCapacity(t.Context(), "", types, regions, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(f.Close)
		return f
	}
	all, one := follow(), follow("cn-north-2")
	u.polls(t, capacities, 2)
	// measured again, the same
	u.set(capacities,
		sourcestest.ListOf(row("cn-north-1", "x", 1, 0), row("cn-north-1", "y", 2, 0), row("cn-north-2", "x", 3, 0)))
	u.polls(t, capacities, 2)
	u.set(capacities,
		sourcestest.ListOf(row("cn-north-1", "x", 5, 0), row("cn-north-1", "y", 6, 0), row("cn-north-2", "x", 7, 0)))
	first, second := awaited(t, all).Value, awaited(t, all).Value
	if sourcestest.Shown(first.RegionCode) != "cn-north-1" || len(first.Rows) != 2 ||
		first.Service != model.CloudServiceTypeEip ||
		sourcestest.Shown(second.RegionCode) != "cn-north-2" || len(second.Rows) != 1 || *second.Rows[0].Allocated != 7 {
		t.Errorf("changes %+v, %+v", first, second)
	}
	if e := awaited(t, one).Value; sourcestest.Shown(e.RegionCode) != "cn-north-2" {
		t.Errorf("change %+v", e)
	}
	quiet(t, all)
	if _, err := r.live.FollowCapacity(t.Context(), "", []model.CloudServiceType{model.CloudServiceTypeElb}, nil,
		nil); err == nil {
		t.Error("follows the capacity of a service that has none")
	}
}

// TestOrderIsNoChange_F29 has the upstream send the same rows in another order each time.
func TestOrderIsNoChange_F29(t *testing.T) {
	u := newLiveUpstream(t)
	alarms := []string{alarmRow("1", "1", "0"), alarmRow("2", "2", "0"), alarmRow("3", "3", "1")}
	var capacity []string
	for metric, region := range map[string]string{"x": "cn-north-1", "y": "cn-north-1", "z": "cn-north-2"} {
		capacity = append(capacity,
			fmt.Sprintf(`{"region":%q,"zone_type":"pod","metric_type":%q,"allocated":"1","timestamp":"%d"}`,
				region, metric, u.now().UnixMilli()))
	}
	send := func() {
		u.set(serviceAlarms, sourcestest.ListOf(alarms...))
		u.set(capacities, sourcestest.ListOf(capacity...))
	}
	send()
	u.set(deviceAlarms, sourcestest.ListOf())
	r := u.replica(t, nil)
	changed := followAlarms(t, r, nil, nil)
	moved, err := r.live.FollowCapacity(t.Context(), "", []model.CloudServiceType{model.CloudServiceTypeEip}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(moved.Close)
	for range 6 {
		u.polls(t, serviceAlarms, 2)
		u.polls(t, capacities, 2)
		alarms, capacity = append(alarms[1:], alarms[0]), append(capacity[1:], capacity[0])
		send()
	}
	quiet(t, changed)
	quiet(t, moved)
	u.set(serviceAlarms, sourcestest.ListOf(append(alarms, alarmRow("4", "1", "0"))...)) // it was polled all the while
	wantAlarms(t, changed, "RAISED 4 1")
}

// TestPollsHaveALane takes the quota for polls in the lane that gives way to queries and not to refreshes that no query
// waits for.
func TestPollsHaveALane(t *testing.T) {
	u := newLiveUpstream(t)
	u.set(serviceAlarms, sourcestest.ListOf())
	u.set(deviceAlarms, sourcestest.ListOf())
	r := u.replica(t, nil)
	load := func() {
		t.Helper()
		if e := r.Alarms.Lists[model.AlarmSourceDevice].One(t.Context(), "", dataset.Span{}, 0); e.Err != nil {
			t.Fatal(e.Err)
		}
	}
	load()
	if got := u.taken.of(); got[rest.LanePerson] != 1 || len(got) != 1 {
		t.Errorf("a person waits: %v", got)
	}
	u.ahead.Add(int64(2 * liveFresh))
	asked := u.called(deviceAlarms)
	load() // stale: refreshed in the background
	for u.called(deviceAlarms) == asked {
		runtime.Gosched()
	}
	if got := u.taken.of(); got[rest.LaneBackground] != 1 || len(got) != 1 {
		t.Errorf("no query waits: %v", got)
	}
	u.ahead.Add(int64(2 * liveFresh))
	followAlarms(t, r, nil, nil)
	u.polls(t, deviceAlarms, 4)
	if got := u.taken.of(); got[rest.LanePoll] < 4 || len(got) != 1 {
		t.Errorf("followers wait: %v", got)
	}
}

// TestPollsOfASlowUpstream has every refresh take longer than its data are fresh: a change is reported when it has been
// read, not when a wait for fresh data has ended.
func TestPollsOfASlowUpstream(t *testing.T) {
	u := newLiveUpstream(t)
	u.set(serviceAlarms, sourcestest.ListOf())
	u.set(deviceAlarms, sourcestest.ListOf())
	r := u.replica(t, nil)
	f := followAlarms(t, r, nil, nil)
	u.polls(t, serviceAlarms, 2)
	u.delay.Store(int64(2 * liveFresh))
	u.polls(t, serviceAlarms, 2)
	before := u.called(serviceAlarms)
	u.set(serviceAlarms, sourcestest.ListOf(alarmRow("1", "1", "0")))
	wantAlarms(t, f, "RAISED 1 1")
	if got := u.called(serviceAlarms) - before; got > 6 {
		t.Errorf("reported after %d calls", got)
	}
}

func TestMeterJobChanges(t *testing.T) {
	const path = "query-jobs/j1"
	u := newLiveUpstream(t)
	key := jobs.MeterJobKey{DomainID: "d", JobID: "j1"}
	state := func(status string, progress int) {
		u.set(path, fmt.Sprintf(`{"id":"j1","status":%q,"progress":%d}`, status, progress))
	}
	state("pending", 0)
	r := u.replica(t, nil)
	f, err := r.live.FollowMeterJob(t.Context(), "", key, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	want := func(status model.JobStatus, progress int) {
		t.Helper()
		if job := awaited(t, f).Value.Job; job.Status != status || *job.Progress != progress {
			t.Fatalf("got %s %d, want %s %d", job.Status, *job.Progress, status, progress)
		}
	}
	want(model.JobStatusPending, 0)
	state("running", 20)
	want(model.JobStatusRunning, 20)
	u.polls(t, path, 2)
	state("running", 60)
	want(model.JobStatusRunning, 60)
	state("success", 100)
	want(model.JobStatusSucceeded, 100)
	ended := u.called(path)
	other := followAlarms(t, r, nil, nil)
	u.set(serviceAlarms, sourcestest.ListOf())
	u.polls(t, serviceAlarms, 6)
	quiet(t, f)
	quiet(t, other)
	if got := u.called(path); got > ended+1 { // the look that found the end may itself have begun one refresh
		t.Errorf("%d polls of a job that has ended", got-ended)
	}
}
