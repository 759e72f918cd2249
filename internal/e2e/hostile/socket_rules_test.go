package hostile

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/guard"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestHostile_socket_sameRules proves that an operation is refused with the code that a plain request gets.
func TestHostile_socket_sameRules_H132_H133(t *testing.T) {
	t.Parallel()
	limits := guard.DefaultLimits()
	limits.Tokens = 200
	s := kit.NewSite(t, func(o *kit.SiteOptions) { o.NoIntrospection, o.Limits = true, limits })
	c := kit.OpenSocket(t, s.URL, "")
	for name, document := range map[string]string{
		"H-132 introspection": `{ __schema { __typename } }`,
		"H-132 aliases":       `{` + manyAliases(51) + `}`,
		"H-132 depth": `{ cluster(id: 1) ` + strings.Repeat(`{ parent `, 20) + `{ id }` + strings.Repeat(`}`, 20) +
			`}`,
		"H-132 tokens":          `{` + strings.Repeat(` __typename`, 300) + `}`,
		"H-132 unknown field":   `{ nothing }`,
		"H-132 no document":     `{`,
		"H-132 argument":        `{ clusters(first: 501) { id } }`,
		"H-132 of subscription": `subscription { nothing }`,
		"H-132 two fields":      `subscription { ticks other }`,
		"H-133 mutation":        `mutation { touch(note: 5) }`,
	} {
		want := s.Query(t, document, "").Code()
		c.Subscribe("a", document)
		if m := c.Receive(); m.Type != "error" || m.ID != "a" || m.Code() != want || want == "" {
			t.Errorf("%s: got %s %q, want %q: %.200s", name, m.Type, m.Code(), want, m.Payload)
		}
	}
	if calls := s.Schema.Calls.Load(); calls != 0 {
		t.Errorf("%d fields were resolved", calls)
	}
	c.Subscribe("b", `mutation { touch }`)
	if m := c.Receive(); m.Type != "next" {
		t.Errorf("H-133 mutation that a plain request may send: %+v", m)
	}
}

func manyAliases(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d: __typename", i)
	}
	return b.String()
}

// TestHostile_expired_H134 proves that a caller who is no longer admitted gets an error and is cut, on both kinds of
// connection.
func TestHostile_expired_H134(t *testing.T) {
	t.Parallel()
	var expired atomic.Bool
	var token atomic.Value
	s := kit.NewSite(t, func(o *kit.SiteOptions) {
		o.Live.AdmitEvery = 20 * time.Millisecond
		o.Transport.Admit = func(r *http.Request) (context.Context, *gqlerror.Error) {
			token.Store(r.Header.Get("X-Auth-Token"))
			if expired.Load() || r.Header.Get("X-Auth-Token") == "" {
				return nil,
					&gqlerror.Error{Message: "The token is not accepted.", Extensions: map[string]any{"code": "UNAUTHENTICATED"}}
			}
			return r.Context(), nil
		}
	})
	none := kit.OpenSocket(t, s.URL, "none")
	none.Send(`{"type":"connection_init"}`)
	none.WantClosed(4403)
	c := kit.OpenSocket(t, s.URL, `{"x-auth-token":"CANARY-token","Host":"evil","Cookie":"a=b"}`)
	c.Subscribe("a", `subscription { other }`)
	events := openStream(t, s, `subscription { other }`, map[string]string{"X-Auth-Token": "CANARY-token"})
	testkit.Eventually(t, "not begun", func() bool { return s.Schema.Subscribed.Load() == 2 })
	if token.Load() != "CANARY-token" {
		t.Errorf("admitted with %v", token.Load())
	}
	expired.Store(true)
	if m := c.Receive(); m.Type != "error" || m.Code() != "UNAUTHENTICATED" {
		t.Errorf("got %+v", m)
	}
	c.WantClosed(4403)
	if text := events.rest(t); !strings.Contains(text, "UNAUTHENTICATED") ||
		!strings.HasSuffix(text, "event: complete\ndata:\n\n") {
		t.Errorf("event stream: %s", text)
	}
	wantNoneLeft(t, s)
	if strings.Contains(s.Log.String(), "CANARY") {
		t.Error("the log has the token")
	}
}

func TestHostile_socket_subprotocol_H137(t *testing.T) {
	t.Parallel()
	s := liveSite(t, nil)
	for _, protocols := range [][]string{nil, {"graphql-ws"}, {"graphql-ws", "mqtt"}} {
		c, _, err := kit.DialSocket(t, s.URL, nil, protocols...) //nolint:bodyclose // of an upgrade, which has none
		if err != nil {
			t.Fatal(err)
		}
		c.WantClosed(4406)
	}
	wantNoneLeft(t, s)
}

func TestSocketEndsWithTheGateway_F66(t *testing.T) {
	t.Parallel()
	s := liveSite(t, nil)
	c, early := kit.OpenSocket(t, s.URL, ""), kit.OpenSocket(t, s.URL, "none")
	c.Subscribe("a", `subscription { other }`)
	stream := openStream(t, s, `subscription { other }`, nil)
	testkit.Eventually(t, "not begun", func() bool { return s.Schema.Subscribed.Load() == 2 })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
		defer cancel()
		if err := s.Live.End(ctx); err != nil {
			t.Errorf("connections are left: %v", err)
		}
	}()
	early.WantClosed(1001)
	c.WantClosed(1001)
	if text := stream.rest(t); strings.Contains(text, "complete") {
		t.Errorf("a stream that its client should take up again is complete: %s", text)
	}
	<-ended
	if _, response, err := kit.DialSocket(t, s.URL, nil, "graphql-transport-ws"); response == nil || //nolint:bodyclose // closed by the client
		response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("connected to a gateway that stops: %v", err)
	}
}
