package proxies

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

const followAlarms = `subscription { alarmChanges { eventId kind alarm { csn } } }`

// stream is an event stream through a proxy.
type stream struct {
	response *http.Response
	reader   *bufio.Reader
	lastID   string
}

// follow opens an event stream.
func (p proxy) follow(t *testing.T, client *http.Client, header http.Header) *stream {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		p.URL+"/graphql?"+url.Values{"query": {followAlarms}}.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(request.Header, header)
	request.Header.Set("Accept", "text/event-stream")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	return &stream{response: response, reader: bufio.NewReader(response.Body)}
}

// next is the serial number of the next event's alarm; an error at the end of the stream.
func (s *stream) next() (string, error) {
	for {
		line, err := s.reader.ReadString('\n')
		if err != nil {
			return "", err
		}
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			s.lastID = strings.TrimSpace(id)
		}
		if strings.HasPrefix(line, "event: complete") {
			return "complete", nil
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok && strings.HasPrefix(data, "{") {
			return serialOf([]byte(data))
		}
	}
}

var errNoEvent = errors.New("no event")

// serialOf is the serial number of the alarm in an answer.
func serialOf(text []byte) (string, error) {
	var answer struct {
		Data struct {
			AlarmChanges *struct{ Alarm struct{ Csn string } }
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Data.AlarmChanges == nil {
		return "", fmt.Errorf("%w: %s", errNoEvent, text)
	}
	return answer.Data.AlarmChanges.Alarm.Csn, nil
}

// socket opens a WebSocket that follows alarms.
func (p proxy) socket(t *testing.T, client *http.Client) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), strings.Replace(p.URL, "https://", "wss://", 1)+"/graphql", //nolint:bodyclose // of an upgrade, which has none
		&websocket.DialOptions{HTTPClient: client, Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	for _, message := range []string{
		`{"type":"connection_init"}`,
		fmt.Sprintf(`{"type":"subscribe","id":"1","payload":{"query":%q}}`, followAlarms),
	} {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	if _, message, err := conn.Read(t.Context()); err != nil || !strings.Contains(string(message), "connection_ack") {
		t.Fatalf("%s %v", message, err)
	}
	return conn
}

// nextOf is the serial number of the next event's alarm on a WebSocket.
func nextOf(t *testing.T, conn *websocket.Conn) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
	defer cancel()
	_, message, err := conn.Read(ctx)
	if err != nil {
		return "", err
	}
	var next struct{ Payload json.RawMessage }
	if err := json.Unmarshal(message, &next); err != nil {
		return "", err
	}
	return serialOf(next.Payload)
}

// wantEvent reads the next event, which must be of the alarm.
func wantEvent(t *testing.T, who, want string, next func() (string, error)) {
	t.Helper()
	if got, err := next(); err != nil || got != want {
		t.Fatalf("%s: %q, %v, want %s", who, got, err, want)
	}
}

// TestFound_G_EventsBehindProxies follows alarms over event streams by HTTP/1.1 and 2 and over a WebSocket. Each event
// comes while the streams are open and nothing follows it, so that a proxy that collects would hold it. Then both
// replicas stop: the WebSocket closes with 1001, the streams end without complete, and go on with Last-Event-ID.
func TestFound_G_EventsBehindProxies(t *testing.T) {
	t.Parallel()
	for _, program := range kit.ProxyPrograms() {
		t.Run(program.Name, func(t *testing.T) {
			t.Parallel()
			r := newReplicas(t)
			p := start(t, program, r.served[0].Address, r.served[1].Address)
			ready(t, p)
			first, second := p.client(t, false, ""), p.client(t, true, "")
			streams := []*stream{p.follow(t, first, nil), p.follow(t, second, nil)}
			socket := p.socket(t, p.client(t, false, ""))
			if got := streams[1].response.ProtoMajor; got != 2 {
				t.Errorf("HTTP/%d in place of 2", got)
			}
			r.Baseline(t)
			for range 3 {
				csn := r.Raise(t)
				began := time.Now()
				for i, s := range streams {
					wantEvent(t, fmt.Sprint("stream ", i), csn, s.next)
				}
				wantEvent(t, "WebSocket", csn, func() (string, error) { return nextOf(t, socket) })
				t.Logf("an event after %v", time.Since(began))
			}
			ends := make(chan string, len(streams))
			for _, s := range streams {
				go func() {
					got, err := s.next()
					ends <- fmt.Sprintf("%s, %v", got, err)
				}()
			}
			closed := make(chan error, 1)
			go func() {
				_, _, err := socket.Read(context.WithoutCancel(t.Context()))
				closed <- err
			}()
			for i := range r.served {
				r.restart(t, i)
			}
			for range streams {
				if end := <-ends; strings.HasPrefix(end, "complete") || strings.HasSuffix(end, "<nil>") {
					t.Errorf("a stream ends with %s", end)
				}
			}
			if err := <-closed; websocket.CloseStatus(err) != websocket.StatusGoingAway {
				t.Errorf("the WebSocket ends with %v", err)
			}
			missed := r.Raise(t)
			ready(t, p)
			again := p.follow(t, first, http.Header{"Last-Event-Id": {streams[0].lastID}})
			wantEvent(t, "after the restart", missed, again.next)
		})
	}
}

// largeToken is a token of 25 kB, as IAM has them.
func largeToken() string { return strings.Repeat("MIIEowYJKoZIhvcN", 25_000/16) }

// TestFound_G_LargeTokens sends a token of 25 kB by HTTP/1.1 and 2. The gateway reads it: one of 33 kB, which is above
// its own limit of headers, is refused.
func TestFound_G_LargeTokens(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	served := w.Serve(t, kit.FreeAddress(t))
	for _, program := range kit.ProxyPrograms() {
		p := start(t, program, served.Address, served.Address)
		ready(t, p)
		for _, http2 := range []bool{false, true} {
			client := p.client(t, http2, "")
			text, err := p.post(t.Context(), client, askHosts, http.Header{"X-Auth-Token": {largeToken()}})
			if err != nil || !strings.Contains(text, `"totalCount":3`) {
				t.Errorf("%s, HTTP/2 %t: %v %.300s", p.Name, http2, err, text)
			}
			text, err = p.post(t.Context(), client, askHosts, http.Header{"X-Auth-Token": {strings.Repeat("x", 33_000)}})
			if err == nil {
				t.Errorf("%s, HTTP/2 %t: a token beyond the limit is taken: %.300s", p.Name, http2, text)
			}
		}
	}
}
