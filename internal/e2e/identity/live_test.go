package identity

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// liveTenants is an upstream of two tenants for gateways whose clock runs.
func liveTenants(t *testing.T) *kit.Tenants {
	t.Helper()
	n := kit.NewTenants(t, kit.WorldSettings{Hosts: 3, Regions: 2, Quota: string(simulator.QuotaOff)})
	began := time.Now()
	n.GatewayNow = func() time.Time { return n.Settings.Clock.Add(time.Since(began)) }
	return n
}

// live runs a gateway that polls often, for callers who bring their tokens.
func live(t *testing.T, n *kit.Tenants, environ ...string) *kit.Replica {
	t.Helper()
	return n.StartLive(t, append([]string{"OPSGRAPH_AUTH_MODE=passthrough"}, environ...)...)
}

// raiseOf raises an alarm that a tenant alone sees.
func raiseOf(t *testing.T, n *kit.Tenants, who *kit.Tenant) string {
	t.Helper()
	return n.Change(t,
		fmt.Sprintf(`{"domainId":%q,"raiseAlarm":{"source":"DEVICE","severity":1,"name":"x"}}`, who.Account.DomainID))
}

// openAs opens a WebSocket with the headers of a caller in its first message.
func openAs(t *testing.T, r *kit.Replica, header http.Header) *kit.Socket {
	t.Helper()
	payload := map[string]string{}
	for name := range header {
		payload[name] = header.Get(name)
	}
	text, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return kit.OpenSocket(t, r.Server.URL+"/graphql", string(text))
}

// wantRaised is the next message of a socket, which must be an alarm that was raised.
func wantRaised(s *kit.Socket, csn string) {
	s.T.Helper()
	m := s.Receive()
	var answer kit.LiveAnswer
	if err := json.Unmarshal(m.Payload, &answer); err != nil || answer.Event().Kind != "RAISED" ||
		answer.Event().Alarm.Csn != csn {
		s.T.Fatalf("got %s %s, want %s", m.Type, m.Payload, csn)
	}
}

// alarmCalls counts the polls of the followed alarms by the token that they went out with.
func alarmCalls(n *kit.Tenants) map[string]int {
	requests, headers := n.Arrived(), n.SentHeaders()
	counts := map[string]int{}
	for i, request := range requests {
		if strings.Contains(request, "/v1/DeviceAlarm/info") {
			counts[headers[i].Get("X-Auth-Token")]++
		}
	}
	return counts
}

// polledAs waits until the alarms have been polled twice more with a token: present ones are no changes by then.
func polledAs(t *testing.T, n *kit.Tenants, token string) {
	t.Helper()
	want := alarmCalls(n)[token] + 2
	testkit.Eventually(t, "the alarms are not polled with the tenant's token",
		func() bool { return alarmCalls(n)[token] >= want })
}

const deviceAlarms = `subscription { alarmChanges(filter: {sources: [DEVICE]}) { eventId kind missed alarm { csn } } }`

// TestLiveTenants has two tenants follow the same alarms and the same job, at one replica and at two: each gets its own
// changes, and the polls for it go out with its own token.
func TestLiveTenants(t *testing.T) {
	t.Parallel()
	for _, replicas := range []int{1, 2} {
		t.Run(fmt.Sprintf("%d replicas", replicas), func(t *testing.T) {
			t.Parallel()
			n := liveTenants(t)
			environ := kit.WithRedis(redistest.Start(t))
			first := live(t, n, environ...)
			second := first
			if replicas == 2 {
				second = live(t, n, environ...)
			}
			stream := first.FollowAs(t, deviceAlarms, n.A.Header())
			other := second.FollowAs(t, deviceAlarms, n.A.Header())
			socket := openAs(t, second, n.B.Header())
			socket.Subscribe("b", deviceAlarms)
			polledAs(t, n, n.A.Token)
			polledAs(t, n, n.B.Token)
			ofA := raiseOf(t, n, n.A)
			stream.WantAlarm("RAISED", ofA)
			other.WantAlarm("RAISED", ofA)
			ofB := raiseOf(t, n, n.B)
			wantRaised(socket, ofB)
			again := raiseOf(t, n, n.A)
			stream.WantAlarm("RAISED", again)
			other.WantAlarm("RAISED", again)

			started := first.Ask(t, `mutation {createMeterJob(input: {domainId: "shared"}) {meterJob {jobId}}}`, "",
				n.A.Header())
			var data struct {
				CreateMeterJob struct{ MeterJob struct{ JobID string } }
			}
			if err := json.Unmarshal(started.Body.Data, &data); err != nil || data.CreateMeterJob.MeterJob.JobID == "" {
				t.Fatalf("%v: %s", err, started.Raw)
			}
			job := fmt.Sprintf(`subscription { meterJob(jobId: %q, domainId: "shared") { eventId kind status progress } }`,
				data.CreateMeterJob.MeterJob.JobID)
			if got := first.FollowAs(t, job, n.A.Header()).WantEvent(); got.Status != "PENDING" {
				t.Errorf("the own job: %+v", got)
			}
			socket.Subscribe("job", job)
			if m := socket.Receive(); m.ID != "job" || m.Code() != "NOT_FOUND" {
				t.Errorf("another tenant's job: %+v", m)
			}
			for i, header := range n.SentHeaders() {
				domain, token := header.Get("X-Hcso-Domainid"), header.Get("X-Auth-Token")
				if token != n.A.Token && token != n.B.Token || (domain == n.A.Account.DomainID) != (token == n.A.Token) {
					t.Fatalf("%s went out for %s with a token that is not its own", n.Arrived()[i], domain)
				}
			}
		})
	}
}

// TestLiveRevoked has a tenant's tokens revoked: its connections get an error and end when the acceptance does, and
// nothing is polled with its token any more. The other tenant goes on.
func TestLiveRevoked(t *testing.T) {
	t.Parallel()
	n := liveTenants(t)
	r := live(t, n, "OPSGRAPH_AUTH_ACCEPTED_FOR=2s")
	stream := r.FollowAs(t, deviceAlarms, n.A.Header())
	socket := openAs(t, r, n.A.Header())
	socket.Subscribe("a", deviceAlarms)
	other := r.FollowAs(t, deviceAlarms, n.B.Header())
	polledAs(t, n, n.A.Token)
	polledAs(t, n, n.B.Token)
	n.Revoke(t, n.A)
	if m := socket.Receive(); m.Type != "error" || m.Code() != "UNAUTHENTICATED" {
		t.Errorf("socket: %s %s", m.Type, m.Payload)
	}
	socket.WantClosed(4403)
	answer, ok := stream.Next()
	if !ok || len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
		t.Errorf("event stream: %+v, %v", answer, ok)
	}
	if answer, ok = stream.Next(); ok {
		t.Errorf("event stream after its end: %+v", answer)
	}
	calls := alarmCalls(n)[n.A.Token]
	polledAs(t, n, n.B.Token)
	polledAs(t, n, n.B.Token)
	if got := alarmCalls(n)[n.A.Token]; got != calls {
		t.Errorf("%d more polls with the revoked token", got-calls)
	}
	other.WantAlarm("RAISED", raiseOf(t, n, n.B))
}

// TestLiveAnotherCaller has the upstream refuse the token of the latest follower: the poll goes on at once with that of
// another follower of the tenant, and never with the refused one again.
func TestLiveAnotherCaller(t *testing.T) {
	t.Parallel()
	n := liveTenants(t)
	r := live(t, n)
	stays := r.FollowAs(t, deviceAlarms, n.A.Header())
	polledAs(t, n, n.A.Token)
	late := *n.A
	late.Token = n.Login(t, n.A.Account)
	socket := openAs(t, r, late.Header())
	socket.Subscribe("late", deviceAlarms)
	polledAs(t, n, late.Token)
	refuses := func(header http.Header) bool { return header.Get("X-Auth-Token") == late.Token }
	n.Refuses.Store(&refuses)
	polledAs(t, n, n.A.Token)
	calls := alarmCalls(n)[late.Token]
	csn := raiseOf(t, n, n.A)
	stays.WantAlarm("RAISED", csn)
	polledAs(t, n, n.A.Token)
	if got := alarmCalls(n)[late.Token]; got != calls {
		t.Errorf("%d more polls with the refused token", got-calls)
	}
}

// TestLiveBearerEnds has a token of an issuer end while its caller is connected.
func TestLiveBearerEnds(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	i := newIssuer(t, w.Clock)
	r := w.StartLive(t, "OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ISSUER=https://id.example",
		"OPSGRAPH_AUTH_AUDIENCE=opsgraph",
		"OPSGRAPH_AUTH_JWKS_URL="+i.URL+"/keys")
	header := bearer(i.token(t, map[string]any{"exp": w.GatewayNow().Add(5 * time.Second).Unix()}))
	socket := openAs(t, r, header)
	socket.Subscribe("a", deviceAlarms)
	stream := r.FollowAs(t, deviceAlarms, header)
	if m := socket.Receive(); m.Type != "error" || m.Code() != "UNAUTHENTICATED" {
		t.Errorf("socket: %s %s", m.Type, m.Payload)
	}
	socket.WantClosed(4403)
	if answer, ok := stream.Next(); !ok || len(answer.Errors) != 1 ||
		answer.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
		t.Errorf("event stream: %+v, %v", answer, ok)
	}
}

// TestReadmissionIsNoRequest lets a connection be admitted again and again: this does not count as requests of its
// caller, nor as tries of a token.
func TestReadmissionIsNoRequest(t *testing.T) {
	t.Parallel()
	n := liveTenants(t)
	r := live(t, n, "OPSGRAPH_LIVE_ADMIT_EVERY=20ms", "OPSGRAPH_AUTH_ACCEPTED_FOR=200ms", "OPSGRAPH_CALLERS_RATE=0.001",
		"OPSGRAPH_CALLERS_BURST=2",
		"OPSGRAPH_CALLERS_CHECKS=0.001", "OPSGRAPH_CALLERS_CHECK_BURST=2")
	stream := r.FollowAs(t, deviceAlarms, n.A.Header())
	polledAs(t, n, n.A.Token)
	asked := n.Checks()
	testkit.Eventually(t, "the caller is not asked about again", func() bool { return n.Checks() >= asked+4 })
	stream.WantAlarm("RAISED", raiseOf(t, n, n.A))
	if got := r.Ask(t, `{__typename}`, "", n.A.Header()); got.Status != http.StatusOK {
		t.Errorf("the second request: %d %.300s", got.Status, got.Raw)
	}
	kit.WantRefused(t, r.Ask(t, `{__typename}`, "", n.A.Header()), http.StatusTooManyRequests, "RATE_LIMITED")
}

// TestReadmissionDuringAnOutage ends a connection whose caller can't be checked: to come back later, and not as one
// who is refused.
func TestReadmissionDuringAnOutage(t *testing.T) {
	t.Parallel()
	n := liveTenants(t)
	r := live(t, n, "OPSGRAPH_AUTH_ACCEPTED_FOR=2s")
	socket := openAs(t, r, n.A.Header())
	socket.Subscribe("a", deviceAlarms)
	polledAs(t, n, n.A.Token)
	n.Steer(t, http.MethodPut, "faults", []map[string]any{{"kind": "status", "status": 503}})
	if m := socket.Receive(); m.Type != "error" || m.Code() != "UPSTREAM_UNAVAILABLE" {
		t.Errorf("socket: %s %s", m.Type, m.Payload)
	}
	socket.WantClosed(1013)
}
