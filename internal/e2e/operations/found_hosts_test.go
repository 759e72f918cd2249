package operations

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// asked is one request to a gateway: its path, the Host that it names, and headers.
type asked struct {
	method, path, host, body string
	header                   map[string]string
}

// ask sends a request to a replica and reads the answer.
func ask(t *testing.T, r *kit.Replica, a asked) *kit.Reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), a.method, r.Server.URL+a.path, strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if a.host != "" {
		request.Host = a.host
	}
	if a.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range a.header {
		request.Header.Set(name, value)
	}
	response, err := r.Client.RoundTrip(request) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		t.Fatal(err)
	}
	return kit.ReadReply(t, response)
}

// TestFound_E1_Hosts sends what a page sends whose name leads to this machine: to its browser the gateway is its own
// site, so that only the Host shows it.
func TestFound_E1_Hosts(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	closed := w.StartGateway(t, "")
	listed := w.StartGateway(t, "", "OPSGRAPH_ALLOWED_HOSTS=Gw.Example,proxy:8443")
	beyond := w.StartGateway(t, "", "OPSGRAPH_LISTEN=0.0.0.0:0", "OPSGRAPH_ALLOW_ANONYMOUS=1")
	for name, test := range map[string]struct {
		r    *kit.Replica
		host string
		want bool
	}{
		"its address":                        {closed, "", true},
		"localhost":                          {closed, "LOCALHOST:8080", true},
		"version 6":                          {closed, "[::1]:8080", true},
		"another address of loopback":        {closed, "127.8.9.1", true},
		"a name that leads here":             {closed, "evil.test:8080", false},
		"a name that begins alike":           {closed, "127.0.0.1.evil.test", false},
		"a name that ends alike":             {closed, "evil-localhost", false},
		"another machine":                    {closed, "192.0.2.1:8080", false},
		"a name that is listed":              {listed, "gw.example:443", true},
		"a name that is listed with a port":  {listed, "PROXY:8443", true},
		"another port of it":                 {listed, "proxy:80", false},
		"loopback stays":                     {listed, "localhost", true},
		"not listed":                         {listed, "evil.test", false},
		"beyond loopback everybody comes in": {beyond, "gw.test:8080", true},
	} {
		t.Run(name, func(t *testing.T) {
			own := map[string]string{"Origin": "http://" + test.host}
			if test.host == "" {
				own = nil
			}
			for _, a := range []asked{
				{http.MethodPost, "/graphql", test.host, `{"query":"{ __typename }"}`, own},
				{http.MethodPost, "/graphql", test.host, `{"query":"mutation { __typename }"}`, own},
				{
					http.MethodGet, "/graphql?query={__typename}", test.host, "",
					map[string]string{"Sec-Fetch-Site": "same-origin", "Accept": "text/event-stream"},
				},
				{http.MethodGet, "/graphql?query={__typename}", test.host, "", map[string]string{"X-Opsgraph-Max-Age": "60"}},
				{http.MethodGet, "/schema.graphql", test.host, "", nil},
				{http.MethodGet, "/healthz", test.host, "", nil},
				{http.MethodGet, "/readyz", test.host, "", nil},
				{http.MethodGet, "/", test.host, "", nil},
			} {
				got := ask(t, test.r, a)
				if test.want != (got.Status < http.StatusBadRequest) {
					t.Errorf("%s %s: %d %.200s", a.method, a.path, got.Status, got.Raw)
				}
				if !test.want && (got.Status != http.StatusMisdirectedRequest || got.Code() != "CSRF_BLOCKED" ||
					!strings.Contains(got.Body.Errors[0].Message, "server.allowed_hosts")) {
					t.Errorf("%s %s: refused with %d %s", a.method, a.path, got.Status, got.Raw)
				}
			}
			want := http.StatusMisdirectedRequest
			if test.want {
				want = http.StatusSwitchingProtocols
			}
			if status := handshake(t, test.r, test.host); status != want {
				t.Errorf("WebSocket: %d, want %d", status, want)
			}
		})
	}
}

// handshake asks for a WebSocket under a Host and returns the status of the answer.
func handshake(t *testing.T, r *kit.Replica, host string) int {
	t.Helper()
	address := strings.TrimPrefix(r.Server.URL, "http://")
	if host == "" {
		host = address
	}
	return rawStatus(t, address, "GET /graphql HTTP/1.1\r\nHost: "+host+"\r\nOrigin: http://"+host+
		"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n")
}

// rawStatus sends bytes on a connection of its own and returns the status of the answer.
func rawStatus(t *testing.T, address, text string) int {
	t.Helper()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, text); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // with the connection
	return response.StatusCode
}

// TestFound_E10_HostOfAWholeURI: a proxy may have judged a request by its Host, which net/http replaces by the URI's.
func TestFound_E10_HostOfAWholeURI(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1})
	address := serve(t, w)
	for name, test := range map[string]struct {
		target, host string
		want         int
	}{
		"the path alone":        {"/healthz", address, http.StatusOK},
		"the same host":         {"http://" + address + "/healthz", address, http.StatusOK},
		"in other letters":      {"http://LOCALHOST/healthz", "localhost", http.StatusOK},
		"with the default port": {"HTTP://localhost:80/healthz", "localhost", http.StatusOK},
		"another host":          {"http://" + address + "/healthz", "localhost", http.StatusBadRequest},
		"another port":          {"http://localhost:81/healthz", "localhost", http.StatusBadRequest},
		"another one's page":    {"http://localhost/healthz", "evil.test", http.StatusBadRequest},
		"an empty host":         {"http://localhost/healthz", "", http.StatusBadRequest},
		"a user before it":      {"http://evil.test@localhost/healthz", "evil.test", http.StatusBadRequest},
	} {
		for _, more := range []string{"", "X-Host: " + strings.Repeat("a", 3000) + "\r\n"} {
			text := fmt.Sprintf("GET %s HTTP/1.1\r\n%sHost: %s\r\nConnection: close\r\n\r\n", test.target, more, test.host)
			if got := rawStatus(t, address, text); got != test.want {
				t.Errorf("%s: %d, want %d", name, got, test.want)
			}
		}
	}
	t.Run("cut into pieces", func(t *testing.T) {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		reader := bufio.NewReader(connection)
		for range 2 { // the second on a kept connection
			if _, err := io.WriteString(connection, "GET http://localhost/healthz HTTP/1.1\r\nHo"); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(connection, "st: localhost\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			response, err := http.ReadResponse(reader, nil)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
				t.Errorf("%d %s, %v", response.StatusCode, text, err)
			}
			_ = response.Body.Close() // read to its end
		}
	})
}
