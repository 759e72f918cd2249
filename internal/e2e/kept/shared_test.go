package kept

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestKept_neverForAnotherTenant asks the very same bytes as two tenants, in both scopes.
func TestKept_neverForAnotherTenant(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"domain", "token"} {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			n := kit.NewTenants(t, kit.WorldSettings{})
			r := n.Passthrough(t, aDay, "OPSGRAPH_AUTH_SCOPE="+scope)
			for range 4 {
				kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
				kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.B.Header()), n.B, n.A)
			}
			if got := counts(t, r); got["hit_text"] < 4 || got["hit_text"]+got["miss"] != 8 {
				t.Errorf("kept answers: %v", got)
			}
			// The same token without its domain id, or with that of the other, is another caller.
			before := counts(t, r)["hit_text"]
			r.Ask(t, kit.EveryHost, "", http.Header{"X-Auth-Token": {n.A.Token}})
			mixed := http.Header{"X-Auth-Token": {n.A.Token}, "X-Hcso-Domain-Id": {n.B.Account.DomainID}}
			kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", mixed), http.StatusForbidden, "FORBIDDEN")
			if got := counts(t, r)["hit_text"]; got != before {
				t.Errorf("%d answers were given to another caller", got-before)
			}
			// Another token of the same tenant gets what is kept only where the scope is the domain.
			second := http.Header{"X-Auth-Token": {n.Login(t, n.A.Account)}, "X-Hcso-Domain-Id": {n.A.Account.DomainID}}
			kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", second), n.A, n.B)
			if shares := counts(t, r)["hit_text"] > before; shares != (scope == "domain") {
				t.Errorf("another token of the tenant gets a kept answer: %v", shares)
			}
		})
	}
}

// TestKept_notWithARevokedToken ends the acceptance of a token while an answer is kept for its tenant.
func TestKept_notWithARevokedToken(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, aDay)
	for range 3 {
		kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), n.A, n.B)
	}
	before := counts(t, r)["hit_text"]
	n.Revoke(t, n.A)
	n.Clock.Advance(time.Minute)
	kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", n.A.Header()), http.StatusUnauthorized, "UNAUTHENTICATED")
	kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", http.Header{"X-Auth-Token": {"nobody's"}}),
		http.StatusUnauthorized, "UNAUTHENTICATED")
	if got := counts(t, r)["hit_text"]; before == 0 || got != before {
		t.Errorf("%d answers were given before, %d after", before, got)
	}
}

// TestKept_countsForRates: who gets kept answers has sent requests all the same.
func TestKept_countsForRates(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := w.StartGateway(t, "", "OPSGRAPH_CALLERS_RATE=0.001", "OPSGRAPH_CALLERS_BURST=5")
	for n := range 7 {
		got := r.Ask(t, `{ __typename }`, "", nil)
		if refused := got.Code() == "RATE_LIMITED"; refused != (n >= 5) {
			t.Errorf("request %d: %d %s", n, got.Status, got.Raw)
		}
	}
	wantCounts(t, r, map[string]int{"miss": 1, "hit_text": 4})
}

// TestKept_dropsWhenAnotherReplicaTells has one replica poll for a subscriber, and the other keep an answer that the
// change makes wrong.
func TestKept_dropsWhenAnotherReplicaTells(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	redis := redistest.Start(t)
	// Fresh long enough for a second query on a busy machine: what is stale is not kept.
	settings := append(kit.WithRedis(redis), "OPSGRAPH_AGES_ALARMS_FRESH=1s")
	polls := w.StartLive(t, settings...)
	keeps := w.StartLive(t, settings...)
	const document = `{ alarms(first: 500, filter: {sources: [DEVICE]}) { nodes { csn } } }`
	first := polls.Follow(t, kit.AlarmSubscription, "")
	second := keeps.Follow(t, kit.AlarmSubscription, "")
	w.Baseline(t)
	known := w.Raise(t)
	first.WantAlarm("RAISED", known)
	second.WantAlarm("RAISED", known)
	testkit.Eventually(t, "no answer is kept", func() bool {
		got := keeps.Ask(t, document, "", nil)
		if !strings.Contains(got.Raw, known) {
			t.Fatalf("a query after the event lacks its alarm: %.300s", got.Raw)
		}
		return counts(t, keeps)["hit_text"] > 0
	})
	for range 5 {
		raised := w.Raise(t)
		second.WantAlarm("RAISED", raised)
		if got := keeps.Ask(t, document, "", nil); !strings.Contains(got.Raw, raised) {
			t.Fatalf("a query after the event lacks its alarm: %.300s", got.Raw)
		}
	}
}

// gate holds the calls of an upstream until it is opened.
func gate(t *testing.T, w *kit.World) (open func()) {
	t.Helper()
	closed := make(chan struct{})
	var once sync.Once
	open = func() { once.Do(func() { close(closed) }) }
	t.Cleanup(open)
	hold := func(http.Header) bool {
		<-closed
		return false
	}
	w.Refuses.Store(&hold)
	return open
}

// TestShared_oneExecution has many ask the same while the upstream takes its time.
func TestShared_oneExecution(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay)
	const others = 20
	const document = `{ devices(first: 3) { nodes { deviceId } totalCount } }`
	open := gate(t, w)
	var asking sync.WaitGroup
	var answers sync.Map
	for n := range 1 + others {
		asking.Go(func() {
			id := fmt.Sprintf("request-%d", n)
			got := r.Ask(t, document, "", http.Header{"X-Request-Id": {id}})
			if got.Status != 200 || got.Header.Get("X-Request-Id") != id || len(got.Body.Errors) > 0 {
				t.Errorf("%d %v: %.300s", got.Status, got.Header, got.Raw)
			}
			answers.Store(got.Raw, true)
		})
	}
	testkit.Eventually(t, "they don't wait", func() bool {
		return r.Metric(t, "opsgraph_http_requests_active") == 1+others && w.Flying.Load() == 0 && len(w.Arrived()) > 0
	})
	settled(t, r, 1)
	open()
	asking.Wait()
	different := 0
	answers.Range(func(any, any) bool { different++; return true })
	if different != 1 {
		t.Errorf("%d different answers", different)
	}
	got := counts(t, r)
	if got["miss"] != 1 || got["shared"]+got["hit_text"] != others {
		t.Errorf("kept answers: %v", got)
	}
	const all = `opsgraph_graphql_operations_total{code="",outcome="ok",type="query"}`
	if got := r.Metric(t, all); got != 2+others { // with that of start
		t.Errorf("%v operations counted", got)
	}
}

// settled waits until so many queries are executed.
func settled(t *testing.T, r *kit.Replica, executed int) {
	t.Helper()
	testkit.Eventually(t, "no query is executed", func() bool { return counts(t, r)["miss"] == executed })
}

// TestShared_errorsHaveTheirOwnRequest: an answer with an error is shared as well, and each says its own request.
func TestShared_errorsHaveTheirOwnRequest(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay)
	const document = `{ hosts(first: 1) { totalCount } sharedScreen(shareId: "none") { __typename } }`
	w.Steer(t, http.MethodPut, "faults", []map[string]any{{"operation": "getScreenData", "kind": "status", "status": 400}})
	open := gate(t, w)
	var asking sync.WaitGroup
	for n := range 10 {
		asking.Go(func() {
			id := fmt.Sprintf("request-%d", n)
			got := r.Ask(t, document, "", http.Header{"X-Request-Id": {id}})
			if len(got.Body.Errors) != 1 || got.Body.Errors[0].Extensions["requestId"] != id {
				t.Errorf("%s: %s", id, got.Raw)
			}
		})
	}
	testkit.Eventually(t, "they don't wait", func() bool {
		return r.Metric(t, "opsgraph_http_requests_active") == 10
	})
	settled(t, r, 1)
	open()
	asking.Wait()
	if got := counts(t, r); got["miss"]+got["shared"] != 10 || got["shared"] == 0 || got["hit_text"] > 0 {
		t.Errorf("kept answers: %v", got)
	}
}

// TestShared_goesOnWithoutWhoBeganIt: the client whose request is executed leaves, and the other gets its answer.
// Whether the other waits by then can't be seen from outside: where it came too late it was executed itself, and it is
// tried again.
func TestShared_goesOnWithoutWhoBeganIt(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{})
	r := start(t, w, aDay)
	tried := 0
	testkit.Eventually(t, "no execution went on for the second", func() bool {
		tried++
		before := counts(t, r)
		leaveAndWait(t, w, r, fmt.Sprintf(`{ hosts(first: %d) { nodes { machines: virtualMachines { totalCount } } } }`, tried))
		after := counts(t, r)
		return after["miss"] == before["miss"]+1 && after["shared"] == before["shared"]+1
	})
}

// leaveAndWait has two clients ask the same, of whom the first leaves while the upstream takes its time.
func leaveAndWait(t *testing.T, w *kit.World, r *kit.Replica, document string) {
	t.Helper()
	body := kit.RequestBody(t, document, "")
	var asking sync.WaitGroup
	defer asking.Wait()
	open := gate(t, w)
	defer open()
	executed := counts(t, r)["miss"]
	first, leave := context.WithCancel(t.Context())
	defer leave()
	asking.Go(func() {
		request, err := http.NewRequestWithContext(first, http.MethodPost, r.Server.URL+"/graphql", strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Accept", "application/graphql-response+json")
		if response, err := r.Client.RoundTrip(request); err == nil {
			_ = response.Body.Close()
			t.Error("the first one did not leave")
		}
	})
	settled(t, r, executed+1)
	asking.Go(func() {
		got := kit.ReadReply(t, r.Post(t, body, nil)) //nolint:bodyclose // ReadReply closes it
		if got.Status != 200 || len(got.Body.Errors) > 0 {
			t.Errorf("%d %s", got.Status, got.Raw)
		}
	})
	testkit.Eventually(t, "the second does not wait", func() bool {
		return r.Metric(t, "opsgraph_http_requests_active") == 2
	})
	leave()
	open()
}

// TestShared_refusedTokenIsItsOwn has the upstream refuse one token in the middle of an execution that another waits
// for: only its own caller hears of it.
func TestShared_refusedTokenIsItsOwn(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, aDay)
	second := http.Header{"X-Auth-Token": {n.Login(t, n.A.Account)}, "X-Hcso-Domain-Id": {n.A.Account.DomainID}}
	const admitted = `{ __typename }`
	r.Ask(t, admitted, "", n.A.Header())
	r.Ask(t, admitted, "", second)
	closed := make(chan struct{})
	release := sync.OnceFunc(func() { close(closed) })
	t.Cleanup(release)
	var refused atomic.Int64
	hold := func(header http.Header) bool {
		if header.Get("X-Auth-Token") != n.A.Token {
			return false
		}
		<-closed
		refused.Add(1)
		return true
	}
	n.Refuses.Store(&hold)
	var asking sync.WaitGroup
	asking.Go(func() {
		if got := r.Ask(t, kit.EveryHost, "", n.A.Header()); got.Code() != "UNAUTHENTICATED" {
			t.Errorf("the refused one: %d %.300s", got.Status, got.Raw)
		}
	})
	settled(t, r, 2) // with the one that asked for __typename
	asking.Go(func() { kit.WantOwn(t, r.Ask(t, kit.EveryHost, "", second), n.A, n.B) })
	testkit.Eventually(t, "the second does not wait", func() bool {
		return r.Metric(t, "opsgraph_http_requests_active") == 2
	})
	release()
	asking.Wait()
	if refused.Load() == 0 {
		t.Error("the upstream refused nothing")
	}
}
