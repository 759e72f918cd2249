package live

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

const jobSubscription = `subscription { meterJob(jobId: %q) { eventId kind status progress } }`

// jobState is what a query of a replica says of a job.
func jobState(t *testing.T, r *kit.Replica, job string) string {
	t.Helper()
	var data struct{ MeterJob struct{ Status string } }
	answer := r.Ask(t, fmt.Sprintf(`{ meterJob(jobId: %q) { status } }`, job), "", nil)
	if err := json.Unmarshal(answer.Body.Data, &data); err != nil {
		t.Fatalf("%v: %s", err, answer.Raw)
	}
	return data.MeterJob.Status
}

// TestFound_F1_JobEndedElsewhere follows a job to its end on one replica and then on another one, which holds its
// beginning: that gets the final state and completes.
func TestFound_F1_JobEndedElsewhere(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	shared := kit.WithRedis(redistest.Start(t))
	one := w.StartLive(t, append(shared, "OPSGRAPH_AGES_JOBS_STALE=10m", "OPSGRAPH_AGES_JOBS_DEAD=20m")...)
	two := w.StartLive(t, append(shared, "OPSGRAPH_AGES_JOBS_STALE=10m", "OPSGRAPH_AGES_JOBS_DEAD=20m")...)
	job := one.StartJob(t)
	if got := jobState(t, one, job); got != "PENDING" {
		t.Fatalf("began as %s", got)
	}
	document := fmt.Sprintf(jobSubscription, job)
	elsewhere := two.Follow(t, document, "")
	if got := elsewhere.WantEvent(); got.Status != "PENDING" {
		t.Fatalf("began as %+v", got)
	}
	w.Clock.Advance(time.Minute)
	for elsewhere.WantEvent().Status != "SUCCEEDED" {
	}
	late := one.Follow(t, document, "")
	if got := late.WantEvent(); got.Status != "SUCCEEDED" {
		t.Errorf("got %+v, want the final state", got)
	}
	if answer, ok := late.Next(); ok {
		t.Errorf("after the end: %+v", answer)
	}
}

// TestFound_F5_EachStateOnce goes on after each event of a job, over both kinds of connection and on another replica:
// no state comes twice, and none is left out.
func TestFound_F5_EachStateOnce(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	shared := kit.WithRedis(redistest.Start(t))
	one, two := w.StartLive(t, shared...), w.StartLive(t, shared...)
	job := one.StartJob(t)
	document := fmt.Sprintf(jobSubscription, job)
	place := ""
	for i, step := range []struct{ status, progress string }{
		{"PENDING", "0"}, {"RUNNING", "20"}, {"RUNNING", "60"}, {"SUCCEEDED", "100"},
	} {
		r := []*kit.Replica{one, two}[i%2]
		stream := r.Follow(t, document, place)
		socket := kit.OpenSocket(t, r.Server.URL+"/graphql", "")
		resumed := document
		if place != "" {
			resumed = strings.Replace(document, ")", fmt.Sprintf(", startAfter: %q)", place), 1)
		}
		socket.Subscribe("a", resumed)
		var overSocket kit.LiveAnswer
		if i > 0 { // only now does it change: what comes before would be told again
			w.Clock.Advance([]time.Duration{0, 2, 2, 10}[i] * time.Second)
		}
		if m := socket.Receive(); json.Unmarshal(m.Payload, &overSocket) != nil {
			t.Fatalf("got %+v", m)
		}
		overStream := stream.WantEvent()
		for _, got := range []kit.LiveEvent{overStream, overSocket.Event()} {
			if got.Status != step.status || got.Progress == nil || strconv.Itoa(*got.Progress) != step.progress {
				t.Fatalf("after event %d: %+v, want %s %s", i, got, step.status, step.progress)
			}
		}
		place = overStream.EventID
		if err := stream.Conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []*kit.Replica{one, two} {
		if answer, ok := r.Follow(t, document, place).Next(); ok {
			t.Errorf("after the final state: %+v", answer)
		}
	}
}

// TestFound_F4_UpstreamIsAhead has the upstream's clock ahead of the gateway's by 20 seconds and by ten minutes: the
// alarms that occur now are in lists, in summaries and in what filters by time, and other windows end at its present.
func TestFound_F4_UpstreamIsAhead(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{20 * time.Second, 10 * time.Minute} {
		w := kit.NewWorld(t, kit.WorldSettings{
			Hosts: 3, Regions: 2, Quota: "off", Clock: time.Date(2026, 11, 21, 10, 0, 10, 0, time.UTC),
		})
		w.GatewayNow = func() time.Time { return w.Clock.Now().Add(-ahead) }
		r := w.StartGateway(t, "")
		csn := w.Change(t, fmt.Sprintf(`{"raiseAlarm":{"source":"DEVICE","region":%q,"severity":1,"name":"ahead"}}`,
			w.Sim.Regions()[0].Code))
		var data struct {
			All, Lately  struct{ Nodes []struct{ Csn string } }
			AlarmSummary struct{ BySeverity []struct{ Count int } }
		}
		answer := r.Ask(t, `{
			all: alarms(filter: {nameContains: "ahead"}) { nodes { csn } }
			lately: alarms(filter: {nameContains: "ahead", lastOccurred: {last: "PT1H"}}) { nodes { csn } }
		}`, "", nil)
		if err := json.Unmarshal(answer.Body.Data, &data); err != nil {
			t.Fatal(err)
		}
		if len(data.All.Nodes) != 1 || len(data.Lately.Nodes) != 1 || data.All.Nodes[0].Csn != csn {
			t.Errorf("%s ahead: %s", ahead, answer.Raw)
		}
		r.Ask(t, `{ hosts(first: 1) { totalCount } }`, "", nil)
		r.Ask(t, `{ cloudServices(types: [EVS]) { type capacity { total } } }`, "", nil)
		r.Ask(t, `{ instances(type: ECS, first: 1) { totalCount } }`, "", nil)
		r.Ask(t, `{ auditEvents(filter: {range: {last: "PT1H"}}, first: 1) { totalCount } }`, "", nil)
		windows := 0
		for _, request := range w.Arrived() {
			_, target, _ := strings.Cut(request, " ")
			address, err := url.Parse(target)
			if err != nil {
				t.Fatal(err)
			}
			end := address.Query().Get("end_time")
			if end == "" || strings.Contains(address.Path, "Alarm") {
				continue
			}
			windows++
			ms, err := strconv.ParseInt(end, 10, 64)
			if err != nil || time.UnixMilli(ms).Before(w.Clock.Now()) {
				t.Errorf("%s ahead: %s ends at %s, before %s", ahead, address.Path, time.UnixMilli(ms).UTC(), w.Clock.Now())
			}
		}
		if windows != 4 {
			t.Errorf("%d windows, want those of hosts, capacity, instances and audit: %q", windows, w.Arrived())
		}
		r.Close()
	}
}

// TestFound_F7_ListKeptByEvents keeps a client's list of critical, unacknowledged alarms by the rule of docs/clients.md:
// it is the list that a query reads, whatever happens to the alarms.
func TestFound_F7_ListKeptByEvents(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	r := w.StartLive(t)
	const filter = `{cleared: false, acknowledged: false, severities: [CRITICAL]}`
	changes := r.Follow(t, `subscription { alarmChanges(filter: `+filter+`) { eventId kind alarm { csn severity } } }`, "")
	held := map[string]bool{}
	for csn := range queried(t, r, filter) {
		held[csn] = true
	}
	w.Baseline(t)
	csn := w.Raise(t)
	for _, change := range []string{
		`{"updateAlarm":{"csn":%q,"severity":2}}`, `{"updateAlarm":{"csn":%q,"severity":1}}`,
		`{"updateAlarm":{"csn":%q,"acked":true}}`, `{"updateAlarm":{"csn":%q,"acked":false}}`, `{"clearAlarm":{"csn":%q}}`,
	} {
		apply(changes.WantEvent(), held)
		w.Change(t, fmt.Sprintf(change, csn))
	}
	apply(changes.WantEvent(), held)
	testkit.Eventually(t, "the list that is read differs from the one that was kept", func() bool {
		read := queried(t, r, filter)
		return len(read) == len(held) && !held[csn]
	})
}

// apply is the rule by which a client keeps its list.
func apply(e kit.LiveEvent, held map[string]bool) {
	switch e.Kind {
	case "RAISED", "UPDATED":
		held[e.Alarm.Csn] = true
	case "CLEARED", "LEFT":
		delete(held, e.Alarm.Csn)
	}
}

// queried is the serial numbers of the alarms that a query finds.
func queried(t *testing.T, r *kit.Replica, filter string) map[string]bool {
	t.Helper()
	var data struct {
		Alarms struct{ Nodes []struct{ Csn string } }
	}
	answer := r.Ask(t, `{ alarms(first: 500, filter: `+filter+`) { nodes { csn } } }`, "", nil)
	if err := json.Unmarshal(answer.Body.Data, &data); err != nil {
		t.Fatalf("%v: %s", err, answer.Raw)
	}
	found := map[string]bool{}
	for _, node := range data.Alarms.Nodes {
		found[node.Csn] = true
	}
	return found
}

// TestFound_F2_OverOneSocket subscribes and at once sends a query over the same WebSocket: what changes after its answer
// is an event, what changed before is in it.
func TestFound_F2_OverOneSocket(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	r := w.StartLive(t)
	for range 10 {
		earlier := w.Raise(t)
		socket := kit.OpenSocket(t, r.Server.URL+"/graphql", "")
		socket.Subscribe("changes", kit.AlarmSubscription)
		socket.Subscribe("read", `{ alarms(first: 500, filter: {nameContains: "x"}) { nodes { csn } } }`)
		known := map[string]bool{}
		for seen := false; !seen; {
			m := socket.Receive()
			var answer struct {
				Data struct {
					AlarmChanges struct{ Alarm struct{ Csn string } }
					Alarms       *struct{ Nodes []struct{ Csn string } }
				}
			}
			if err := json.Unmarshal(m.Payload, &answer); err != nil {
				t.Fatalf("%+v: %v", m, err)
			}
			known[answer.Data.AlarmChanges.Alarm.Csn] = true
			if seen = answer.Data.Alarms != nil; seen {
				for _, node := range answer.Data.Alarms.Nodes {
					known[node.Csn] = true
				}
			}
		}
		later := w.Raise(t)
		for !known[earlier] || !known[later] {
			m := socket.Receive()
			if m.Type == "complete" {
				continue
			}
			var answer kit.LiveAnswer
			if err := json.Unmarshal(m.Payload, &answer); err != nil || answer.Event().Alarm == nil {
				t.Fatalf("%+v: %v", m, err)
			}
			known[answer.Event().Alarm.Csn] = true
		}
		if err := socket.Conn.CloseNow(); err != nil {
			t.Fatal(err)
		}
	}
}
