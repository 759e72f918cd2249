package hostile

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestStartsOfOperations bounds what begins on a WebSocket in a second, by its own setting.
func TestStartsOfOperations(t *testing.T) {
	t.Parallel()
	s := liveSite(t, func(o *streams.Options) { o.Starts = 3 })
	c := kit.OpenSocket(t, s.URL, "")
	for i := range 30 {
		c.Subscribe(fmt.Sprint(i), `{ __typename }`)
	}
	c.WantClosed(4429)
	wantNoneLeft(t, s)
}

// TestConnectionsAreCounted counts each connection when it opens and when it ends.
func TestConnectionsAreCounted(t *testing.T) {
	t.Parallel()
	var sockets, eventStreams atomic.Int64
	s := liveSite(t, func(o *streams.Options) {
		o.Opened = func(kind string) func() {
			count := map[string]*atomic.Int64{"websocket": &sockets, "event_stream": &eventStreams}[kind]
			count.Add(1)
			return func() { count.Add(-1) }
		}
	})
	first, second := kit.OpenSocket(t, s.URL, ""), kit.OpenSocket(t, s.URL, "")
	stream := openStream(t, s, `subscription { other }`, nil)
	if sockets.Load() != 2 || eventStreams.Load() != 1 {
		t.Errorf("%d sockets, %d streams", sockets.Load(), eventStreams.Load())
	}
	_, _ = first.Conn.CloseNow(), second.Conn.CloseNow()
	_ = stream.response.Body.Close()
	testkit.Eventually(t, "ends are not reported", func() bool { return sockets.Load() == 0 && eventStreams.Load() == 0 })
}

// TestSocketRefusedForNow: a refusal that may pass closes the WebSocket so that its client comes back.
func TestSocketRefusedForNow(t *testing.T) {
	t.Parallel()
	s := kit.NewSite(t, func(o *kit.SiteOptions) {
		o.Transport.Admit = func(*http.Request) (context.Context, *gqlerror.Error) {
			return nil, &gqlerror.Error{Message: "Later.", Extensions: map[string]any{"code": "OVERLOADED", "retryable": true}}
		}
	})
	c := kit.OpenSocket(t, s.URL, "none")
	c.Send(`{"type":"connection_init"}`)
	c.WantClosed(1013)
}
