// Package live follows subscriptions over WebSockets and event streams.
package live

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestLiveAlarms follows alarms through a gateway: each change comes once, with its fields resolved and its age
// reported.
func TestLiveAlarms(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	r := w.StartLive(t)
	all := r.Follow(t, kit.AlarmSubscription, "")
	active := r.Follow(t,
		`subscription { alarmChanges(filter: {cleared: false, severities: [CRITICAL]}) { eventId kind alarm { csn } } }`, "")
	w.Baseline(t)
	csn := w.Raise(t)
	answer, ok := all.Next()
	if e := answer.Event(); !ok || e.Kind != "RAISED" || e.Alarm.Csn != csn ||
		e.Alarm.Region.Code != w.Sim.Regions()[0].Code {
		t.Errorf("got %+v", answer)
	}
	if len(answer.Extensions.Freshness) != 1 || answer.Extensions.Freshness[0].Operation != "listDeviceAlarms" {
		t.Errorf("freshness %+v", answer.Extensions.Freshness)
	}
	active.WantAlarm("RAISED", csn)
	w.Change(t, fmt.Sprintf(`{"updateAlarm":{"csn":%q,"severity":2}}`, csn))
	all.WantAlarm("UPDATED", csn)
	active.WantAlarm("LEFT", csn)
	w.Change(t, fmt.Sprintf(`{"updateAlarm":{"csn":%q,"severity":1}}`, csn))
	all.WantAlarm("UPDATED", csn)
	active.WantAlarm("UPDATED", csn)
	w.Change(t, fmt.Sprintf(`{"clearAlarm":{"csn":%q}}`, csn))
	all.WantAlarm("CLEARED", csn)
	active.WantAlarm("CLEARED", csn)
}

// TestLiveJob follows a job to its end, over both kinds of connection.
func TestLiveJob(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	r := w.StartLive(t)
	job := r.StartJob(t)
	document := fmt.Sprintf(`subscription { meterJob(jobId: %q) { eventId kind status progress } }`, job)
	stream := r.Follow(t, document, "")
	socket := kit.OpenSocket(t, r.Server.URL+"/graphql", "")
	socket.Subscribe("a", document)
	want := func(status string, progress int) string {
		t.Helper()
		m := socket.Receive()
		var answer kit.LiveAnswer
		if err := json.Unmarshal(m.Payload, &answer); err != nil {
			t.Fatalf("%+v: %v", m, err)
		}
		for _, got := range []kit.LiveEvent{answer.Event(), stream.WantEvent()} {
			if got.Status != status || *got.Progress != progress || got.Kind != "STATE" {
				t.Fatalf("got %+v, want %s %d", got, status, progress)
			}
		}
		return answer.Event().EventID
	}
	want("PENDING", 0)
	w.Clock.Advance(2 * time.Second)
	place := want("RUNNING", 20)
	w.Clock.Advance(2 * time.Second)
	want("RUNNING", 60)
	w.Clock.Advance(10 * time.Second)
	want("SUCCEEDED", 100)
	if m := socket.Receive(); m.Type != "complete" {
		t.Errorf("got %+v", m)
	}
	if answer, ok := stream.Next(); ok {
		t.Errorf("after the end: %+v", answer)
	}
	again := r.Follow(t, document, place)
	if got := again.WantEvent(); got.Status != "RUNNING" || *got.Progress != 60 {
		t.Errorf("after the second event: %+v", got)
	}
	if got := again.WantEvent(); got.Status != "SUCCEEDED" {
		t.Errorf("after the third event: %+v", got)
	}
	if answer, ok := again.Next(); ok {
		t.Errorf("after the end: %+v", answer)
	}
	ended := r.Follow(t, document, "")
	if got := ended.WantEvent(); got.Status != "SUCCEEDED" {
		t.Errorf("a job that has ended: %+v", got)
	}
	if answer, ok := ended.Next(); ok {
		t.Errorf("after the end: %+v", answer)
	}
	unknown, _ := r.Follow(t, strings.Replace(document, job, "no-such-job", 1), "").Next()
	if len(unknown.Errors) != 1 || unknown.Errors[0].Extensions.Code != "NOT_FOUND" {
		t.Errorf("unknown job: %+v", unknown)
	}
}

func TestLiveCapacity(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	r := w.StartLive(t)
	region := w.Sim.Regions()[0].Code
	e := r.Follow(t, fmt.Sprintf(`subscription { capacityChanges(types: [EIP], regions: [%q]) { eventId kind type regionCode
		cloudService { region { code } } capacity { allocated } } }`, region), "")
	before := w.Sim.Calls()["listCloudServiceCapacity"]
	testkit.Eventually(t, "capacity is not polled",
		func() bool { return w.Sim.Calls()["listCloudServiceCapacity"] > before+1 })
	w.Change(t, fmt.Sprintf(`{"setCapacity":{"service":"EIP","region":%q,"allocated":490,"available":0}}`, region))
	got := e.WantEvent()
	if got.Kind != "CHANGED" || len(got.Capacity) == 0 || *got.Capacity[0].Allocated != 490 {
		t.Errorf("got %+v", got)
	}
}

// TestLiveResume goes on after an event: over a lost connection, over a restart of the gateway, and after an event that
// is no longer held.
func TestLiveResume(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	w := kit.NewLiveWorld(t)
	environ := []string{
		"OPSGRAPH_REDIS_URL=" + redis.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s",
		"OPSGRAPH_LIVE_EVENTS=3",
	}
	r := w.StartLive(t, environ...)
	first := r.Follow(t, kit.AlarmSubscription, "")
	w.Baseline(t)
	a := w.Raise(t)
	first.WantAlarm("RAISED", a)
	if err := first.Conn.Close(); err != nil {
		t.Fatal(err)
	}
	b := w.Raise(t)
	again := r.Follow(t, kit.AlarmSubscription, first.LastID)
	place := again.WantAlarm("RAISED", b)
	r.Close()
	if answer, ok := again.Next(); ok {
		t.Errorf("from a gateway that has stopped: %+v", answer)
	}
	c := w.Raise(t)
	second := w.StartLive(t, environ...)
	socket := kit.OpenSocket(t, second.Server.URL+"/graphql", "")
	socket.Subscribe("a",
		strings.Replace(kit.AlarmSubscription, "alarmChanges", fmt.Sprintf("alarmChanges(startAfter: %q)", place), 1))
	var answer kit.LiveAnswer
	if m := socket.Receive(); json.Unmarshal(m.Payload, &answer) != nil || answer.Event().Alarm == nil ||
		answer.Event().Alarm.Csn != c {
		t.Fatalf("got %+v, want %s", m, c)
	}
	for range 3 {
		w.Raise(t)
	}
	for range 3 {
		socket.Receive()
	}
	late := second.Follow(t, kit.AlarmSubscription, first.LastID)
	if got := late.WantEvent(); got.Kind != "LAGGED" || got.Missed == nil || *got.Missed != 5 || got.Alarm != nil {
		t.Errorf("after an event that is no longer held: %+v", got)
	}
	late.WantAlarm("RAISED", w.Raise(t))
	socket.Receive()
	socket.Subscribe("b", `subscription { alarmChanges(startAfter: "nonsense") { kind } }`)
	if m := socket.Receive(); m.Code() != "BAD_USER_INPUT" {
		t.Errorf("got %+v", m)
	}
}
