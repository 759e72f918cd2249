package proxies

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// broken is a replica that takes requests and does not answer them as it should.
type broken struct {
	address string
	mu      sync.Mutex
	heads   []string // first lines of the requests for /graphql
}

// newBroken answers each request for /graphql with a text; empty closes the connection. It is well by /readyz.
func newBroken(t *testing.T, answer string) *broken {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &broken{address: listener.Addr().String()}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { b.serve(conn, answer) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	return b
}

func (b *broken) serve(conn net.Conn, answer string) {
	defer conn.Close()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return // a proxy that looks whether the port is open
	}
	if request.URL.Path != "/graphql" {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		return
	}
	_, _ = io.Copy(io.Discard, request.Body)
	b.mu.Lock()
	b.heads = append(b.heads, request.Method)
	b.mu.Unlock()
	_, _ = io.WriteString(conn, answer)
}

func (b *broken) arrived() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.heads)
}

// TestFound_G_CommandsAreSentOnce has replicas that break the connection, or answer 503, after they have read a
// command: it may have been carried out, and no other replica gets it. A refused connection may be tried elsewhere.
func TestFound_G_CommandsAreSentOnce(t *testing.T) {
	t.Parallel()
	for _, program := range kit.ProxyPrograms() {
		for name, answer := range map[string]string{
			"broken": "", "503": "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		} {
			t.Run(program.Name+" "+name, func(t *testing.T) {
				t.Parallel()
				first, second := newBroken(t, answer), newBroken(t, answer)
				p := start(t, program, first.address, second.address)
				if _, err := p.post(t.Context(), p.client(t, false, ""), startJob, nil); err == nil {
					t.Error("the command was answered")
				}
				if got := slices.Concat(first.arrived(), second.arrived()); len(got) != 1 {
					t.Errorf("the replicas got %v, want the command once", got)
				}
			})
		}
		t.Run(program.Name+" refused", func(t *testing.T) {
			t.Parallel()
			w := kit.NewLiveWorld(t)
			p := start(t, program, kit.FreeAddress(t), w.Serve(t, kit.FreeAddress(t)).Address)
			for range 4 {
				if text, err := p.post(t.Context(), p.client(t, false, ""), startJob, nil); err != nil ||
					!strings.Contains(text, `"jobId":`) {
					t.Errorf("%v %.300s", err, text)
				}
			}
			if got := w.Sim.Calls()["createMeterQueryJob"]; got != 4 {
				t.Errorf("%d jobs, want 4", got)
			}
		})
	}
}

// TestFound_G8_CallersBehindProxies counts streams by the address that the proxy reports, where it is trusted, and else
// by the proxy's own, as docs/operations.md says. 127.0.0.2 and 127.0.0.3 are two callers.
func TestFound_G8_CallersBehindProxies(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	for _, trusted := range []bool{true, false} {
		// A proxy may notice only by the next signs of life that its client is gone.
		environ := []string{"OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=1", "OPSGRAPH_LIMITS_SOCKET_PING=200ms"}
		if trusted {
			environ = append(environ, "OPSGRAPH_TRUSTED_PROXIES=127.0.0.1")
		}
		for _, program := range kit.ProxyPrograms() {
			address := w.Serve(t, kit.FreeAddress(t), environ...).Address
			p := start(t, program, address, address)
			ready(t, p)
			first, second := p.client(t, false, "127.0.0.2"), p.client(t, false, "127.0.0.3")
			streams := []*stream{p.follow(t, first, nil), p.follow(t, first, nil), p.follow(t, second, nil)}
			want := []int{200, 429, 200}
			if !trusted {
				want = []int{200, 429, 429}
			}
			for i, s := range streams {
				if got := s.response.StatusCode; got != want[i] {
					t.Errorf("%s, trusted %t: stream %d: %d, want %d", p.Name, trusted, i, got, want[i])
				}
				_ = s.response.Body.Close()
			}
			testkit.Eventually(t, "the streams are counted still", func() bool { return p.holds(t, first) })
			if p.holds(t, first) {
				t.Errorf("%s, trusted %t: a second WebSocket of the same caller opens", p.Name, trusted)
			}
			if trusted {
				testkit.Eventually(t, "the other caller's stream is counted still", func() bool { return p.holds(t, second) })
			} else if p.holds(t, second) {
				t.Errorf("%s: a WebSocket of a caller who counts as the same opens", p.Name)
			}
		}
	}
}

// holds opens one more WebSocket and reports whether it is acknowledged; then it stays open.
func (p proxy) holds(t *testing.T, client *http.Client) bool {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), strings.Replace(p.URL, "https://", "wss://", 1)+"/graphql", //nolint:bodyclose // of an upgrade, which has none
		&websocket.DialOptions{HTTPClient: client, Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() }) // it may be closed already
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		t.Fatal(err)
	}
	_, message, err := conn.Read(t.Context())
	if err != nil && websocket.CloseStatus(err) != 4429 {
		t.Errorf("the WebSocket is closed with %v", err)
	}
	return strings.Contains(string(message), "connection_ack")
}

// TestFound_G4_AddressesWithPorts has another proxy in front, which reports callers with their ports.
func TestFound_G4_AddressesWithPorts(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	address := w.Serve(t, kit.FreeAddress(t), "OPSGRAPH_TRUSTED_PROXIES=127.0.0.0/8",
		"OPSGRAPH_CALLERS_RATE=0.001", "OPSGRAPH_CALLERS_BURST=1").Address
	for i, program := range kit.ProxyPrograms() {
		p := start(t, program, address, address)
		client := p.client(t, false, "")
		part := string(rune('1' + i)) // callers of the one are not those of the other
		for _, test := range []struct {
			caller string
			ok     bool
		}{
			{"198.51.100." + part + ":4711", true},
			{"198.51.100." + part + ":4712", false},
			{"198.51.10" + part + ".2:4711", true},
			{"[2001:db8:" + part + "::7]:443", true},
			{"[2001:db8:" + part + "::8]:443", false},
		} {
			_, err := p.post(t.Context(), client, `{ __typename }`, http.Header{"X-Forwarded-For": {test.caller}})
			if (err == nil) != test.ok {
				t.Errorf("%s, %s: %v", p.Name, test.caller, err)
			}
		}
	}
}

// TestFound_G_PageOfTheGateway asks as a page that the gateway itself has served through the proxy, and as a page of
// another site.
func TestFound_G_PageOfTheGateway(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	address := w.Serve(t, kit.FreeAddress(t)).Address
	for _, program := range kit.ProxyPrograms() {
		p := start(t, program, address, address)
		ready(t, p)
		client := p.client(t, true, "")
		if text, err := p.post(t.Context(), client, askHosts, http.Header{"Origin": {p.URL}}); err != nil {
			t.Errorf("%s: %v %.300s", p.Name, err, text)
		}
		foreign, err := url.Parse("https://evil.example")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := p.post(t.Context(), client, askHosts, http.Header{"Origin": {foreign.String()}}); err == nil {
			t.Errorf("%s: another site is answered: %.300s", p.Name, text)
		}
	}
}
