package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// logged is a replica whose log the test reads.
type logged struct {
	*replica
	log *testkit.Log
}

func startLogged(t *testing.T, environ ...string) *logged {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append([]string{
		asProcess + "=1", "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=off", "OPSGRAPH_LOG_LEVEL=info",
	}, environ...)
	l := &logged{log: &testkit.Log{}}
	cmd.Stderr = l.log
	l.replica = launch(t, cmd)
	return l
}

func (l *logged) signal(t *testing.T, signal os.Signal) {
	t.Helper()
	if err := l.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
}

// wellEnded waits for the end, which must have the exit code 0.
func (l *logged) wellEnded(t *testing.T) {
	t.Helper()
	if code := l.ended(t); code != 0 {
		t.Errorf("exit code %d: %s", code, l.log)
	}
}

// wantClosed waits until the address takes no connection.
func (l *logged) wantClosed(t *testing.T) time.Duration {
	t.Helper()
	return testkit.Within(t, testkit.Patience, "the port stays open", func() bool {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(l.url, "http://"))
		if err == nil {
			_ = conn.Close() // it was taken a moment before the end
		}
		return err != nil
	})
}

// largeUpstream is a simulator of 200 hosts whose device alarms take their time.
func largeUpstream(t *testing.T, latency time.Duration) (*simulator.Simulator, []string) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{
		Hosts: 200, Regions: 2, Latency: simulator.LatencyNone, Quota: simulator.QuotaOff,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	environ := append(upstreamEnviron(server.URL), "OPSGRAPH_LIMITS_ROOT_FIELDS=45", "OPSGRAPH_LIMITS_COST=1000000")
	if latency == 0 {
		return sim, environ
	}
	steer(t, server, http.MethodPut, "faults",
		fmt.Sprintf(`[{"operation":"listDeviceAlarms","kind":"latency","latencyMs":%d},
			{"operation":"listDeviceAssets","kind":"latency","latencyMs":%[1]d}]`, latency.Milliseconds()))
	return sim, environ
}

// largeQuery has an answer of some megabytes: more than the system holds for a reader with a narrow window.
func largeQuery() string {
	var query strings.Builder
	query.WriteString("{")
	for i := range 45 {
		fmt.Fprintf(&query, " h%d: hosts(first: 200) { nodes { id hostId name serialNumber regionCode "+
			"availabilityZone manufacturer kernel cpuArchitecture macAddresses "+
			"memoryModules { frequencyMhz manufacturer type } } }", i)
	}
	return query.String() + " }"
}

// narrow connects with a narrow window.
func narrow(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if tcp, ok := conn.(*net.TCPConn); ok {
		err = tcp.SetReadBuffer(8 << 10)
	}
	return conn, err
}

// unreadAnswer sends the large query and reads the first bytes of its answer alone.
func (l *logged) unreadAnswer(t *testing.T, accept string) {
	t.Helper()
	conn, err := narrow(t.Context(), "tcp", strings.TrimPrefix(l.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	body := fmt.Sprintf(`{"query":%q}`, largeQuery())
	if _, err := fmt.Fprintf(conn, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", accept, len(body), body); err != nil {
		t.Fatal(err)
	}
	wantBegun(t, conn)
}

// wantBegun reads until the answer to the large query has begun.
func wantBegun(t *testing.T, r io.Reader) {
	t.Helper()
	const text = `"data":{"h0"`
	var got strings.Builder
	for one := make([]byte, 1); !strings.Contains(got.String(), text); {
		if _, err := r.Read(one); err != nil || got.Len() > 2000 {
			t.Fatalf("%v after %s", err, got.String())
		}
		got.Write(one)
	}
}

// dial opens a WebSocket over a connection of the test's making, and begins the documents.
func (l *logged) dial(t *testing.T, connect func(ctx context.Context, network, address string) (net.Conn, error),
	documents ...string,
) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), strings.Replace(l.url, "http://", "ws://", 1)+"/graphql", //nolint:bodyclose // of an upgrade, which has none
		&websocket.DialOptions{
			Subprotocols: []string{"graphql-transport-ws"},
			HTTPClient:   &http.Client{Transport: &http.Transport{DialContext: connect}},
		})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	conn.SetReadLimit(64 << 20)
	write := func(text string) {
		if err := conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"type":"connection_init"}`)
	if _, message, err := conn.Read(t.Context()); err != nil || !strings.Contains(string(message), "connection_ack") {
		t.Fatalf("%s %v", message, err)
	}
	for i, document := range documents {
		write(fmt.Sprintf(`{"type":"subscribe","id":"%d","payload":{"query":%q}}`, i, document))
	}
	return conn
}

// TestFound_D1_ReadersThatDoNotRead ends the process while an event stream and a WebSocket have readers that do not
// read. The address is closed at once; requests, and queries over streams, are answered; the readers are cut in their
// own time.
func TestFound_D1_ReadersThatDoNotRead(t *testing.T) {
	t.Parallel()
	sim, environ := largeUpstream(t, 1500*time.Millisecond)
	p := startLogged(t, append(environ, "OPSGRAPH_DRAIN_TIMEOUT=15s", "OPSGRAPH_DRAIN_STREAMS=3s")...)
	p.unreadAnswer(t, "text/event-stream")
	_, unread, err := p.dial(t, narrow, largeQuery()).Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantBegun(t, unread)

	var waiting []<-chan answer
	for range 20 {
		waiting = append(waiting, p.ask(t))
	}
	socket := p.dial(t, new(net.Dialer).DialContext, `{devices {totalCount}}`, followAlarms)
	stream, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/graphql",
		strings.NewReader(fmt.Sprintf(`{"query":%q}`, alarmQuery)))
	if err != nil {
		t.Fatal(err)
	}
	stream.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}}
	response, err := (&http.Transport{}).RoundTrip(stream) // answered when the stream begins
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	testkit.Eventually(t, "both queries are under way", func() bool {
		return sim.Calls()["listDeviceAlarms"] > 0 && sim.Calls()["listDeviceAssets"] > 0
	})

	p.signal(t, syscall.SIGTERM)
	if took := p.wantClosed(t); took > 3*time.Second {
		t.Errorf("the address was closed after %v", took)
	}
	for _, one := range waiting {
		if got := <-one; !errors.Is(got.err, syscall.ECONNREFUSED) { // it had not connected before the end
			whole(t, "a request", got)
		}
	}
	text, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(text), `"totalCount":`) ||
		!strings.Contains(string(text), "event: complete") {
		t.Errorf("a query over an event stream: %v %s", err, text)
	}
	wantEndOfSocket(t, socket)
	p.wellEnded(t)
	if !strings.Contains(p.log.String(), "cut off") {
		t.Errorf("nothing in the log: %s", p.log)
	}
}

// wantEndOfSocket reads the answer of the query 0 and the end: the subscription 1 gets no complete, so that its client
// goes on elsewhere.
func wantEndOfSocket(t *testing.T, socket *websocket.Conn) {
	t.Helper()
	var messages []string
	for {
		ctx, cancel := context.WithTimeout(t.Context(), testkit.Patience)
		_, message, err := socket.Read(ctx)
		cancel()
		if err == nil {
			messages = append(messages, string(message))
			continue
		}
		all := strings.Join(messages, "\n")
		if websocket.CloseStatus(err) != websocket.StatusGoingAway || !strings.Contains(all, `"totalCount":`) ||
			!strings.Contains(all, `{"type":"complete","id":"0"}`) || strings.Contains(all, `{"type":"complete","id":"1"}`) {
			t.Errorf("WebSocket: %v, %s", err, all)
		}
		return
	}
}

// TestFound_D1_UnreadAnswer: a plain request whose answer is not read is cut after the drain time-out, and that is no
// failure of the process.
func TestFound_D1_UnreadAnswer(t *testing.T) {
	t.Parallel()
	_, environ := largeUpstream(t, 0)
	p := startLogged(t, append(environ, "OPSGRAPH_DRAIN_TIMEOUT=1s")...)
	p.unreadAnswer(t, "application/json")
	p.signal(t, syscall.SIGTERM)
	p.wellEnded(t)
	if !strings.Contains(p.log.String(), "requests cut off") {
		t.Errorf("nothing in the log: %s", p.log)
	}
}

// keptConnection sends requests over one connection.
type keptConnection struct {
	conn   net.Conn
	reader *bufio.Reader
}

func (l *logged) keep(t *testing.T) *keptConnection {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(l.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &keptConnection{conn, bufio.NewReader(conn)}
}

// get asks a path; last is whether the answer says that the connection ends.
func (k *keptConnection) get(t *testing.T, path string) (status int, body string, last bool) {
	t.Helper()
	if _, err := io.WriteString(k.conn, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(k.reader, nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return response.StatusCode, string(text), response.Close
}

// TestFound_D1_DrainDelay: in the delay /readyz says draining, everything is answered, over new connections too, and
// each answer ends its connection (G3); WebSockets stay. Then the address is closed.
func TestFound_D1_DrainDelay(t *testing.T) {
	t.Parallel()
	_, environ := largeUpstream(t, 0)
	p := startLogged(t, append(environ, "OPSGRAPH_DRAIN_DELAY=4s")...)
	kept := p.keep(t)
	const query = "/graphql?query=%7B__typename%7D"
	if status, body, last := kept.get(t, query); status != http.StatusOK || last {
		t.Fatalf("%d %s, the last: %t", status, body, last)
	}
	socket := p.dial(t, new(net.Dialer).DialContext, followAlarms)
	p.signal(t, syscall.SIGTERM)
	began := time.Now()
	testkit.Eventually(t, "ready", func() bool {
		status, body, _ := p.keep(t).get(t, "/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, `"draining"`)
	})
	for name, connection := range map[string]*keptConnection{"kept": kept, "new": p.keep(t)} {
		if status, body, last := connection.get(t, query); status != http.StatusOK || !last {
			t.Errorf("a %s connection: %d %s, the last: %t", name, status, body, last)
		}
	}
	if err := socket.Write(t.Context(), websocket.MessageText,
		fmt.Appendf(nil, `{"type":"subscribe","id":"q","payload":{"query":%q}}`, alarmQuery)); err != nil {
		t.Fatal(err)
	}
	for {
		_, message, err := socket.Read(t.Context())
		if err != nil {
			t.Fatalf("a WebSocket within the delay: %v", err)
		}
		if strings.Contains(string(message), `"totalCount":`) {
			break
		}
	}
	_, _, err := socket.Read(t.Context()) // until the end
	for err == nil {
		_, _, err = socket.Read(t.Context())
	}
	if websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("the WebSocket ends with %v", err)
	}
	p.wantClosed(t)
	if took := time.Since(began); took < 3*time.Second {
		t.Errorf("the address was closed after %v", took)
	}
	p.wellEnded(t)
}
