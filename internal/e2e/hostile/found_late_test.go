package hostile

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestFound_D2_NothingLate has fields that go on when their time is up, as work in memory does: what is ready after the
// deadline is no 200 but a time-out, on every transport; and a mutation says that it may have been carried out.
func TestFound_D2_NothingLate(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, func(options *kit.SiteOptions) { options.Deadline = 200 * time.Millisecond })
	for document, retryable := range map[string]bool{`{ late }`: true, `mutation { late }`: false} {
		got := s.Query(t, document, "")
		if got.Status != http.StatusGatewayTimeout || got.Code() != "REQUEST_TIMEOUT" || len(got.Body.Data) > 0 ||
			got.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %d %v %s", document, got.Status, got.Header, got.Raw)
		}
		if len(got.Body.Errors) != 1 || got.Body.Errors[0].Extensions["retryable"] != retryable {
			t.Errorf("%s: %s, want retryable %v", document, got.Raw, retryable)
		}
		socket := kit.OpenSocket(t, s.URL, "")
		socket.Subscribe("1", document)
		if m := socket.Receive(); m.Type != "error" || m.Code() != "REQUEST_TIMEOUT" {
			t.Errorf("%s on a WebSocket: %+v", document, m)
		}
	}
}

// TestFound_D2_TimeFromArrival has the body of a request come when its time is up already: the deadline counts from the
// arrival of the request and not from when it was read.
func TestFound_D2_TimeFromArrival(t *testing.T) {
	t.Parallel()
	const limit = 200 * time.Millisecond
	arrived := make(chan struct{}, 1)
	s := kit.NewSite(t, func(options *kit.SiteOptions) {
		options.Deadline = limit
		options.Transport.Admit = func(r *http.Request) (context.Context, *gqlerror.Error) {
			arrived <- struct{}{}
			return r.Context(), nil
		}
	})
	connection := dial(t, s)
	const body = `{"query":"{ __typename }"}`
	if _, err := fmt.Fprintf(connection, "POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"+
		"Accept: application/graphql-response+json\r\nContent-Length: %d\r\n\r\n", len(body)); err != nil {
		t.Fatal(err)
	}
	<-arrived
	<-time.After(limit)
	if _, err := io.WriteString(connection, body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		t.Fatal(err)
	}
	got := kit.ReadReply(t, response)
	if got.Status != http.StatusGatewayTimeout || got.Code() != "REQUEST_TIMEOUT" {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
	s.Probe(t)
}
