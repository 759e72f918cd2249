package reload

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// follower follows alarms over a WebSocket and an event stream as one caller.
type follower struct {
	t      *testing.T
	socket *kit.Socket
	stream *kit.EventReader
}

func follow(t *testing.T, r *kit.Replica, header http.Header) *follower {
	t.Helper()
	socket := kit.OpenSocket(t, r.Server.URL+"/graphql", `{"Authorization":"`+header.Get("Authorization")+`"}`)
	socket.Subscribe("follow", kit.AlarmSubscription)
	return &follower{t, socket, r.FollowAs(t, kit.AlarmSubscription, header)}
}

// wantNext is what comes next over both connections: the alarm, which nothing came before.
func (f *follower) wantNext(what, csn string) {
	f.t.Helper()
	f.stream.WantAlarm("RAISED", csn)
	m := f.socket.Receive()
	var answer kit.LiveAnswer
	if err := json.Unmarshal(m.Payload, &answer); err != nil || answer.Event().Alarm == nil ||
		answer.Event().Alarm.Csn != csn {
		f.t.Fatalf("%s: the socket got %s %s, want %s", what, m.Type, m.Payload, csn)
	}
}

// wantEnded is the end of a caller who may no longer ask.
func (f *follower) wantEnded() {
	f.t.Helper()
	if m := f.socket.Receive(); m.Type != "error" || m.ID != "follow" || m.Code() != "UNAUTHENTICATED" {
		f.t.Errorf("the socket got %s %s", m.Type, m.Payload)
	}
	f.socket.WantClosed(4403)
	answer, ok := f.stream.Next()
	if !ok || len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
		f.t.Errorf("the event stream got %+v, %v", answer, ok)
	}
	if answer, ok = f.stream.Next(); ok {
		f.t.Errorf("the event stream went on: %+v", answer)
	}
}

// keysOf is a set of the keys of several signers.
func keysOf(t *testing.T, signers ...signer) []byte {
	t.Helper()
	var all jose.JSONWebKeySet
	for _, s := range signers {
		all.Keys = append(all.Keys, jose.JSONWebKey{Key: s.key.Public(), KeyID: "k", Use: "sig"})
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestFollowed changes what can be changed under subscriptions of two callers, who are admitted again all the while.
// They hear of each alarm once, over the connections that they opened first. A document that is no longer trusted ends
// none that follows it, and begins none; a caller whose key is withdrawn is ended, and the other one goes on.
func TestFollowed(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	clock := testkit.NewClock(w.GatewayNow())
	clock.Run()
	w.GatewayNow = clock.Now
	first, second := newSigner(t), newSigner(t)
	i := newIssuerOf(t, w, first, w.StartLive, "OPSGRAPH_LIVE_ADMIT_EVERY=50ms")
	i.give(keysOf(t, first, second))
	old, stays := follow(t, i.Replica, first.bearer(clock.Now())), follow(t, i.Replica, second.bearer(clock.Now()))
	w.Baseline(t)
	wantFollowed := func(what string) {
		t.Helper()
		csn := w.Raise(t)
		old.wantNext(what, csn)
		stays.wantNext(what, csn)
	}
	wantFollowed("at the start")
	var rotated atomic.Bool
	refuses := func(header http.Header) bool { // the upstream rotates its AppCode, of which the simulator knows one
		isNew := header.Get("X-Apig-Appcode") == "second"
		for name, codes := range header {
			if strings.HasSuffix(name, "Appcode") && codes[0] == "second" {
				header.Set(name, simulator.DemoAppCode)
			}
		}
		return !isNew && rotated.Load() && header.Get("X-Apig-Appcode") != ""
	}
	w.Refuses.Store(&refuses)
	manifest := filepath.Join(t.TempDir(), "manifest.json")
	trust := func(document string) {
		t.Helper()
		text, err := json.Marshal(map[string]string{"one": document})
		if err == nil {
			err = os.WriteFile(manifest, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	trust(kit.AlarmSubscription)
	for _, step := range []struct {
		what   string
		change func(*config.Config)
	}{
		{"a secret", func(c *config.Config) { c.ESM.AppCode = "second" }},
		{"limits", func(c *config.Config) { c.Limits.Depth, c.Limits.SocketOperations, c.Limits.Cost = 1, 1, 1 }},
		{"limits taken back", func(c *config.Config) { c.Limits.Depth, c.Limits.Cost = 10, 1000 }},
		{"trusted documents", func(c *config.Config) {
			c.Persisted.ManifestFile, c.Persisted.OnlyTrusted = manifest, true
		}},
		{"a withdrawn document", func(*config.Config) { trust(`{ __typename }`) }},
	} {
		prepared(t, i.Replica, step.change)
		rotated.Store(true)
		wantFollowed(step.what)
	}
	if got := i.Ask(t, kit.AlarmSubscription, "", second.bearer(clock.Now())); got.Code() != "PERSISTED_QUERY_REQUIRED" {
		t.Errorf("a withdrawn document begins: %s", got.Raw)
	}
	stays.socket.Subscribe("late", kit.AlarmSubscription)
	if m := stays.socket.Receive(); m.ID != "late" || m.Code() != "PERSISTED_QUERY_REQUIRED" {
		t.Errorf("a withdrawn document begins on a socket: %s %s", m.Type, m.Payload)
	}
	clock.Advance(time.Minute)
	i.Gateway.RenewKeys()
	wantFollowed("keys that are renewed")

	i.give(second.set(t))
	clock.Advance(time.Minute)
	i.Gateway.RenewKeys()
	old.wantEnded()
	stays.wantNext("a key that is withdrawn", w.Raise(t))
}
