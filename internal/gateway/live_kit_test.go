package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// liveInterval is how often the gateways of these tests poll.
const liveInterval = 100 * time.Millisecond

// newLiveWorld is an upstream whose clock the test moves, for gateways whose clock runs.
func newLiveWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, worldSettings{Hosts: 3, Regions: 2, Quota: string(simulator.QuotaOff)})
	began := time.Now()
	w.gatewayNow = func() time.Time { return w.settings.Clock.Add(time.Since(began)) }
	return w
}

// startLive runs a gateway that polls often.
func (w *world) startLive(t *testing.T, environ ...string) *replica {
	t.Helper()
	interval := liveInterval.String()
	return w.startGateway(t, "", append([]string{
		"OPSGRAPH_AGES_ALARMS_FRESH=" + interval, "OPSGRAPH_AGES_JOBS_FRESH=" + interval, "OPSGRAPH_AGES_CAPACITY_FRESH=" + interval,
		"OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000", "OPSGRAPH_LIVE_LEASE_FOR=1s", "OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=5000",
	}, environ...)...)
}

// change steers the simulator and gives the serial number of the alarm that it changed.
func (w *world) change(t *testing.T, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/_simulator/changes", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := w.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var told struct{ CSN string }
	if err := json.NewDecoder(response.Body).Decode(&told); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", body, response.StatusCode, err)
	}
	return told.CSN
}

func (w *world) raise(t *testing.T) string {
	t.Helper()
	return w.change(t, fmt.Sprintf(`{"raiseAlarm":{"source":"DEVICE","region":%q,"severity":1,"name":"x"}}`, w.sim.Regions()[0].Code))
}

// startJob starts a usage-record query and gives its id.
func (r *replica) startJob(t *testing.T) string {
	t.Helper()
	var data struct {
		CreateMeterJob struct{ MeterJob struct{ JobID string } }
	}
	answer := r.ask(t, `mutation { createMeterJob(input: {}) { meterJob { jobId } } }`, "", nil)
	if err := json.Unmarshal(answer.body.Data, &data); err != nil || data.CreateMeterJob.MeterJob.JobID == "" {
		t.Fatalf("%v: %s", err, answer.raw)
	}
	return data.CreateMeterJob.MeterJob.JobID
}

// liveEvent is an event as the queries of these tests ask for it.
type liveEvent struct {
	EventID  string
	Kind     string
	Status   string
	Progress *int
	Missed   *int
	Alarm    *struct {
		Csn      string
		Severity string
		Region   *struct{ Code string }
	}
	Capacity []struct{ Allocated *float64 }
}

// liveAnswer is an answer that has one.
type liveAnswer struct {
	Data       map[string]liveEvent
	Errors     []struct{ Extensions struct{ Code string } }
	Extensions struct{ Freshness []struct{ Operation string } }
}

func (a liveAnswer) event() liveEvent {
	for _, e := range a.Data {
		return e
	}
	return liveEvent{}
}

// eventReader reads an event stream from a bare connection, without a goroutine of its own.
type eventReader struct {
	t      *testing.T
	conn   net.Conn
	reader *bufio.Reader
	lastID string
}

// follow opens an event stream by GET.
func (r *replica) follow(t *testing.T, document, lastID string) *eventReader {
	t.Helper()
	header := http.Header{}
	if lastID != "" {
		header.Set("Last-Event-ID", lastID)
	}
	return r.followAs(t, document, header)
}

// followAs opens an event stream with the headers of a caller.
func (r *replica) followAs(t *testing.T, document string, header http.Header) *eventReader {
	t.Helper()
	target, err := url.Parse(r.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", target.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	head := "GET /graphql?" + url.Values{"query": {document}}.Encode() + " HTTP/1.1\r\nHost: gateway\r\nAccept: text/event-stream\r\n"
	for name := range header {
		head += name + ": " + header.Get(name) + "\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		t.Fatal(err)
	}
	e := &eventReader{t: t, conn: conn}
	e.patience()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil) //nolint:bodyclose // ends with the connection
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v: %v", response, err)
	}
	e.reader = bufio.NewReader(response.Body)
	return e
}

func (e *eventReader) patience() {
	e.t.Helper()
	if err := e.conn.SetReadDeadline(time.Now().Add(livePatience)); err != nil {
		e.t.Fatal(err)
	}
}

// next is the next event's answer; false when the stream is complete or has ended.
func (e *eventReader) next() (answer liveAnswer, ok bool) {
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
			e.lastID = value
		case name == "data" && kind == "next":
			if err := json.Unmarshal([]byte(value), &answer); err != nil {
				e.t.Fatalf("%v: %s", err, value)
			}
			return answer, true
		}
	}
}

// wantEvent is the next event, which there must be.
func (e *eventReader) wantEvent() liveEvent {
	e.t.Helper()
	answer, ok := e.next()
	if !ok || len(answer.Errors) > 0 {
		e.t.Fatalf("got %+v, %v, want an event", answer, ok)
	}
	if got := answer.event(); got.EventID == "" || got.EventID != e.lastID {
		e.t.Errorf("event %+v has the id %q", got, e.lastID)
	}
	return answer.event()
}

// wantAlarm is the next event, which must be of this kind and alarm.
func (e *eventReader) wantAlarm(kind, csn string) string {
	e.t.Helper()
	got := e.wantEvent()
	if got.Kind != kind || (got.Alarm == nil) != (csn == "") || csn != "" && got.Alarm.Csn != csn {
		e.t.Fatalf("got %+v, want %s %s", got, kind, csn)
	}
	return got.EventID
}

// baseline waits until alarms have been polled, so that what comes is a change.
func (w *world) baseline(t *testing.T) {
	t.Helper()
	calls := func() int { return min(w.sim.Calls()["listDeviceAlarms"], w.sim.Calls()["listCloudServiceAlarms"]) }
	want := calls() + 2
	ctx, cancel := context.WithTimeout(t.Context(), livePatience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for calls() < want {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("alarms are not polled: %v", w.sim.Calls())
		}
	}
}

const alarmSubscription = `subscription { alarmChanges { eventId kind missed alarm { csn severity region { code } } } }`
