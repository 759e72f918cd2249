package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// liveTenants is an upstream of two tenants for gateways whose clock runs.
func liveTenants(t *testing.T) *tenants {
	t.Helper()
	n := newTenants(t, worldSettings{Hosts: 3, Regions: 2, Quota: string(simulator.QuotaOff)})
	began := time.Now()
	n.gatewayNow = func() time.Time { return n.settings.Clock.Add(time.Since(began)) }
	return n
}

// live runs a gateway that polls often, for callers who bring their tokens.
func (n *tenants) live(t *testing.T, environ ...string) *replica {
	t.Helper()
	return n.startLive(t, append([]string{"OPSGRAPH_AUTH_MODE=passthrough"}, environ...)...)
}

// raiseOf raises an alarm that a tenant alone sees.
func (n *tenants) raiseOf(t *testing.T, who *tenant) string {
	t.Helper()
	return n.change(t, fmt.Sprintf(`{"domainId":%q,"raiseAlarm":{"source":"DEVICE","severity":1,"name":"x"}}`, who.account.DomainID))
}

// openAs opens a WebSocket with the headers of a caller in its first message.
func (r *replica) openAs(t *testing.T, header http.Header) *socket {
	t.Helper()
	payload := map[string]string{}
	for name := range header {
		payload[name] = header.Get(name)
	}
	text, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return openSocket(t, r.server.URL+"/graphql", string(text))
}

// wantRaised is the next message of a socket, which must be an alarm that was raised.
func (s *socket) wantRaised(csn string) {
	s.t.Helper()
	m := s.hear()
	var answer liveAnswer
	if err := json.Unmarshal(m.Payload, &answer); err != nil || answer.event().Kind != "RAISED" || answer.event().Alarm.Csn != csn {
		s.t.Fatalf("got %s %s, want %s", m.Type, m.Payload, csn)
	}
}

// alarmCalls counts the polls of the followed alarms by the token that they went out with.
func (n *tenants) alarmCalls() map[string]int {
	requests, headers := n.arrived(), n.sentHeaders()
	counts := map[string]int{}
	for i, request := range requests {
		if strings.Contains(request, "/v1/DeviceAlarm/info") {
			counts[headers[i].Get("X-Auth-Token")]++
		}
	}
	return counts
}

// polledAs waits until the alarms have been polled twice more with a token: what is there has been seen by then.
func (n *tenants) polledAs(t *testing.T, token string) {
	t.Helper()
	want := n.alarmCalls()[token] + 2
	testkit.Eventually(t, "the alarms are not polled with the tenant's token", func() bool { return n.alarmCalls()[token] >= want })
}

const deviceAlarms = `subscription { alarmChanges(filter: {sources: [DEVICE]}) { eventId kind missed alarm { csn } } }`

// TestLiveTenants has two tenants follow the same alarms and the same job, at one replica and at two: each gets what is its own, and the
// polls for it go out with its own token.
func TestLiveTenants(t *testing.T) {
	t.Parallel()
	for _, replicas := range []int{1, 2} {
		t.Run(fmt.Sprintf("%d replicas", replicas), func(t *testing.T) {
			t.Parallel()
			n := liveTenants(t)
			environ := withRedis(redistest.Start(t))
			first := n.live(t, environ...)
			second := first
			if replicas == 2 {
				second = n.live(t, environ...)
			}
			stream := first.followAs(t, deviceAlarms, n.a.header())
			other := second.followAs(t, deviceAlarms, n.a.header())
			socket := second.openAs(t, n.b.header())
			socket.subscribe("b", deviceAlarms)
			n.polledAs(t, n.a.token)
			n.polledAs(t, n.b.token)
			ofA := n.raiseOf(t, n.a)
			stream.wantAlarm("RAISED", ofA)
			other.wantAlarm("RAISED", ofA)
			ofB := n.raiseOf(t, n.b)
			socket.wantRaised(ofB)
			again := n.raiseOf(t, n.a)
			stream.wantAlarm("RAISED", again)
			other.wantAlarm("RAISED", again)

			started := first.ask(t, `mutation {createMeterJob(input: {domainId: "shared"}) {meterJob {jobId}}}`, "", n.a.header())
			var data struct {
				CreateMeterJob struct{ MeterJob struct{ JobID string } }
			}
			if err := json.Unmarshal(started.body.Data, &data); err != nil || data.CreateMeterJob.MeterJob.JobID == "" {
				t.Fatalf("%v: %s", err, started.raw)
			}
			job := fmt.Sprintf(`subscription { meterJob(jobId: %q, domainId: "shared") { eventId kind status progress } }`,
				data.CreateMeterJob.MeterJob.JobID)
			if got := first.followAs(t, job, n.a.header()).wantEvent(); got.Status != "PENDING" {
				t.Errorf("the own job: %+v", got)
			}
			socket.subscribe("job", job)
			if m := socket.hear(); m.ID != "job" || m.code() != "NOT_FOUND" {
				t.Errorf("another tenant's job: %+v", m)
			}
			for i, header := range n.sentHeaders() {
				domain, token := header.Get("X-Hcso-Domainid"), header.Get("X-Auth-Token")
				if token != n.a.token && token != n.b.token || (domain == n.a.account.DomainID) != (token == n.a.token) {
					t.Fatalf("%s went out for %s with a token that is not its own", n.arrived()[i], domain)
				}
			}
		})
	}
}

// TestLiveRevoked has a tenant's tokens revoked: its connections are told and end when the acceptance does, and nothing is polled with its
// token any more. The other tenant goes on.
func TestLiveRevoked(t *testing.T) {
	t.Parallel()
	n := liveTenants(t)
	r := n.live(t, "OPSGRAPH_AUTH_ACCEPTED_FOR=2s")
	stream := r.followAs(t, deviceAlarms, n.a.header())
	socket := r.openAs(t, n.a.header())
	socket.subscribe("a", deviceAlarms)
	other := r.followAs(t, deviceAlarms, n.b.header())
	n.polledAs(t, n.a.token)
	n.polledAs(t, n.b.token)
	n.revoke(t, n.a)
	if m := socket.hear(); m.Type != "error" || m.code() != "UNAUTHENTICATED" {
		t.Errorf("socket: %s %s", m.Type, m.Payload)
	}
	socket.wantClosed(4403)
	answer, ok := stream.next()
	if !ok || len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
		t.Errorf("event stream: %+v, %v", answer, ok)
	}
	if answer, ok = stream.next(); ok {
		t.Errorf("event stream after its end: %+v", answer)
	}
	calls := n.alarmCalls()[n.a.token]
	n.polledAs(t, n.b.token)
	n.polledAs(t, n.b.token)
	if got := n.alarmCalls()[n.a.token]; got != calls {
		t.Errorf("%d more polls with the revoked token", got-calls)
	}
	other.wantAlarm("RAISED", n.raiseOf(t, n.b))
}

// TestLiveAnotherCaller has the upstream refuse the token of the follower who came last: the poll goes on with that of another follower of
// the tenant at once, and never with the refused one again.
func TestLiveAnotherCaller(t *testing.T) {
	t.Parallel()
	n := liveTenants(t)
	r := n.live(t)
	stays := r.followAs(t, deviceAlarms, n.a.header())
	n.polledAs(t, n.a.token)
	late := *n.a
	late.token = n.login(t, n.a.account)
	socket := r.openAs(t, late.header())
	socket.subscribe("late", deviceAlarms)
	n.polledAs(t, late.token)
	refuses := func(header http.Header) bool { return header.Get("X-Auth-Token") == late.token }
	n.refuses.Store(&refuses)
	n.polledAs(t, n.a.token)
	calls := n.alarmCalls()[late.token]
	csn := n.raiseOf(t, n.a)
	stays.wantAlarm("RAISED", csn)
	n.polledAs(t, n.a.token)
	if got := n.alarmCalls()[late.token]; got != calls {
		t.Errorf("%d more polls with the refused token", got-calls)
	}
}

// TestLiveBearerEnds has a token of an issuer end while its caller is connected.
func TestLiveBearerEnds(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t)
	i := newIssuer(t, w.clock)
	r := w.startLive(t, "OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ISSUER=https://id.example", "OPSGRAPH_AUTH_AUDIENCE=opsgraph",
		"OPSGRAPH_AUTH_JWKS_URL="+i.URL+"/keys")
	header := bearer(i.token(t, map[string]any{"exp": w.gatewayNow().Add(3 * time.Second).Unix()}))
	socket := r.openAs(t, header)
	socket.subscribe("a", deviceAlarms)
	stream := r.followAs(t, deviceAlarms, header)
	if m := socket.hear(); m.Type != "error" || m.code() != "UNAUTHENTICATED" {
		t.Errorf("socket: %s %s", m.Type, m.Payload)
	}
	socket.wantClosed(4403)
	if answer, ok := stream.next(); !ok || len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
		t.Errorf("event stream: %+v, %v", answer, ok)
	}
}

// TestReadmissionIsNoRequest lets a connection be admitted again and again: none of that counts as a request of its caller, nor as a token
// that is tried out.
func TestReadmissionIsNoRequest(t *testing.T) {
	t.Parallel()
	n := liveTenants(t)
	r := n.live(t, "OPSGRAPH_LIVE_ADMIT_EVERY=20ms", "OPSGRAPH_AUTH_ACCEPTED_FOR=200ms", "OPSGRAPH_CALLERS_RATE=0.001", "OPSGRAPH_CALLERS_BURST=2",
		"OPSGRAPH_CALLERS_CHECKS=0.001", "OPSGRAPH_CALLERS_CHECK_BURST=2")
	stream := r.followAs(t, deviceAlarms, n.a.header())
	n.polledAs(t, n.a.token)
	asked := n.checks()
	testkit.Eventually(t, "the caller is not asked about again", func() bool { return n.checks() >= asked+4 })
	stream.wantAlarm("RAISED", n.raiseOf(t, n.a))
	if got := r.ask(t, `{__typename}`, "", n.a.header()); got.status != http.StatusOK {
		t.Errorf("the second request: %d %.300s", got.status, got.raw)
	}
	wantRefused(t, r.ask(t, `{__typename}`, "", n.a.header()), http.StatusTooManyRequests, "RATE_LIMITED")
}

// TestReadmissionDuringAnOutage ends a connection whose caller nobody can ask about: to come back later, and not as one who is refused.
func TestReadmissionDuringAnOutage(t *testing.T) {
	t.Parallel()
	n := liveTenants(t)
	r := n.live(t, "OPSGRAPH_AUTH_ACCEPTED_FOR=2s")
	socket := r.openAs(t, n.a.header())
	socket.subscribe("a", deviceAlarms)
	n.polledAs(t, n.a.token)
	n.steer(t, http.MethodPut, "faults", []map[string]any{{"kind": "status", "status": 503}})
	if m := socket.hear(); m.Type != "error" || m.code() != "UPSTREAM_UNAVAILABLE" {
		t.Errorf("socket: %s %s", m.Type, m.Payload)
	}
	socket.wantClosed(1013)
}
