package process

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// pressedUpstream is a simulator of so many hosts that answers as fast as it can.
func pressedUpstream(t *testing.T, hosts int) (*simulator.Simulator, *httptest.Server) {
	t.Helper()
	sim, err := simulator.New(
		simulator.Config{Hosts: hosts, Regions: 2, Latency: simulator.LatencyNone, Quota: simulator.QuotaOff})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, server
}

// TestProcessLostLog_F73 gives the process a log that nobody reads, and one whose reader ends: it answers all the same,
// counts the lines that were lost, and ends with 0 when it is asked to.
func TestProcessLostLog_F73(t *testing.T) {
	t.Parallel()
	_, server := pressedUpstream(t, 400)
	for name, gone := range map[string]bool{"nobody reads": false, "the reader ends": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, reader := startUnread(t, server)
			if gone {
				_ = reader.Close() // of a pipe: never fails
			}
			asked := 0
			testkit.Eventually(t, "no line is dropped", func() bool {
				asked++
				status, body := b.post(t, `{ hosts(first: 400) { nodes { virtualMachines { totalCount } } } }`)
				if status != http.StatusOK || strings.Contains(body, `"errors"`) {
					t.Fatalf("question %d: %d %.300s", asked, status, body)
				}
				return b.metric(t, "opsgraph_log_lines_dropped_total") > 0
			})
			if status, body := b.post(t, `{ __typename }`); status != http.StatusOK {
				t.Errorf("afterwards: %d %s", status, body)
			}
			t.Logf("%d questions answered, %.0f lines dropped", asked, b.metric(t, "opsgraph_log_lines_dropped_total"))
			if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if code := b.ended(t); code != 0 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// startUnread runs the program with much to log, and gives the reader of its log, from which only the first lines were
// read.
func startUnread(t *testing.T, server *httptest.Server) (*binary, *os.File) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Close() }) // or the test has closed it
	cmd := binaryCommand(t, nil,
		append(upstreamEnviron(server.URL), "OPSGRAPH_LOG_LEVEL=debug", "OPSGRAPH_AGES_VIRTUAL_MACHINES_FRESH=1ms",
			"OPSGRAPH_AGES_VIRTUAL_MACHINES_STALE=1ms", "OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000",
			"OPSGRAPH_QUOTA_SECOND_LIMIT=1000000")...)
	cmd.Stderr = writer
	b := &binary{replica: launch(t, cmd), log: &testkit.Log{}}
	_ = writer.Close() // the process has its own
	for log := bufio.NewReader(reader); b.admin == ""; {
		line, err := log.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		b.admin = adminAddress(line)
	}
	return b, reader
}

// TestProcessShortOfMemory_F68 gives the process little memory and clients that ask for much and read none of it: new
// operations are refused with OVERLOADED, the rest is answered, the memory stays bounded, and all is answered again
// once these clients are cut.
func TestProcessShortOfMemory_F68(t *testing.T) {
	const limit = 40 << 20
	_, server := pressedUpstream(t, 3)
	b := startBinary(t, nil, append(upstreamEnviron(server.URL), fmt.Sprintf("OPSGRAPH_LIMITS_MEMORY=%d", limit),
		"OPSGRAPH_LIMITS_WRITE_TIMEOUT=4s",
		"OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=1000", "OPSGRAPH_CALLERS_RATE=100000", "OPSGRAPH_CALLERS_BURST=100000")...)
	if status, body := b.post(t, `{ hosts { totalCount } }`); status != http.StatusOK {
		t.Fatalf("at the start: %d %s", status, body)
	}
	h := &hostile{binary: b, a: http.Header{}, client: &http.Transport{}}
	t.Cleanup(h.client.CloseIdleConnections)
	refused := make(chan struct{})
	end := h.flood(t, refused)
	defer end()
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {graphQLType}}
	answers := map[int]int{}
	ask := func() int {
		t.Helper()
		got, err := h.ask(`{ hosts { totalCount } }`, "", header)
		switch {
		case err != nil: // later than the write timeout, beside the flood: no answer
		case got.status == http.StatusServiceUnavailable &&
			(got.code() != "OVERLOADED" || got.header.Get("Retry-After") == ""),
			got.status == http.StatusOK && got.code() != "":
			t.Errorf("%d %v %s", got.status, got.header, got.body)
		}
		answers[got.status]++
		return got.status
	}
	testkit.Eventually(t, "nothing is refused", func() bool {
		// Those who read nothing are refused first: what they hold leaves others their room.
		return ask() == http.StatusServiceUnavailable || b.overloaded(t) > 0
	})
	close(refused)
	peak := b.memory(t)
	testkit.Eventually(t, "nothing is answered again", func() bool {
		peak = max(peak, b.memory(t))
		return ask() == http.StatusOK
	})
	t.Logf("answers by status: %v; at most %d MiB resident", answers, peak>>20)
	// the resident set has the program itself, what began between two looks, and what the collector has not given back
	if peak > 256<<20 {
		t.Errorf("%d MiB are resident", peak>>20)
	}
}

// overloaded is how many operations were refused for want of room.
func (b *binary) overloaded(t *testing.T) float64 {
	t.Helper()
	return b.metric(t, `opsgraph_overloaded_total{reason="queue_full"}`) +
		b.metric(t, `opsgraph_overloaded_total{reason="deadline"}`) +
		b.metric(t, `opsgraph_overloaded_total{reason="waited"}`)
}

// flood opens WebSockets, two at a time, each of which asks for much and reads nothing, until something is refused. end
// waits for it.
func (h *hostile) flood(t *testing.T, refused <-chan struct{}) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var flood sync.WaitGroup
	for range 2 {
		flood.Go(func() {
			for range 100 {
				select {
				case <-refused:
					return
				default:
				}
				var below net.Conn
				c, _, err := h.openSocket(ctx, h.a, &below, "graphql-transport-ws") //nolint:bodyclose // of an upgrade, which has none
				if err != nil {
					return // refused, or the end
				}
				flood.Go(func() { // it stays open, and unread, to the end
					<-ctx.Done()
					_ = c.CloseNow()
				})
				_ = c.Write(ctx, websocket.MessageText, []byte(`{"type":"connection_init"}`)) // what is refused is cut
				for i := range 48 {
					_ = c.Write(ctx, websocket.MessageText, []byte(subscribing(fmt.Sprint(i), everything)))
				}
			}
		})
	}
	return func() {
		cancel()
		flood.Wait()
	}
}

// TestProcessShortOfFiles_F70 lets the process open 256 files and callers connect more often than that, with WebSockets
// and requests that are never whole: some are refused, the gateway still reaches its upstream, and takes connections
// again when they are gone.
func TestProcessShortOfFiles_F70(t *testing.T) {
	t.Parallel()
	sim, server := pressedUpstream(t, 3)
	b := startBinary(t, []string{"/bin/sh", "-c", `ulimit -n 256 && exec "$0"`},
		append(upstreamEnviron(server.URL), "OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=1000")...)
	h := &hostile{binary: b, client: &http.Transport{DisableKeepAlives: true}}
	header := "Host: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
	body := graphQLBody(`{ hosts { totalCount } }`, "")
	first := h.dial(t)
	if _, err := fmt.Fprintf(first, "POST /graphql HTTP/1.1\r\n"+header+"%s", len(body), body[:10]); err != nil {
		t.Fatal(err)
	}
	const handshake = "GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
	var open []net.Conn
	refused := 0
	for i := range 400 {
		connection := h.dial(t)
		open = append(open, connection)
		if i < 100 {
			_, _ = io.WriteString(connection, handshake)
			response, err := http.ReadResponse(bufio.NewReader(connection), nil) //nolint:bodyclose // ends with the connection
			if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
				t.Fatalf("WebSocket %d: %v %v", i, response, err)
			}
			continue
		}
		_, _ = fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nExpect: 100-continue\r\n"+header, 100)
		line, err := bufio.NewReader(connection).ReadString('\n')
		if err != nil || strings.Contains(line, "503") {
			refused++
		}
	}
	if refused < 200 || refused > 290 {
		t.Errorf("%d of 300 requests are refused beside 100 WebSockets with 256 files", refused)
	}
	if _, err := io.WriteString(first, body[10:]); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(first), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(text), `"totalCount":`) || strings.Contains(string(text), `"errors"`) ||
		sim.Calls()["listHostDetails"] == 0 {
		t.Errorf("while there is no room: %d %s %v", response.StatusCode, text, err)
	}
	t.Logf("%d of 300 requests refused, %.0f files open", refused, b.metric(t, "process_open_fds"))
	for _, connection := range open {
		_ = connection.Close()
	}
	testkit.Eventually(t, "no room after they have gone", func() bool {
		status, _, err := b.send(`{ hosts { totalCount } }`)
		return err == nil && status == http.StatusOK
	})
}
