package operations

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// lineOf is a line of the log in JSON.
type lineOf map[string]any

// journalOf are the lines about operations in a log in JSON.
func journalOf(t *testing.T, log *testkit.Log) (lines []lineOf) {
	t.Helper()
	for text := range strings.Lines(log.String()) {
		var line lineOf
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if message := line["msg"]; message == "operation" || message == "slow operation" {
			lines = append(lines, line)
		}
	}
	return lines
}

// awaited are those lines once there are so many: an operation's line is written after its answer was sent.
func awaited(t *testing.T, log *testkit.Log, number int) []lineOf {
	t.Helper()
	testkit.Eventually(t, "an operation has no line", func() bool { return len(journalOf(t, log)) >= number })
	return journalOf(t, log)
}

// journalled runs a gateway whose log is in JSON, without the lines of its start. It logs as the program does.
func journalled(t *testing.T, w *kit.World, environ ...string) *kit.Replica {
	t.Helper()
	w.LogsJSON = true
	return w.StartGateway(t, "", append([]string{"OPSGRAPH_AGES_HOSTS_FRESH=9m"}, environ...)...)
}

const namedHosts = `query Some($first: Int, $name: String) {
	hosts(first: $first, filter: {nameContains: $name}) { nodes { hostId name region { code } } pageInfo { hasNextPage } } }`

// TestJournal_all has a line for each operation: executed, refused, kept and found either way.
func TestJournal_all(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 6})
	r := journalled(t, w, "OPSGRAPH_LOG_OPERATIONS=all")
	ask := func(document, variables string, header http.Header) {
		t.Helper()
		r.Ask(t, document, variables, header)
	}
	// what the client sends must not be in the log but for the operation's name and the hash of its text
	const canary = "CANARY"
	variables := `{"first": 3, "name": "` + canary + `"}`
	ask(`query Warm { hosts(first: 1) { totalCount } }`, "", http.Header{"X-Request-Id": {"first"}})
	w.Clock.Advance(90 * time.Second)
	ask(namedHosts, variables, http.Header{"X-Auth-Token": {canary + "-token"}, "X-Request-Id": {"second"}})
	ask(namedHosts, variables, nil)
	ask(namedHosts, " "+variables, nil)
	ask(`query Wrong { hosts(first: 1) { `+canary+` } }`, "", nil)
	ask(`{ hosts(first: 100000) { totalCount } }`, "", nil)
	ask(`query Anon { __typename }`, "", nil)
	lines := awaited(t, r.Log, 7)
	if strings.Contains(r.Log.String(), canary) {
		t.Errorf("the log has what a client sent:\n%s", r.Log)
	}
	if len(lines) != 7 {
		t.Fatalf("%d lines for 7 operations:\n%s", len(lines), r.Log)
	}
	wants := []lineOf{
		{
			"operation_name": "Warm", "type": "query", "outcome": "ok", "objects": 1.0, "objects_estimated": 1.0, "calls": 1.0,
			"calls_estimated": 1.0, "request_id": "first", "tenant": "gateway", "kept": nil, "age_s": 0.0, "code": nil,
		},
		{
			"operation_name": "Some", "outcome": "ok", "calls": 0.0, "calls_estimated": 0.0, "age_s": 90.0, "kept": nil,
			"request_id": "second", "objects": 2.0,
		},
		{"operation_name": "Some", "type": "query", "outcome": "ok", "kept": "text", "age_s": 90.0, "calls": 0.0},
		{"operation_name": "Some", "type": "query", "outcome": "ok", "kept": "query", "age_s": 90.0},
		{"operation_name": "", "type": "", "outcome": "refused", "code": "GRAPHQL_VALIDATION_FAILED"},
		{"operation_name": "", "outcome": "refused", "code": "BAD_USER_INPUT"},
		{"operation_name": "Anon", "outcome": "ok", "age_s": nil, "calls": 0.0},
	}
	for i, want := range wants {
		for name, value := range want {
			if got := lines[i][name]; got != value {
				t.Errorf("line %d: %s = %v, want %v: %v", i, name, got, value, lines[i])
			}
		}
		if lines[i]["level"] != "INFO" || lines[i]["plan"] != nil {
			t.Errorf("line %d is one of a slow operation: %v", i, lines[i])
		}
	}
	if hash, _ := lines[4]["document"].(string); len(hash) != 16 {
		t.Errorf("a refused document is called %q", hash)
	}
	for _, i := range []int{2, 3} { // one document, however it came
		for _, name := range []string{"document", "caller", "objects_estimated"} {
			if lines[i][name] != lines[1][name] || lines[i][name] == "" {
				t.Errorf("line %d: %s = %v, was %v", i, name, lines[i][name], lines[1][name])
			}
		}
	}
	if hash, _ := lines[0]["document"].(string); len(hash) != 16 || hash == lines[1]["document"] {
		t.Errorf("documents are called %v and %v", lines[0]["document"], lines[1]["document"])
	}
}

// TestJournal_hostileNames: a name that no operation can have is not repeated, and a long one is cut.
func TestJournal_hostileNames(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1})
	r := journalled(t, w, "OPSGRAPH_LOG_OPERATIONS=all")
	long := strings.Repeat("a", 2000)
	for name, want := range map[string]string{
		"x\n{\"msg\":\"forged\"}": "?", "pass word=secret": "?", long: long[:64] + "…",
	} {
		before := len(journalOf(t, r.Log))
		body, err := json.Marshal(map[string]any{"query": "query " + long + " { __typename }", "operationName": name})
		if err != nil {
			t.Fatal(err)
		}
		r.Post(t, string(body), nil).Body.Close()
		lines := awaited(t, r.Log, before+1)
		if len(lines) != before+1 || lines[before]["operation_name"] != want {
			t.Errorf("%.30q: %v", name, lines[before:])
		}
	}
}

// TestJournal_slow tells of what took long alone, with what it waited for, and never with parameters.
func TestJournal_slow(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 6})
	r := journalled(t, w) // as it is by default
	hold := func(call *http.Request) int {
		if strings.Contains(call.URL.Path, "homs/") {
			w.Clock.Advance(1500 * time.Millisecond)
		}
		return 0
	}
	w.Fails.Store(&hold)
	const one = `query OneHost($id: String!) { hosts(first: 1, filter: {hostIds: [$id]}) { totalCount } }`
	r.Ask(t, one, `{"id": "CANARY-0123"}`, nil)
	r.Ask(t, one, `{"id": "CANARY-0123"}`, nil) // kept or held, and quick
	lines := awaited(t, r.Log, 1)
	if len(lines) != 1 || lines[0]["msg"] != "slow operation" || lines[0]["level"] != "WARN" {
		t.Fatalf("lines %v\n%s", lines, r.Log)
	}
	if took, _ := lines[0]["duration_ms"].(float64); took < 1500 || lines[0]["operation_name"] != "OneHost" {
		t.Errorf("line %v", lines[0])
	}
	text, _ := lines[0]["plan"].(string)
	var plan struct {
		Calls []struct {
			System, Operation, Kind string
			Attempts, Status        int
		}
		Data []struct{ Operation, State string }
	}
	if err := json.Unmarshal([]byte(text), &plan); err != nil || len(plan.Calls) == 0 || len(plan.Data) == 0 {
		t.Fatalf("plan %q: %v", text, err)
	}
	read := 0 // a login stands beside it, where the operation came before that of the start had ended
	for _, call := range plan.Calls {
		if call.System == "esm" && call.Operation == "listHostDetails" && call.Attempts == 1 &&
			call.Status == http.StatusOK && call.Kind == "ok" {
			read++
		}
	}
	if read != 1 {
		t.Errorf("plan %s", text)
	}
	if strings.Contains(r.Log.String(), "CANARY") {
		t.Errorf("the log has a variable: %s", r.Log)
	}
}

// TestJournal_off has no line, however slow.
func TestJournal_off(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 1})
	for _, environ := range [][]string{
		{"OPSGRAPH_LOG_OPERATIONS=off", "OPSGRAPH_LOG_SLOW_FROM=1ns"},
		{"OPSGRAPH_LOG_OPERATIONS=all", "OPSGRAPH_LOG_LEVEL=error", "OPSGRAPH_LOG_SLOW_FROM=1ns"},
	} {
		r := journalled(t, w, environ...)
		r.Ask(t, `{ hosts(first: 1) { totalCount } }`, "", nil)
		r.Ask(t, `{ hosts(first: 1) { totalCount } }`, "", nil)
		if lines := journalOf(t, r.Log); len(lines) > 0 {
			t.Errorf("%v: %v", environ, lines)
		}
	}
}

// TestJournal_subscription has one line for a subscription when it ends, with its events.
func TestJournal_subscription(t *testing.T) {
	t.Parallel()
	w := kit.NewLiveWorld(t)
	w.LogsJSON = true
	r := w.StartLive(t, "OPSGRAPH_LOG_OPERATIONS=all")
	events := r.Follow(t, kit.AlarmSubscription, "")
	w.Baseline(t)
	events.WantAlarm("RAISED", w.Raise(t))
	if err := events.Conn.Close(); err != nil {
		t.Fatal(err)
	}
	lines := awaited(t, r.Log, 1)
	if len(lines) != 1 || lines[0]["type"] != "subscription" || lines[0]["outcome"] != "ok" ||
		lines[0]["level"] != "INFO" {
		t.Fatalf("lines %v", lines)
	}
	if count, _ := lines[0]["events"].(float64); count < 1 {
		t.Errorf("line %v", lines[0])
	}
}

// TestJournal_tenants names callers and tenants by hashes, the same ones each time and others for others.
func TestJournal_tenants(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := journalled(t, n.World, "OPSGRAPH_AUTH_MODE=passthrough", "OPSGRAPH_LOG_OPERATIONS=all")
	for _, tenant := range []*kit.Tenant{n.A, n.B, n.A} {
		r.Ask(t, kit.EveryHost, "", tenant.Header())
	}
	lines := awaited(t, r.Log, 3)
	log := r.Log.String()
	for _, tenant := range []*kit.Tenant{n.A, n.B} {
		for _, secret := range []string{tenant.Token, tenant.Account.DomainID} {
			if strings.Contains(log, secret) {
				t.Errorf("the log has %s", secret)
			}
		}
	}
	if len(lines) != 3 {
		t.Fatalf("%d lines:\n%s", len(lines), log)
	}
	for _, name := range []string{"caller", "tenant"} {
		first, other, again := lines[0][name], lines[1][name], lines[2][name]
		if text, _ := first.(string); first != again || first == other || len(text) != 16 {
			t.Errorf("%s: %v, %v, %v", name, first, other, again)
		}
	}
}

// TestJournal_program is what the program itself writes: lines of text with what redaction leaves.
func TestJournal_program(t *testing.T) {
	t.Parallel()
	w := newPresentWorld(t)
	o := operate(t, w, "OPSGRAPH_LOG_OPERATIONS=all", "OPSGRAPH_LISTEN=127.0.0.1:0")
	o.get(t, o.users+"/graphql?"+url.Values{"query": {"query Hosts { hosts(first: 1) { totalCount } }"}}.Encode())
	var line string
	testkit.Eventually(t, "the operation has no line", func() bool {
		for text := range strings.Lines(o.log.String()) {
			if strings.Contains(text, "msg=operation ") && strings.HasSuffix(text, "\n") {
				line = text
			}
		}
		return line != ""
	})
	for _, want := range []string{
		" operation_name=Hosts ", " outcome=ok ", " calls=1 ", " tenant=gateway ", " request_id=", " document=", " caller=",
	} {
		if !strings.Contains(line, want) {
			t.Errorf("the line lacks %s: %s", strconv.Quote(want), line)
		}
	}
	if strings.Contains(line, "redacted") {
		t.Errorf("redaction took something: %s", line)
	}
}
