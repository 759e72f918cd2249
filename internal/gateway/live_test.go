package gateway_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestLiveAlarms follows alarms through a gateway: what changes comes once, with its fields resolved and its age told.
func TestLiveAlarms(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	r := w.startLive(t)
	all := r.follow(t, alarmSubscription, "")
	active := r.follow(t, `subscription { alarmChanges(filter: {cleared: false, severities: [CRITICAL]}) { eventId kind alarm { csn } } }`, "")
	w.baseline(t)
	csn := w.raise(t)
	answer, ok := all.next()
	if e := answer.event(); !ok || e.Kind != "RAISED" || e.Alarm.Csn != csn || e.Alarm.Region.Code != w.sim.Regions()[0].Code {
		t.Errorf("got %+v", answer)
	}
	if len(answer.Extensions.Freshness) != 1 || answer.Extensions.Freshness[0].Operation != "listDeviceAlarms" {
		t.Errorf("freshness %+v", answer.Extensions.Freshness)
	}
	active.wantAlarm("RAISED", csn)
	w.change(t, fmt.Sprintf(`{"updateAlarm":{"csn":%q,"severity":2}}`, csn))
	all.wantAlarm("UPDATED", csn)
	w.change(t, fmt.Sprintf(`{"updateAlarm":{"csn":%q,"severity":1}}`, csn))
	all.wantAlarm("UPDATED", csn)
	active.wantAlarm("UPDATED", csn)
	w.change(t, fmt.Sprintf(`{"clearAlarm":{"csn":%q}}`, csn))
	all.wantAlarm("CLEARED", csn)
	active.wantAlarm("CLEARED", csn)
}

// TestLiveJob follows a job to its end, over both kinds of connection.
func TestLiveJob(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	r := w.startLive(t)
	job := r.startJob(t)
	document := fmt.Sprintf(`subscription { meterJob(jobId: %q) { eventId kind status progress } }`, job)
	stream := r.follow(t, document, "")
	socket := openSocket(t, r.server.URL+"/graphql", "")
	socket.subscribe("a", document)
	want := func(status string, progress int) string {
		t.Helper()
		m := socket.hear()
		var answer liveAnswer
		if err := json.Unmarshal(m.Payload, &answer); err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		for _, got := range []liveEvent{answer.event(), stream.wantEvent()} {
			if got.Status != status || *got.Progress != progress || got.Kind != "STATE" {
				t.Fatalf("got %+v, want %s %d", got, status, progress)
			}
		}
		return answer.event().EventID
	}
	want("PENDING", 0)
	w.clock.Advance(2 * time.Second)
	place := want("RUNNING", 20)
	w.clock.Advance(2 * time.Second)
	want("RUNNING", 60)
	w.clock.Advance(10 * time.Second)
	want("SUCCEEDED", 100)
	if m := socket.hear(); m.Type != "complete" {
		t.Errorf("got %+v", m)
	}
	if answer, ok := stream.next(); ok {
		t.Errorf("after the end: %+v", answer)
	}
	again := r.follow(t, document, place)
	if got := again.wantEvent(); got.Status != "RUNNING" || *got.Progress != 60 {
		t.Errorf("after the second event: %+v", got)
	}
	if got := again.wantEvent(); got.Status != "SUCCEEDED" {
		t.Errorf("after the third event: %+v", got)
	}
	if answer, ok := again.next(); ok {
		t.Errorf("after the end: %+v", answer)
	}
	ended := r.follow(t, document, "")
	if got := ended.wantEvent(); got.Status != "SUCCEEDED" {
		t.Errorf("a job that has ended: %+v", got)
	}
	if answer, ok := ended.next(); ok {
		t.Errorf("after the end: %+v", answer)
	}
	unknown, _ := r.follow(t, strings.Replace(document, job, "no-such-job", 1), "").next()
	if len(unknown.Errors) != 1 || unknown.Errors[0].Extensions.Code != "NOT_FOUND" {
		t.Errorf("unknown job: %+v", unknown)
	}
}

func TestLiveCapacity(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	r := w.startLive(t)
	region := w.sim.Regions()[0].Code
	e := r.follow(t, fmt.Sprintf(`subscription { capacityChanges(types: [EIP], regions: [%q]) { eventId kind type regionCode
		cloudService { region { code } } capacity { allocated } } }`, region), "")
	before := w.sim.Calls()["listCloudServiceCapacity"]
	testkit.Eventually(t, "capacity is not polled", func() bool { return w.sim.Calls()["listCloudServiceCapacity"] > before+1 })
	w.change(t, fmt.Sprintf(`{"setCapacity":{"service":"EIP","region":%q,"allocated":490,"available":0}}`, region))
	got := e.wantEvent()
	if got.Kind != "CHANGED" || len(got.Capacity) == 0 || *got.Capacity[0].Allocated != 490 {
		t.Errorf("got %+v", got)
	}
}

// TestLiveResume goes on after an event: over a lost connection, over a restart of the gateway, and after what is no longer held.
func TestLiveResume(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	w := newLiveWorld(t)
	environ := []string{
		"OPSGRAPH_REDIS_URL=" + redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s", "OPSGRAPH_LIVE_EVENTS=3",
	}
	r := w.startLive(t, environ...)
	first := r.follow(t, alarmSubscription, "")
	w.baseline(t)
	a := w.raise(t)
	first.wantAlarm("RAISED", a)
	if err := first.conn.Close(); err != nil {
		t.Fatal(err)
	}
	b := w.raise(t)
	again := r.follow(t, alarmSubscription, first.lastID)
	place := again.wantAlarm("RAISED", b)
	r.close()
	if answer, ok := again.next(); ok {
		t.Errorf("from a gateway that has stopped: %+v", answer)
	}
	c := w.raise(t)
	second := w.startLive(t, environ...)
	socket := openSocket(t, second.server.URL+"/graphql", "")
	socket.subscribe("a", strings.Replace(alarmSubscription, "alarmChanges", fmt.Sprintf("alarmChanges(startAfter: %q)", place), 1))
	var answer liveAnswer
	if m := socket.hear(); json.Unmarshal(m.Payload, &answer) != nil || answer.event().Alarm == nil || answer.event().Alarm.Csn != c {
		t.Fatalf("got %+v, want %s", m, c)
	}
	for range 3 {
		w.raise(t)
	}
	for range 3 {
		socket.hear()
	}
	late := second.follow(t, alarmSubscription, first.lastID)
	if got := late.wantEvent(); got.Kind != "LAGGED" || got.Missed == nil || *got.Missed != 5 || got.Alarm != nil {
		t.Errorf("after an event that is no longer held: %+v", got)
	}
	late.wantAlarm("RAISED", w.raise(t))
	socket.hear()
	socket.subscribe("b", `subscription { alarmChanges(startAfter: "nonsense") { kind } }`)
	if m := socket.hear(); m.code() != "BAD_USER_INPUT" {
		t.Errorf("got %+v", m)
	}
}
