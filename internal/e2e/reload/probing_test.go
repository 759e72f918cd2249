package reload

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// rest is how far the clock goes on before each request: a caller may send as many at once as ever.
const rest = 100 * time.Second

// quiet is how long a socket is listened to before it counts as one of which nothing comes.
const quiet = 150 * time.Millisecond

// probing is a gateway that is asked over one connection, with a subscription on another one.
type probing struct {
	*kit.Replica
	t     *testing.T
	world *kit.World

	patient     bool // the change is in force: what comes of it is waited for
	client      *http.Transport
	connections atomic.Int64 // of the client, so far
	socket      *kit.Socket
}

func newProbing(t *testing.T) *probing {
	t.Helper()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 6, Regions: 2, Quota: "off", Running: true})
	r := w.StartGateway(t, "", "OPSGRAPH_CALLERS_RATE=0.1", "OPSGRAPH_CALLERS_BURST=3",
		"OPSGRAPH_AGES_ALARMS_FRESH=100ms", "OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000", "OPSGRAPH_LIVE_LEASE_FOR=1s")
	p := &probing{Replica: r, t: t, world: w, client: &http.Transport{DisableCompression: true}}
	t.Cleanup(p.client.CloseIdleConnections)
	p.socket = kit.OpenSocket(t, r.Server.URL+"/graphql", "")
	p.socket.Subscribe("follow", `subscription { alarmChanges { eventId kind alarm { csn } } }`)
	p.socket.ReadAhead() // nothing is wanted of it until all keys have been changed
	return p
}

// wantFollowed raises an alarm, which the subscription of the beginning tells of; and no request has needed a second
// connection.
func (p *probing) wantFollowed(t *testing.T) {
	t.Helper()
	csn := p.world.Raise(t)
	for m := p.socket.Receive(); !strings.Contains(string(m.Payload), csn); m = p.socket.Receive() {
		if m.Type != "next" && m.Type != "ping" {
			t.Fatalf("the subscription got %s %s", m.Type, m.Payload)
		}
	}
	if got := p.connections.Load(); got != 1 {
		t.Errorf("%d connections, want one that was kept", got)
	}
}

// send sends a request by a transport.
func (p *probing) send(wire *http.Transport, method, target, body string) *kit.Reply {
	p.t.Helper()
	p.world.Clock.Advance(rest)
	return p.sendNow(wire, method, target, body)
}

func (p *probing) sendNow(wire *http.Transport, method, target, body string) *kit.Reply {
	p.t.Helper()
	ctx := httptrace.WithClientTrace(p.t.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if wire == p.client && !info.Reused {
			p.connections.Add(1)
		}
	}})
	request, err := http.NewRequestWithContext(ctx, method, p.Server.URL+target, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/graphql-response+json")
	response, err := wire.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		p.t.Fatal(err)
	}
	return kit.ReadReply(p.t, response)
}

// ask returns the code that a document is answered with, empty for an answer without an error.
func (p *probing) ask(document string) string {
	p.t.Helper()
	return p.send(p.client, http.MethodPost, "/graphql", kit.RequestBody(p.t, document, "")).Code()
}

// once sends a request that may cost the connection.
func (p *probing) once(method, target, body string) *kit.Reply {
	p.t.Helper()
	wire := &http.Transport{DisableKeepAlives: true}
	return p.send(wire, method, target, body)
}

// deep has two levels of fields.
const deep = `{ hosts(first: 1) { totalCount } }`

func codeOf(document string) func(*probing) string {
	return func(p *probing) string { return p.ask(document) }
}

// coldCodeOf asks when nothing is held any more.
func coldCodeOf(document string) func(*probing) string {
	return func(p *probing) string {
		p.world.Clock.Advance(25 * time.Hour)
		return p.ask(document)
	}
}

func bodyCode(body string) func(*probing) string {
	return func(p *probing) string { return p.once(http.MethodPost, "/graphql", body).Code() }
}

func longURL(p *probing) string {
	document := "{__typename} # " + strings.Repeat("a", 200)
	return p.once(http.MethodGet, "/graphql?query="+url.QueryEscape(document), "").Code()
}

// errorsOf counts the errors of an answer.
func errorsOf(document string) func(*probing) string {
	return func(p *probing) string {
		got := p.send(p.client, http.MethodPost, "/graphql", kit.RequestBody(p.t, document, ""))
		return fmt.Sprint(len(got.Body.Errors), got.Code())
	}
}

// messageOf is the message of the first error.
func messageOf(document string) func(*probing) string {
	return func(p *probing) string {
		got := p.send(p.client, http.MethodPost, "/graphql", kit.RequestBody(p.t, document, ""))
		if len(got.Body.Errors) == 0 {
			return got.Raw
		}
		return got.Body.Errors[0].Message
	}
}

// atOnce sends three requests between which no time passes that counts.
func atOnce(p *probing) string {
	p.world.Clock.Advance(rest)
	for range 3 {
		if code := p.sendNow(p.client, http.MethodPost, "/graphql", `{"query":"{__typename}"}`).Code(); code != "" {
			return code
		}
	}
	return ""
}

// inTurn sends more requests than may come at once, with time between them.
func inTurn(p *probing) string {
	for range 5 {
		if code := p.ask(`{__typename}`); code != "" {
			return code
		}
	}
	return ""
}

// beside asks while another operation waits for its upstream.
func beside(p *probing) string {
	p.world.Clock.Advance(25 * time.Hour)
	arrived, release, answered := make(chan struct{}, 100), make(chan struct{}), make(chan struct{})
	hold := func(r *http.Request) int {
		if strings.Contains(r.URL.Path, "DeviceAsset") {
			arrived <- struct{}{}
			<-release
		}
		return 0
	}
	p.world.Fails.Store(&hold)
	go func() {
		defer close(answered)
		body := kit.RequestBody(p.t, `{devices(first: 1) {totalCount}}`, "")
		request, err := http.NewRequest(http.MethodPost, p.Server.URL+"/graphql", strings.NewReader(body))
		if err != nil {
			return
		}
		request.Header.Set("Content-Type", "application/json")
		if response, err := p.Client.RoundTrip(request); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
	}()
	<-arrived
	code := p.ask(`{__typename}`)
	close(release)
	<-answered
	p.world.Fails.Store(nil)
	return code
}

// onSocket sends messages on a WebSocket of its own, and returns how it is answered: its close code, the types of the
// messages that come, or nothing.
func onSocket(messages ...string) func(*probing) string {
	return func(p *probing) string {
		p.t.Helper()
		p.world.Clock.Advance(rest)
		ctx, cancel := context.WithTimeout(p.t.Context(), testkit.Patience)
		defer cancel()
		pinged := make(chan struct{}, 100)
		listening, stop := context.WithTimeout(ctx, quiet)
		if p.patient {
			listening, stop = context.WithCancel(ctx)
		}
		defer stop()
		conn, response, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(p.Server.URL, "http")+"/graphql", //nolint:bodyclose // of a connection that stays
			&websocket.DialOptions{
				Subprotocols: []string{"graphql-transport-ws"},
				OnPingReceived: func(context.Context, []byte) bool {
					pinged <- struct{}{}
					stop()
					return true
				},
			})
		if err != nil {
			p.t.Fatalf("%v: %v", err, response)
		}
		defer func() { _ = conn.CloseNow() }()
		for _, message := range messages {
			if conn.Write(ctx, websocket.MessageText, []byte(message)) != nil {
				break // what was read tells why
			}
		}
		return heard(listening, conn, pinged)
	}
}

// heard is what comes on a socket until it is quiet or closed.
func heard(ctx context.Context, conn *websocket.Conn, pinged <-chan struct{}) string {
	var types []string
	for {
		_, text, err := conn.Read(ctx)
		var m kit.Message
		switch {
		case err == nil && json.Unmarshal(text, &m) == nil:
			if types = append(types, m.Type); m.Type == "next" || m.Type == "error" {
				return strings.Join(types, " ")
			}
			continue
		case websocket.CloseStatus(err) >= 0:
			return fmt.Sprint("closed with ", int(websocket.CloseStatus(err)))
		case len(pinged) > 0:
			return "pinged"
		default:
			return strings.Join(types, " ")
		}
	}
}
