package process

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

const followAlarms = `subscription { alarmChanges { kind alarm { csn } } }`

// follower is one connection and the events that it got, in order.
type follower struct {
	replica int
	socket  *websocket.Conn // nil for an event stream
	stream  net.Conn        // nil for a WebSocket
	alarms  []string
	states  []string
	ended   string // why nothing more came
}

// audience is everyone who follows, with a goroutine each: the race detector allows some 8,000 of them.
type audience struct {
	header    http.Header // of WebSockets
	followers []*follower
	listening sync.WaitGroup

	mu    sync.Mutex
	heard map[string]int // by replica and event
}

// note adds an event of a follower.
func (a *audience) note(f *follower, answer []byte) {
	var parsed struct {
		Data struct {
			AlarmChanges *struct{ Alarm struct{ CSN string } }
			MeterJob     *struct{ Status string }
		}
	}
	event := string(answer) // of what is no event, to be seen in a failure
	if json.Unmarshal(answer, &parsed) == nil {
		switch {
		case parsed.Data.AlarmChanges != nil:
			event = parsed.Data.AlarmChanges.Alarm.CSN
			f.alarms = append(f.alarms, event)
		case parsed.Data.MeterJob != nil:
			event = parsed.Data.MeterJob.Status
			f.states = append(f.states, event)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.heard[fmt.Sprint(f.replica, " ", event)]++
}

// wait waits until every follower of a replica has an event.
func (a *audience) wait(t *testing.T, replica int, event string, want int) {
	t.Helper()
	testkit.Eventually(t, fmt.Sprintf("replica %d: not every follower got %s", replica, event), func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.heard[fmt.Sprint(replica, " ", event)] >= want
	})
}

// listenSocket notes the events of a WebSocket until it ends.
func (a *audience) listenSocket(ctx context.Context, f *follower) {
	for {
		_, message, err := f.socket.Read(ctx)
		if err != nil {
			f.ended = fmt.Sprint(int(websocket.CloseStatus(err)))
			return
		}
		var parsed struct {
			Type    string
			Payload json.RawMessage
		}
		if json.Unmarshal(message, &parsed) == nil && parsed.Type == "complete" {
			f.states = append(f.states, parsed.Type)
			continue
		}
		a.note(f, parsed.Payload)
	}
}

// listenStream notes the events of an event stream until it ends.
func (a *audience) listenStream(f *follower, body *bufio.Reader) {
	for {
		line, err := body.ReadString('\n')
		switch {
		case errors.Is(err, io.EOF):
			f.ended = "end of the stream"
			return
		case err != nil:
			f.ended = err.Error()
			return
		case strings.HasPrefix(line, "event: complete"):
			f.states = append(f.states, "complete")
		case strings.HasPrefix(line, "data: "):
			a.note(f, []byte(line[len("data: "):]))
		}
	}
}

// openSocket connects a WebSocket that follows the documents.
func (a *audience) openSocket(ctx context.Context, f *follower, address string, documents ...string) error {
	var err error
	f.socket, _, err = websocket.Dial(ctx, strings.Replace(address, "http://", "ws://", 1)+"/graphql", //nolint:bodyclose // of an upgrade, which has none
		&websocket.DialOptions{HTTPHeader: a.header, Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return err
	}
	if err := f.socket.Write(ctx, websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		return err
	}
	if _, message, err := f.socket.Read(ctx); err != nil || !strings.Contains(string(message), "connection_ack") {
		return fmt.Errorf("no acknowledgement but %s: %w", message, err)
	}
	for i, document := range documents {
		begin := fmt.Sprintf(`{"type":"subscribe","id":"%d","payload":{"query":%q}}`, i, document)
		if err := f.socket.Write(ctx, websocket.MessageText, []byte(begin)); err != nil {
			return err
		}
	}
	a.listening.Go(func() { a.listenSocket(ctx, f) })
	return nil
}

// openStream opens an event stream on a bare connection: a client of net/http would take more goroutines.
func (a *audience) openStream(ctx context.Context, f *follower, address, document string) error {
	var err error
	if f.stream, err = new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(address, "http://")); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(f.stream, "GET /graphql?%s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n",
		url.Values{"query": {document}}.Encode()); err != nil {
		return err
	}
	response, err := http.ReadResponse(bufio.NewReaderSize(f.stream, 1<<10), nil)
	if err != nil || response.StatusCode != http.StatusOK {
		return fmt.Errorf("event stream: %v: %w", response, err)
	}
	a.listening.Go(func() { a.listenStream(f, bufio.NewReaderSize(response.Body, 1<<10)) })
	return nil
}

// open connects so many WebSockets, each of which follows both, and so many event streams, which follow one each; half
// on each replica.
func (a *audience) open(t *testing.T, replicas []*binary, each int, job string) {
	t.Helper()
	var opening sync.WaitGroup
	faults := make(chan error, 2*each)
	for range 2 * each {
		a.followers = append(a.followers, &follower{replica: len(a.followers) % 2})
	}
	const together = 8
	for worker := range together {
		opening.Go(func() {
			for i := worker; i < 2*each; i += together {
				f := a.followers[i]
				address := replicas[f.replica].url
				if i < each {
					faults <- a.openSocket(t.Context(), f, address, followAlarms, job)
				} else {
					faults <- a.openStream(t.Context(), f, address, []string{followAlarms, job}[i/2%2])
				}
			}
		})
	}
	opening.Wait()
	close(faults)
	for err := range faults {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// close ends the clients' side and waits until everyone has noted the end.
func (a *audience) close() {
	for _, f := range a.followers {
		if f.socket != nil {
			_ = f.socket.CloseNow() // fails only where the server has closed it
		}
		if f.stream != nil {
			_ = f.stream.Close() // as above
		}
	}
	a.listening.Wait()
}

// TestProcessLive_L07_F66 follows a job and the alarms with 1,000 WebSockets and 1,000 event streams on two replicas,
// then ends one of them in the middle of requests: each follower gets each change once, the upstream is polled for one
// of them, nothing is lost.
func TestProcessLive_L07_F66(t *testing.T) {
	const (
		connections = 1000 // of each kind
		perEvent    = 750  // followers of an event on a replica: every WebSocket, and every second event stream
		underWay    = 200  // requests when the process is asked to end
	)
	store := redistest.Start(t)
	sim, server := liveUpstream(t)
	environ := append(upstreamEnviron(server.URL), "OPSGRAPH_REDIS_URL="+store.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s",
		"OPSGRAPH_REDIS_DIAL_TIMEOUT=5s",
		"OPSGRAPH_AGES_ALARMS_FRESH=1s", "OPSGRAPH_AGES_JOBS_FRESH=1s", "OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000",
		"OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=5000", "OPSGRAPH_CALLERS_RATE=100000", "OPSGRAPH_CALLERS_BURST=100000",
		"OPSGRAPH_CALLERS_OPERATIONS=1000", "OPSGRAPH_CALLERS_ALL_OPERATIONS=1000")
	replicas := []*binary{startBinary(t, nil, environ...), startBinary(t, nil, environ...)}
	ended, stays := replicas[0], replicas[1]
	_, created := ended.post(t, `mutation { createMeterJob(input: {}) { meterJob { jobId } } }`)
	_, job, found := strings.Cut(created, `"jobId":"`)
	if !found {
		t.Fatal(created)
	}
	job = fmt.Sprintf(`subscription { meterJob(jobId: %q) { status } }`, job[:strings.IndexByte(job, '"')])
	stays.post(t, `{ __typename }`) // what is made for the first request only
	idle, before := stays.settled(t), stays.memory(t)

	everyone := &audience{heard: map[string]int{}}
	t.Cleanup(everyone.close)
	began := time.Now()
	everyone.open(t, replicas, connections, job)
	t.Logf("%d connections opened in %.1f s", 2*connections, time.Since(began).Seconds())
	tell := func(event string, to ...int) {
		t.Helper()
		for _, replica := range to {
			everyone.wait(t, replica, event, perEvent)
		}
	}
	tell("PENDING", 0, 1)
	polled := func() map[string]int {
		calls := sim.Calls()
		return map[string]int{
			"listDeviceAlarms":       calls["listDeviceAlarms"],
			"listCloudServiceAlarms": calls["listCloudServiceAlarms"], "getMeterQueryJob": calls["getMeterQueryJob"],
		}
	}
	first := polled()
	testkit.Eventually(t, "alarms are not polled", func() bool {
		now := polled()
		return now["listDeviceAlarms"] >= first["listDeviceAlarms"]+2 &&
			now["listCloudServiceAlarms"] >= first["listCloudServiceAlarms"]+2
	})
	for name, want := range map[string]float64{
		`opsgraph_live_connections{kind="websocket"}`:       connections / 2,
		`opsgraph_live_connections{kind="event_stream"}`:    connections / 2,
		`opsgraph_live_subscriptions{field="alarmChanges"}`: perEvent,
		`opsgraph_live_subscriptions{field="meterJob"}`:     perEvent,
	} {
		if got := stays.metric(t, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	t.Logf(
		"a connection (two subscriptions on a WebSocket, one on an event stream) takes %d KiB and %.1f goroutines of the process",
		(stays.memory(t)-before)/connections>>10, (stays.settled(t)-idle)/connections)
	first, began = polled(), time.Now()
	var alarms []string
	for range 3 {
		alarms = append(alarms, raiseAlarm(t, server, ""))
		tell(alarms[len(alarms)-1], 0, 1)
	}
	steer(t, server, http.MethodPut, "clock", `{"advanceSeconds": 2}`)
	tell("RUNNING", 0, 1)
	// Data turn stale up to a fifth early, and no refresh begins earlier.
	most := int(time.Since(began)/(700*time.Millisecond)) + 2
	for operation, now := range polled() {
		if got := now - first[operation]; got > most {
			t.Errorf("%d polls of %s in %s for %d followers, at most %d are right", got, operation, time.Since(began),
				2*connections, most)
		}
	}

	endWithRequests(t, ended, server, underWay, connections)
	alarms = append(alarms, raiseAlarm(t, server, ""))
	tell(alarms[3], 1)
	steer(t, server, http.MethodPut, "clock", `{"advanceSeconds": 20}`)
	tell("SUCCEEDED", 1)
	testkit.Eventually(t, "the job's followers are not parsed of its end",
		func() bool { return stays.metric(t, "opsgraph_http_requests_active") <= connections*3/4 })
	everyone.close()
	for i, f := range everyone.followers {
		f.check(t, i, alarms)
	}
	testkit.Eventually(t, "goroutines are left", func() bool { return stays.metric(t, "go_goroutines") < idle+20 })
	for _, name := range []string{
		"opsgraph_http_requests_active", `opsgraph_live_connections{kind="websocket"}`,
		`opsgraph_live_connections{kind="event_stream"}`,
		`opsgraph_live_subscriptions{field="alarmChanges"}`, `opsgraph_live_subscriptions{field="meterJob"}`,
	} {
		if got := stays.metric(t, name); got != 0 {
			t.Errorf("%s is %v at the end", name, got)
		}
	}
}

// check compares what a follower got with what there was.
func (f *follower) check(t *testing.T, i int, alarms []string) {
	t.Helper()
	states, end := []string{"PENDING", "RUNNING", "SUCCEEDED", "complete"}, f.ended
	if f.replica == 0 { // it was ended
		alarms, states, end = alarms[:3], states[:2],
			map[bool]string{true: "1001", false: "end of the stream"}[f.socket != nil]
	}
	// the simulated site has alarms of its own as time goes on
	raised := slices.DeleteFunc(slices.Clone(f.alarms), func(csn string) bool {
		return !slices.Contains(alarms, csn)
	})
	if (len(f.alarms) > 0 || f.socket != nil) && !slices.Equal(raised, alarms) {
		t.Errorf("connection %d: alarms %v, want %v", i, f.alarms, alarms)
	}
	if (len(f.states) > 0 || f.socket != nil) && !slices.Equal(f.states, states) {
		t.Errorf("connection %d: states %v, want %v", i, f.states, states)
	}
	if len(f.alarms)+len(f.states) == 0 || f.ended != end {
		t.Errorf("connection %d: %v, %v, ended by %s, want %s", i, f.alarms, f.states, f.ended, end)
	}
}

// endWithRequests sends SIGTERM while requests are under way and half of the connections of each kind are open.
func endWithRequests(t *testing.T, ended *binary, server *httptest.Server, underWay, connections int) {
	t.Helper()
	steer(t, server, http.MethodPut, "faults",
		`[{"operation": "listHostDetails", "kind": "latency", "latencyMs": 3000, "times": 1}]`)
	answers := make(chan answer, underWay)
	for range underWay {
		go func() {
			status, body, err := ended.send(`{ hosts(first: 1) { totalCount } }`)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("status %d", status)
			}
			answers <- answer{err: err, text: body}
		}()
	}
	testkit.Eventually(t, "the requests are not under way", func() bool {
		return ended.metric(t, "opsgraph_http_requests_active") == float64(underWay+connections)
	})
	if status, body := ended.operators(t, "/readyz"); status != http.StatusOK {
		t.Fatalf("not ready before the end: %d %s", status, body)
	}
	if err := ended.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	testkit.Eventually(t, "it says that it is ready", func() bool {
		status, body := ended.operators(t, "/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, "draining")
	})
	if len(answers) > 0 {
		t.Error("requests were answered before the process said that it is no longer ready")
	}
	t.Logf("not ready %.2f s after the signal", time.Since(began).Seconds())
	for range underWay {
		whole(t, "under way", <-answers)
	}
	if code := ended.ended(t); code != 0 {
		t.Errorf("exit code %d: %s", code, ended.log)
	}
	took := time.Since(began)
	if took > 15*time.Second {
		t.Errorf("ended %s after the signal", took)
	}
	t.Logf("all %d requests answered; ended %.2f s after the signal", underWay, took.Seconds())
}
