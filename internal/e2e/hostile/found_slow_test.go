package hostile

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_G7_SlowBody: a body that does not come in time is 408 and may be sent again; one that is cut is 400.
func TestFound_G7_SlowBody(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, func(options *kit.SiteOptions) { options.Wire = slow })
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		accept string
		cut    bool
		status int
		code   string
	}{
		"as JSON":         {"application/json", false, http.StatusRequestTimeout, "BODY_TIMEOUT"},
		"as a response":   {"application/graphql-response+json", false, http.StatusRequestTimeout, "BODY_TIMEOUT"},
		"as events":       {"text/event-stream", false, http.StatusRequestTimeout, "BODY_TIMEOUT"},
		"a body that cut": {"application/json", true, http.StatusBadRequest, "BAD_REQUEST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", target.Host)
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if err := connection.SetDeadline(time.Now().Add(testkit.Patience)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(connection, "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
				"Accept: "+test.accept+"\r\nContent-Length: 100\r\n\r\n{"); err != nil {
				t.Fatal(err)
			}
			if tcp, ok := connection.(*net.TCPConn); ok && test.cut {
				_ = tcp.CloseWrite() // what became of it shows in the answer
			}
			response, err := http.ReadResponse(bufio.NewReader(connection), nil) //nolint:bodyclose // ReadReply closes it
			if err != nil {
				t.Fatal(err)
			}
			got := kit.ReadReply(t, response)
			if got.Status != test.status || got.Code() != test.code ||
				(got.Body.Errors[0].Extensions["retryable"] == true) == test.cut || !strings.Contains(got.Raw, "body") {
				t.Errorf("%d %s", got.Status, got.Raw)
			}
			if !response.Close {
				t.Error("the connection goes on in the middle of a request")
			}
		})
	}
}
