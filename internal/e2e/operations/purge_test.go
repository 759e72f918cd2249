package operations

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

const operatorsToken = "operators-0123456789-0123456789-0123456789"

// purgeAnswer is what an order is answered with.
type purgeAnswer struct {
	status            int
	Code              string
	Operation, Tenant string
	Dropped           struct {
		Entries, KeptAnswers, Redis int
		Bytes                       int64
		Operations                  map[string]int
	}
	OtherReplicasWithinMs *int
}

// purge sends an order to an operators' address.
func (o *operated) purge(t *testing.T, token, body string) (got purgeAnswer) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.operators+"/admin/purge",
		strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := o.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got.status = response.StatusCode
	if got.status != http.StatusNotFound || strings.Contains(response.Header.Get("Content-Type"), "json") {
		if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

// order is the body of an order.
func order(operation, tenant string) string {
	return `{"operation": "` + operation + `", "tenant": "` + tenant + `"}`
}

// TestPurge_forgetsWhatIsNamed drops one operation's data and the answers made of them, and nothing else; nothing is
// fetched until somebody asks.
func TestPurge_forgetsWhatIsNamed(t *testing.T) {
	t.Parallel()
	w := newPresentWorld(t)
	o := operate(t, w, "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_PURGE_TOKEN="+operatorsToken,
		"OPSGRAPH_AGES_HOSTS_FRESH=9m", "OPSGRAPH_AGES_ALARMS_FRESH=9m")
	const hosts, alarms = `{ hosts(first: 1) { nodes { name } } }`, `{ alarms(first: 1) { totalCount } }`
	for range 2 { // the second is kept
		o.ask(t, alarms)
		o.ask(t, hosts)
	}
	before := w.Sim.Calls()
	got := o.purge(t, operatorsToken, order("listHostDetails", "gateway"))
	if got.status != http.StatusOK || got.Operation != "listHostDetails" || got.Tenant != "gateway" ||
		got.Dropped.Operations["listHostDetails"] != 1 || got.Dropped.Entries != 1 || got.Dropped.Bytes <= 0 ||
		got.Dropped.KeptAnswers < 1 || got.Dropped.Redis != 0 || got.OtherReplicasWithinMs != nil {
		t.Errorf("answer %+v", got)
	}
	if after := w.Sim.Calls()["listHostDetails"]; after != before["listHostDetails"] {
		t.Errorf("the purge made %d calls", after-before["listHostDetails"])
	}
	o.ask(t, hosts)
	o.ask(t, alarms)
	after := w.Sim.Calls()
	if after["listHostDetails"] != before["listHostDetails"]+1 || after["listDeviceAlarms"] != before["listDeviceAlarms"] {
		t.Errorf("calls %v, were %v", after, before)
	}
	if again := o.purge(t, operatorsToken, order("*", "*")); again.Dropped.Operations["listDeviceAlarms"] != 1 ||
		again.Operation != "*" || again.Tenant != "*" {
		t.Errorf("answer %+v", again)
	}
	for _, want := range []string{
		"msg=purged operation=listHostDetails tenant=gateway entries=1 ", "msg=purged operation=* tenant=* ", " request_id=",
		" remote_address=127.0.0.1:",
	} {
		testkit.Eventually(t, "the log lacks "+want, func() bool { // a program writes its log beside its answers
			return strings.Contains(o.log.String(), want)
		})
	}
}

// TestPurge_refuses what is not named well, and whoever has no token, with a code each.
func TestPurge_refuses(t *testing.T) {
	t.Parallel()
	w := newPresentWorld(t)
	o := operate(t, w, "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_PURGE_TOKEN="+operatorsToken)
	good := order("*", "*")
	for _, test := range []struct {
		name, token, body string
		status            int
		code              string
	}{
		{"no token", "", good, http.StatusUnauthorized, "UNAUTHENTICATED"},
		{"another token", operatorsToken + "x", good, http.StatusUnauthorized, "UNAUTHENTICATED"},
		{"an unknown operation", operatorsToken, order("listHostDetail", "*"), http.StatusNotFound, "UNKNOWN_OPERATION"},
		{"an unknown tenant", operatorsToken, order("*", "0123456789abcdef"), http.StatusNotFound, "UNKNOWN_TENANT"},
		{"nothing named", operatorsToken, `{}`, http.StatusBadRequest, "BAD_REQUEST"},
		{"no tenant", operatorsToken, `{"operation": "*"}`, http.StatusBadRequest, "BAD_REQUEST"},
		{"more than an order", operatorsToken, good + good, http.StatusBadRequest, "BAD_REQUEST"},
		{"a member that is not known", operatorsToken, `{"operation": "*", "tenant": "*", "x": 1}`, http.StatusBadRequest, "BAD_REQUEST"},
	} {
		got := purgeAnswer{status: http.StatusTooManyRequests}
		testkit.Within(t, time.Minute, "a place for "+test.name, func() bool { // they come one a second
			got = o.purge(t, test.token, test.body)
			return got.status != http.StatusTooManyRequests
		})
		if got.status != test.status || got.Code != test.code {
			t.Errorf("%s: %d %s, want %d %s", test.name, got.status, got.Code, test.status, test.code)
		}
	}
	limited := false
	for range 20 {
		got := o.purge(t, "", good)
		limited = limited || got.status == http.StatusTooManyRequests && got.Code == "RATE_LIMITED"
	}
	if !limited {
		t.Error("twenty tries of a token at once are all looked at")
	}
	if strings.Contains(o.log.String(), operatorsToken) {
		t.Error("the log has the token")
	}
	without := operate(t, w, "OPSGRAPH_LISTEN=127.0.0.1:0")
	if got := without.purge(t, operatorsToken, good); got.status != http.StatusNotFound || got.Code != "" {
		t.Errorf("without a token in the configuration: %+v", got)
	}
}

// TestPurge_reachesReplicasAndRedis drops a tenant's data in all replicas and in Redis, where a replica that comes
// later finds none either, and leaves those of another tenant and the quota alone.
func TestPurge_reachesReplicasAndRedis(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{Clock: time.Now(), Running: true, Quota: "off"})
	redis := redistest.Start(t)
	environ := append(kit.WithRedis(redis), "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_AUTH_MODE=passthrough",
		"OPSGRAPH_ADMIN_PURGE_TOKEN="+operatorsToken, "OPSGRAPH_AGES_HOSTS_FRESH=9m", "OPSGRAPH_LIVE_LOOK_EVERY=20ms")
	one, two := operate(t, n.World, environ...), operate(t, n.World, environ...)
	fetches := func() int { return n.Sim.Calls()["listHostDetails"] }
	ask := func(o *operated, tenant *kit.Tenant) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.users+"/graphql",
			strings.NewReader(kit.RequestBody(t, kit.EveryHost, "")))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = kit.With(tenant.Header(), "Content-Type", "application/json")
		if text := o.do(t, request); !strings.Contains(text, tenant.Hosts[0]) {
			t.Fatalf("answer %.300s", text)
		}
	}
	costs := func(what string, want int, act func()) {
		t.Helper()
		before := fetches()
		if act(); fetches()-before != want {
			t.Errorf("%s: %d calls, want %d", what, fetches()-before, want)
		}
	}
	for _, o := range []*operated{one, two} {
		ask(o, n.A)
		ask(o, n.B)
	}
	costs("held data", 0, func() { ask(one, n.A); ask(two, n.A); ask(two, n.B) })
	var got purgeAnswer
	costs("the purge", 0, func() { got = one.purge(t, operatorsToken, order("listHostDetails", n.A.Account.DomainID)) })
	if got.status != http.StatusOK || got.Dropped.Entries != 1 || got.Dropped.Redis != 1 || len(got.Tenant) != 16 ||
		got.OtherReplicasWithinMs == nil {
		t.Fatalf("answer %+v", got)
	}
	testkit.Eventually(t, "the other replica does not purge", func() bool {
		return strings.Contains(two.log.String(), `msg="purged for another replica" operation=listHostDetails tenant=`+got.Tenant)
	})
	later := operate(t, n.World, environ...)
	ask(later, n.B) // its token is checked by this replica too
	costs("the other tenant", 0, func() { ask(one, n.B); ask(two, n.B); ask(later, n.B) })
	before := fetches()
	ask(two, n.A)
	if fetches() == before {
		t.Error("the other replica, or Redis, has the data still")
	}
	ask(later, n.A) // what it checks is the token alone
	costs("fetched once for all", 0, func() { ask(one, n.A); ask(two, n.A); ask(later, n.A) })
	// by the name that the log has
	again := two.purge(t, operatorsToken, order("*", got.Tenant))
	if again.status != http.StatusOK || again.Dropped.Entries != 1 {
		t.Errorf("answer %+v", again)
	}
	redis.Kill()
	if got := one.purge(t, operatorsToken, order("*", "*")); got.status != http.StatusServiceUnavailable ||
		got.Code != "REDIS_UNAVAILABLE" || got.Dropped.Entries != 0 {
		t.Errorf("without Redis: %+v", got)
	}
}
