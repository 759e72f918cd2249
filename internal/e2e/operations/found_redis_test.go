package operations

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// redisCLI runs a command on a server, as an operator does.
func redisCLI(t *testing.T, server *redistest.Server, args ...string) string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "redis-cli", append([]string{"-u", server.URL()}, args...)...).Output()
	if err != nil {
		t.Fatalf("redis-cli %v: %v", args, err)
	}
	return string(output)
}

func redisAt(url string) []string {
	return []string{"OPSGRAPH_REDIS_URL=" + url, "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s"}
}

// TestFound_C7_ReadinessSaysWhatRedisRefuses has Redis refuse each command, or those that write: /readyz is degraded
// and says why, the metrics count it, and the log has one line at level error that says what to do.
func TestFound_C7_ReadinessSaysWhatRedisRefuses(t *testing.T) {
	t.Parallel()
	always := func(answer string) func(t *testing.T) (url string, fault, mend func()) {
		return func(t *testing.T) (string, func(), func()) {
			t.Helper()
			return redistest.Refuse(t, answer).URL(), func() {}, nil
		}
	}
	const right = "gateway:CANARY-right@"
	running := func(user string, breaks, mends []string) func(t *testing.T) (string, func(), func()) {
		return func(t *testing.T) (string, func(), func()) {
			t.Helper()
			server := redistest.Start(t)
			redisCLI(t, server, "acl", "setuser", "gateway", "on", ">CANARY-right", "~*", "+@all")
			return "redis://" + user + server.Addr,
				func() {
					if breaks != nil {
						redisCLI(t, server, breaks...)
					}
				},
				func() { redisCLI(t, server, mends...) }
		}
	}
	tests := map[string]struct {
		start       func(t *testing.T) (url string, fault, mend func())
		kind, words string
	}{
		"wrong password": {running("gateway:CANARY-wrong@", nil, nil), "wrong_password", "refuses the user or the password"},
		"no password":    {always("NOAUTH Authentication required."), "no_password", "asks for a password"},
		"loading":        {always("LOADING Redis is loading the dataset in memory"), "loading", "still loads"},
		"cluster down":   {always("CLUSTERDOWN The cluster is down"), "cluster_down", "is a Cluster that is down"},
		"no such command": {
			always("ERR unknown command 'EVALSHA', with args beginning with:"), "unknown_command", "does not know a command",
		},
		"read only": {
			running(right, []string{"replicaof", "127.0.0.1", "1"}, []string{"replicaof", "no", "one"}),
			"read_only", "is a replica",
		},
		"full": {
			running(right, []string{"config", "set", "maxmemory", "1"}, []string{"config", "set", "maxmemory", "0"}),
			"out_of_memory", "is full",
		},
		"a right is missing": {
			running(right, strings.Fields("acl setuser gateway -set"), strings.Fields("acl setuser gateway +set")),
			"no_permission", "does not let its user run a command",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newPresentWorld(t)
			url, fault, mend := test.start(t)
			o := operate(t, w, redisAt(url)...)
			fault()
			says := func() string {
				state := o.readiness(t)
				for _, reason := range state.Reasons {
					if state.Status == "degraded" && strings.HasPrefix(reason, "degraded: the cache's redis "+test.words) {
						return reason
					}
				}
				return ""
			}
			testkit.Eventually(t, "readyz says nothing", func() bool { return says() != "" })
			if reason := says(); !strings.Contains(reason, "redis.url (OPSGRAPH_REDIS_URL)") {
				t.Errorf("the reason names no setting: %s", reason)
			}
			metrics := o.get(t, o.operators+"/metrics")
			counted := fmt.Sprintf(`opsgraph_redis_errors_total{kind=%q,use="cache and coordination"}`, test.kind)
			if !strings.Contains(metrics, counted) || strings.Contains(metrics, "\nopsgraph_degraded 0\n") {
				t.Errorf("metrics lack %s, or opsgraph_degraded is 0", counted)
			}
			lines := func() int { return strings.Count(o.log.String(), `problem="`+test.words) }
			testkit.Eventually(t, "no error line", func() bool { return lines() > 0 })
			if n := lines(); n != 1 {
				t.Errorf("%d error lines, want one:\n%s", n, o.log)
			}
			if strings.Contains(o.log.String(), "CANARY") {
				t.Error("the log shows a password")
			}
			if strings.Contains(o.log.String(), "redis takes commands again") {
				t.Errorf("the fault ended before it was mended:\n%s", o.log)
			}
			if test.kind == "wrong_password" || mend == nil {
				return
			}
			mend()
			testkit.Eventually(t, "it stays degraded", func() bool { return o.readiness(t).Status == "ready" })
		})
	}
}

// operationsPage is the text of docs/operations.md.
func operationsPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(kit.ModuleRoot, "docs/operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documentedACL is the rule of docs/operations.md.
var documentedACL = regexp.MustCompile(`(?m)^ACL SETUSER opsgraph (.*)$`)

// TestFound_C7_RedisWithTheDocumentedRights lets two gateways do all that they do with Redis as a user of exactly the
// documented rights: none is missing, and each is used.
func TestFound_C7_RedisWithTheDocumentedRights(t *testing.T) {
	t.Parallel()
	rule := documentedACL.FindStringSubmatch(operationsPage(t))
	if rule == nil {
		t.Fatal("docs/operations.md has no ACL")
	}
	server := redistest.Start(t)
	redisCLI(t, server, append([]string{"acl", "setuser", "opsgraph"}, strings.Fields(rule[1])...)...)
	w := kit.NewLiveWorld(t)
	environ := append(redisAt("redis://opsgraph:password@"+server.Addr), "OPSGRAPH_AGES_ALARMS_STALE=200ms",
		"OPSGRAPH_AGES_ALARMS_DEAD=1h")
	one, two := w.StartLive(t, environ...), w.StartLive(t, environ...)

	stream := two.Follow(t, kit.AlarmSubscription, "")
	w.Baseline(t)
	stream.WantAlarm("RAISED", w.Raise(t))
	const command = `mutation { createMeterJob(input: {idempotencyKey: "k"}) { meterJob { jobId } } }`
	for _, r := range []*kit.Replica{one, two} {
		if got := r.Ask(t, command, "", nil); got.Code() != "" {
			t.Errorf("command: %s", got.Raw)
		}
		for _, document := range []string{kit.WantDevices, kit.WantVolumes, kit.WantServices, `{ jobs { totalCount } }`} {
			if got := r.Ask(t, document, "", nil); got.Code() != "" {
				t.Errorf("%s: %s", document, got.Raw)
			}
		}
	}
	// a document that one registers and the other is asked for by its hash
	const document = `{ regions { code } }`
	sum := sha256.Sum256([]byte(document))
	named := fmt.Sprintf(`"extensions":{"persistedQuery":{"version":1,"sha256Hash":"%x"}}`, sum)
	for r, body := range []string{fmt.Sprintf(`{"query":%q,%s}`, document, named), "{" + named + "}"} {
		testkit.Eventually(t, "a registered document is not known", func() bool {
			replica := []*kit.Replica{one, two}[r]
			return kit.ReadReply(t, replica.Post(t, body, nil)).Code() == "" //nolint:bodyclose // readReply closes it
		})
	}
	spoilCache(t, server)
	third := w.StartLive(t, environ...)
	for _, document := range []string{kit.WantDevices, kit.WantVolumes} {
		if got := third.Ask(t, document, "", nil); got.Code() != "" {
			t.Errorf("%s: %s", document, got.Raw)
		}
	}
	w.Steer(t, "PUT", "faults", []map[string]any{{"kind": "status", "status": 500}})
	for _, r := range []*kit.Replica{one, two} { // the second learns of the failure from the first
		r.Ask(t, `{ hosts(first: 1) { totalCount } }`, "", nil)
		r.Ask(t, `{ cloudServices(types: [OBS]) { capacity(first: 1) { totalCount } } }`, "", nil)
	}
	for _, r := range []*kit.Replica{one, two, third} {
		r.Close()
	}
	if refused := strings.TrimSpace(redisCLI(t, server, "acl", "log")); refused != "" {
		t.Errorf("a right is missing: %s", refused)
	}
	used := redisCLI(t, server, "info", "commandstats")
	for right := range strings.FieldsSeq(rule[1]) {
		name, isCommand := strings.CutPrefix(right, "+")
		if isCommand && !strings.Contains(used, "cmdstat_"+name+":calls=") {
			t.Errorf("%s is not needed", right)
		}
	}
}

// spoilCache damages each value of the cache, so that a reader discards it.
func spoilCache(t *testing.T, server *redistest.Server) {
	t.Helper()
	for key := range strings.FieldsSeq(redisCLI(t, server, "keys", "*listDeviceAssets*")) {
		redisCLI(t, server, "set", key, strings.Repeat("spoilt", 20))
	}
}
