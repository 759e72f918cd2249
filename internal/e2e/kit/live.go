package kit

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// liveInterval is how often the gateways of these tests poll.
const liveInterval = 100 * time.Millisecond

// NewLiveWorld is an upstream whose clock the test moves, for gateways whose clock runs.
func NewLiveWorld(t *testing.T) *World {
	t.Helper()
	w := NewWorld(t, WorldSettings{Hosts: 3, Regions: 2, Quota: string(simulator.QuotaOff)})
	began := time.Now()
	w.GatewayNow = func() time.Time { return w.Settings.Clock.Add(time.Since(began)) }
	return w
}

// StartLive runs a gateway that polls often.
func (w *World) StartLive(t *testing.T, environ ...string) *Replica {
	t.Helper()
	interval := liveInterval.String()
	return w.StartGateway(t, "", append([]string{
		"OPSGRAPH_AGES_ALARMS_FRESH=" + interval, "OPSGRAPH_AGES_JOBS_FRESH=" + interval,
		"OPSGRAPH_AGES_CAPACITY_FRESH=" + interval,
		"OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000", "OPSGRAPH_LIVE_LEASE_FOR=1s", "OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=5000",
	}, environ...)...)
}

// Change steers the simulator and returns the serial number of the changed alarm.
func (w *World) Change(t *testing.T, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.Server.URL+"/_simulator/changes",
		strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := w.Client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var changed struct{ CSN string }
	if err := json.NewDecoder(response.Body).Decode(&changed); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", body, response.StatusCode, err)
	}
	return changed.CSN
}

// Raise raises an alarm of the first region and returns its serial number.
func (w *World) Raise(t *testing.T) string {
	t.Helper()
	return w.Change(t,
		fmt.Sprintf(`{"raiseAlarm":{"source":"DEVICE","region":%q,"severity":1,"name":"x"}}`, w.Sim.Regions()[0].Code))
}

// StartJob starts a usage-record query and returns its id.
func (r *Replica) StartJob(t *testing.T) string {
	t.Helper()
	var data struct {
		CreateMeterJob struct{ MeterJob struct{ JobID string } }
	}
	answer := r.Ask(t, `mutation { createMeterJob(input: {}) { meterJob { jobId } } }`, "", nil)
	if err := json.Unmarshal(answer.Body.Data, &data); err != nil || data.CreateMeterJob.MeterJob.JobID == "" {
		t.Fatalf("%v: %s", err, answer.Raw)
	}
	return data.CreateMeterJob.MeterJob.JobID
}

// LiveEvent is an event as the queries of these tests ask for it.
type LiveEvent struct {
	EventID  string
	Kind     string
	Status   string
	Progress *int
	Missed   *int
	Alarm    *struct {
		Csn      string
		Severity string
		Region   *struct{ Code string }
		Host     *struct {
			HostID          string
			VirtualMachines *struct{ TotalCount int }
		}
	}
	Capacity []struct{ Allocated *float64 }
}

// LiveAnswer is an answer with an event.
type LiveAnswer struct {
	Data       map[string]LiveEvent
	Errors     []struct{ Extensions struct{ Code string } }
	Extensions struct{ Freshness []struct{ Operation string } }
}

// Event is the event in the answer.
func (a LiveAnswer) Event() LiveEvent {
	for _, e := range a.Data {
		return e
	}
	return LiveEvent{}
}

// EventReader reads an event stream from a bare connection, without a goroutine of its own.
type EventReader struct {
	t      *testing.T
	Conn   net.Conn
	reader *bufio.Reader
	LastID string
}

// Follow opens an event stream by GET.
func (r *Replica) Follow(t *testing.T, document, lastID string) *EventReader {
	t.Helper()
	header := http.Header{}
	if lastID != "" {
		header.Set("Last-Event-ID", lastID)
	}
	return r.FollowAs(t, document, header)
}

// FollowAs opens an event stream with the headers of a caller.
func (r *Replica) FollowAs(t *testing.T, document string, header http.Header) *EventReader {
	t.Helper()
	target, err := url.Parse(r.Server.URL)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", target.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	var head strings.Builder
	head.WriteString("GET /graphql?" + url.Values{"query": {document}}.Encode() +
		" HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n")
	for name := range header {
		head.WriteString(name + ": " + header.Get(name) + "\r\n")
	}
	if _, err := io.WriteString(conn, head.String()+"\r\n"); err != nil {
		t.Fatal(err)
	}
	e := &EventReader{t: t, Conn: conn}
	e.patience()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil) //nolint:bodyclose // ends with the connection
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v: %v", response, err)
	}
	e.reader = bufio.NewReader(response.Body)
	return e
}

func (e *EventReader) patience() {
	e.t.Helper()
	if err := e.Conn.SetReadDeadline(time.Now().Add(testkit.Patience)); err != nil {
		e.t.Fatal(err)
	}
}

// Next is the next event's answer; false when the stream is complete or has ended.
func (e *EventReader) Next() (answer LiveAnswer, ok bool) {
	e.t.Helper()
	e.patience()
	kind := ""
	for {
		line, err := e.reader.ReadString('\n')
		if err != nil {
			return answer, false
		}
		line = strings.TrimSuffix(line, "\n")
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case name == "event" && value == "complete":
			return answer, false
		case name == "event":
			kind = value
		case name == "id":
			e.LastID = value
		case name == "data" && kind == "next":
			if err := json.Unmarshal([]byte(value), &answer); err != nil {
				e.t.Fatalf("%v: %s", err, value)
			}
			return answer, true
		}
	}
}

// WantEvent is the next event, which there must be.
func (e *EventReader) WantEvent() LiveEvent {
	e.t.Helper()
	answer, ok := e.Next()
	if !ok || len(answer.Errors) > 0 {
		e.t.Fatalf("got %+v, %v, want an event", answer, ok)
	}
	if got := answer.Event(); got.EventID == "" || got.EventID != e.LastID {
		e.t.Errorf("event %+v has the id %q", got, e.LastID)
	}
	return answer.Event()
}

// WantAlarm is the next event, which must be of this kind and alarm.
func (e *EventReader) WantAlarm(kind, csn string) string {
	e.t.Helper()
	got := e.WantEvent()
	if got.Kind != kind || (got.Alarm == nil) != (csn == "") || csn != "" && got.Alarm.Csn != csn {
		e.t.Fatalf("got %+v, want %s %s", got, kind, csn)
	}
	return got.EventID
}

// Baseline waits until alarms have been polled, so that later ones are changes.
func (w *World) Baseline(t *testing.T) {
	t.Helper()
	calls := func() int { return min(w.Sim.Calls()["listDeviceAlarms"], w.Sim.Calls()["listCloudServiceAlarms"]) }
	want := calls() + 2
	testkit.Eventually(t, "alarms are not polled", func() bool { return calls() >= want })
}

// AlarmSubscription follows all alarms.
const AlarmSubscription = `subscription { alarmChanges { eventId kind missed alarm { csn severity region { code } } } }`
