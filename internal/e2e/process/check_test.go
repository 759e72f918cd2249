package process

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// ran is the end of a process that ended by itself.
type ran struct {
	code           int
	stdout, stderr string
}

// runBinary runs the built program with arguments until it ends.
func runBinary(t *testing.T, args []string, environ ...string) ran {
	t.Helper()
	cmd := binaryCommand(t, nil, environ...)
	cmd.Args = append(cmd.Args, args...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// line is the line of a part.
func (r ran) line(part string) string {
	for line := range strings.Lines(r.stdout) {
		if strings.HasPrefix(line[min(6, len(line)):], part+": ") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// checkCase is a configuration with one fault, and what the check says of it.
type checkCase struct {
	environ []string
	fault   func(t *testing.T, w *kit.World) []string // further environment
	part    string
	says    []string // in the line of the part
	calls   map[string]int
}

// checkCalls are the calls of a check when everything works.
func checkCalls() map[string]int {
	return map[string]int{"createToken": 2, "listHostDetails": 1, "listCustomerOnDemandResources": 1}
}

// checkCallsWithout are those calls but some.
func checkCallsWithout(operations ...string) map[string]int {
	calls := checkCalls()
	maps.DeleteFunc(calls, func(operation string, _ int) bool { return slices.Contains(operations, operation) })
	return calls
}

// arrived counts the calls that arrived, refused ones too.
func arrived(w *kit.World) map[string]int {
	calls := map[string]int{}
	for _, request := range w.Arrived() {
		path, _, _ := strings.Cut(request, "?")
		switch {
		case strings.HasSuffix(path, "/v3/auth/tokens"):
			path = "createToken"
		case strings.HasPrefix(path, "GET /rest/dataapi/homs/"):
			path = "listHostDetails"
		case strings.HasSuffix(path, "/on-demand-resources/query"):
			path = "listCustomerOnDemandResources"
		}
		calls[path]++
	}
	return calls
}

func checkCases() map[string]checkCase {
	const wrong = "CANARY-wrong-0123456789"
	redisAt := func(setting, url string) []string {
		return []string{setting + "=" + url, "OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s"}
	}
	return map[string]checkCase{
		"a wrong AppCode": {
			environ: []string{"OPSGRAPH_ESM_APPCODE=" + wrong}, part: "esm",
			says: []string{"refuses the AppCode", "esm.appcode (OPSGRAPH_ESM_APPCODE)", "403 APIGW.0303"}, calls: checkCalls(),
		},
		"a wrong AppCode of one header": {
			environ: []string{"OPSGRAPH_ESM_APIG_APPCODE=" + wrong}, part: "esm",
			says: []string{"refuses the AppCode: look at esm.apig_appcode (OPSGRAPH_ESM_APIG_APPCODE) ("}, calls: checkCalls(),
		},
		"a wrong domain id": {
			environ: []string{"OPSGRAPH_ESM_DOMAIN_ID=0123456789abcdef"}, part: "esm",
			says: []string{"refuses the domain id", "look at esm.domain_id (OPSGRAPH_ESM_DOMAIN_ID)"}, calls: checkCalls(),
		},
		"a wrong project": {
			environ: []string{"OPSGRAPH_IAM_PROJECT_ID=0123456789abcdef"}, part: "iam",
			says: []string{"iam.project_id (OPSGRAPH_IAM_PROJECT_ID)"}, calls: checkCallsWithout("listHostDetails"),
		},
		"a wrong password, which is sent once": {
			environ: []string{"OPSGRAPH_IAM_PASSWORD=" + wrong}, part: "iam",
			says:  []string{"refuses the user or the password", "iam.password (OPSGRAPH_IAM_PASSWORD)"},
			calls: map[string]int{"createToken": 1},
		},
		"a wrong domain name": {
			environ: []string{"OPSGRAPH_IAM_DOMAIN_NAME=nobody"}, part: "iam",
			says: []string{"iam.domain_name (OPSGRAPH_IAM_DOMAIN_NAME)"}, calls: map[string]int{"createToken": 1},
		},
		"an IAM that is not there": {
			environ: []string{"OPSGRAPH_IAM_URL=http://127.0.0.1:1"}, part: "iam",
			says:  []string{"can't be reached (connection refused)", "look at iam.url (OPSGRAPH_IAM_URL)"},
			calls: map[string]int{},
		},
		"a token that is refused, without a second login": {
			fault: func(_ *testing.T, w *kit.World) []string {
				refuse := func(h http.Header) bool { return h.Get("X-Apig-Appcode") != "" }
				w.Refuses.Store(&refuse)
				return nil
			},
			part: "esm", says: []string{"refuses the gateway's token", "iam.url (OPSGRAPH_IAM_URL)"},
			calls: checkCalls(),
		},
		"https to an http port": {
			fault: func(_ *testing.T, w *kit.World) []string {
				return []string{"OPSGRAPH_ESM_URL=" + strings.Replace(w.Server.URL, "http:", "https:", 1)}
			},
			part: "esm", says: []string{"speaks no TLS", "its address says https", "look at esm.url (OPSGRAPH_ESM_URL)"},
			calls: checkCallsWithout("listHostDetails"),
		},
		"http to an https port": {
			fault: func(t *testing.T, _ *kit.World) []string {
				t.Helper()
				secure := httptest.NewTLSServer(http.NotFoundHandler())
				t.Cleanup(secure.Close)
				return []string{"OPSGRAPH_ESM_URL=" + strings.Replace(secure.URL, "https:", "http:", 1)}
			},
			part: "esm", says: []string{"wants https", "its address says http", "look at esm.url (OPSGRAPH_ESM_URL)"},
			calls: checkCallsWithout("listHostDetails"),
		},
		"https to an http port, of a system that is connected to": {
			fault: func(_ *testing.T, w *kit.World) []string {
				return []string{"OPSGRAPH_WORKSPACE_URL=" + strings.Replace(w.Server.URL, "http:", "https:", 1)}
			},
			part: "workspace", says: []string{"speaks no TLS", "look at workspace.url (OPSGRAPH_WORKSPACE_URL)"},
			calls: checkCalls(),
		},
		"a certificate that is not trusted": {
			fault: func(t *testing.T, _ *kit.World) []string {
				t.Helper()
				secure := httptest.NewTLSServer(http.NotFoundHandler())
				t.Cleanup(secure.Close)
				return []string{"OPSGRAPH_GAUSSDB_URL=" + secure.URL}
			},
			part: "gaussdb", says: []string{"certificate not trusted", "look at gaussdb.url (OPSGRAPH_GAUSSDB_URL)"},
			calls: checkCalls(),
		},
		"an address of something else": {
			fault: func(t *testing.T, _ *kit.World) []string {
				t.Helper()
				other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					_, _ = w.Write([]byte("<html>a wiki</html>"))
				}))
				t.Cleanup(other.Close)
				return []string{"OPSGRAPH_BSS_URL=" + other.URL}
			},
			part: "bss", says: []string{"something else", "look at bss.url (OPSGRAPH_BSS_URL)"},
			calls: checkCallsWithout("listCustomerOnDemandResources"),
		},
		"an address where connections are ended": {
			fault: func(t *testing.T, _ *kit.World) []string {
				t.Helper()
				other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
					panic(http.ErrAbortHandler)
				}))
				t.Cleanup(other.Close)
				return []string{"OPSGRAPH_ESM_URL=" + other.URL}
			},
			part: "esm", says: []string{"ends the connection without an answer", "look at esm.url (OPSGRAPH_ESM_URL)"},
			calls: checkCallsWithout("listHostDetails"),
		},
		"a Redis that is not there": {
			environ: redisAt("OPSGRAPH_REDIS_URL", "redis://127.0.0.1:1"), part: "redis (cache and coordination)",
			says: []string{"does not answer", "look at redis.url (OPSGRAPH_REDIS_URL)"}, calls: checkCalls(),
		},
		"a wrong password of Redis": {
			fault: func(t *testing.T, _ *kit.World) []string {
				t.Helper()
				server := redistest.Start(t)
				return redisAt("OPSGRAPH_REDIS_URL", "redis://nobody:"+wrong+"@"+server.Addr)
			},
			part:  "redis (cache and coordination)",
			says:  []string{"refuses the user or the password", "redis.url (OPSGRAPH_REDIS_URL)", "WRONGPASS"},
			calls: checkCalls(),
		},
		"a full Redis": {
			fault: func(t *testing.T, _ *kit.World) []string {
				t.Helper()
				return redisAt("OPSGRAPH_REDIS_URL", redistest.Start(t, "--maxmemory", "1").URL())
			},
			part: "redis (cache and coordination)", says: []string{"is full", "redis.url (OPSGRAPH_REDIS_URL)"},
			calls: checkCalls(),
		},
		"a Redis of coordination that evicts": {
			fault: func(t *testing.T, _ *kit.World) []string {
				t.Helper()
				server := redistest.Start(t, "--maxmemory-policy", "allkeys-lru")
				return redisAt("OPSGRAPH_COORDINATION_REDIS_URL", server.URL())
			},
			part:  "redis (coordination)",
			says:  []string{"noeviction", "redis.coordination_url (OPSGRAPH_COORDINATION_REDIS_URL)"},
			calls: checkCalls(),
		},
		"an issuer whose keys can't be read": {
			environ: []string{
				"OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ISSUER=https://issuer.example", "OPSGRAPH_AUTH_AUDIENCE=opsgraph",
				"OPSGRAPH_AUTH_JWKS_URL=http://127.0.0.1:1/keys",
			},
			part: "issuer", says: []string{"look at auth.jwks_url (OPSGRAPH_AUTH_JWKS_URL)"}, calls: checkCalls(),
		},
	}
}

// TestFound_C11_CheckNamesTheSetting runs the program's check with one fault after the other: the line of the part that
// is wrong names the setting to change, the others are as without it, and each system gets one call at most.
func TestFound_C11_CheckNamesTheSetting(t *testing.T) {
	for name, test := range checkCases() {
		t.Run(name, func(t *testing.T) {
			w := newCheckWorld(t)
			environ := append(w.Environment(), test.environ...)
			if test.fault != nil {
				environ = append(environ, test.fault(t, w)...)
			}
			got := runBinary(t, []string{"check"}, environ...)
			line := got.line(test.part)
			if got.code != 1 || !strings.HasPrefix(line, "fail  ") {
				t.Errorf("code %d, line %q:\n%s%s", got.code, line, got.stdout, got.stderr)
			}
			for _, words := range test.says {
				if !strings.Contains(line, words) {
					t.Errorf("the line lacks %q: %s", words, line)
				}
			}
			for other := range strings.Lines(got.stdout) {
				// what needs the login is not called, and says so
				if strings.HasPrefix(other, "fail") && strings.TrimSpace(other) != line && !strings.Contains(other, "as iam ") {
					t.Errorf("another line failed: %s", other)
				}
			}
			if strings.Contains(got.stdout+got.stderr, "CANARY") {
				t.Errorf("a secret is shown:\n%s%s", got.stdout, got.stderr)
			}
			if diff := cmp.Diff(test.calls, arrived(w)); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// newCheckWorld is an upstream by the time of the process.
func newCheckWorld(t *testing.T) *kit.World {
	t.Helper()
	return kit.NewWorld(t, kit.WorldSettings{Hosts: 1, Regions: 1, Clock: time.Now(), Running: true})
}

// TestFound_C11_CheckOfWhatWorks: everything works, or is not tried for a reason that is told.
func TestFound_C11_CheckOfWhatWorks(t *testing.T) {
	w := newCheckWorld(t)
	server := redistest.Start(t)
	got := runBinary(t, []string{"check"}, append(w.Environment(), "OPSGRAPH_REDIS_URL="+server.URL(),
		"OPSGRAPH_REDIS_TIMEOUT=5s", "OPSGRAPH_REDIS_DIAL_TIMEOUT=5s")...)
	want := map[string]string{
		"iam": "ok", "esm": "ok", "gaussdb": "skip", "workspace": "skip", "bss": "ok", "redis (cache and coordination)": "ok",
	}
	for part, outcome := range want {
		if line := got.line(part); !strings.HasPrefix(line, outcome+" ") {
			t.Errorf("%s: %q, want %s", part, line, outcome)
		}
	}
	if got.code != 0 || got.stderr != "" || strings.Count(got.stdout, "\n") != len(want) {
		t.Errorf("code %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
	if !strings.Contains(got.line("gaussdb"), "each of its calls starts something") {
		t.Errorf("no reason: %s", got.line("gaussdb"))
	}
	if diff := cmp.Diff(checkCalls(), arrived(w)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if keys := redisKeys(t, server); len(keys) != 0 {
		t.Errorf("keys are left in Redis: %v", keys)
	}

	passthrough := newCheckWorld(t)
	got = runBinary(t, []string{"check"}, append(passthrough.Environment(), "OPSGRAPH_AUTH_MODE=passthrough")...)
	if line := got.line("esm"); got.code != 0 || !strings.Contains(line, "needs a caller's token") ||
		len(arrived(passthrough)) != 0 {
		t.Errorf("pass-through: code %d, calls %v:\n%s", got.code, arrived(passthrough), got.stdout)
	}

	got = runBinary(t, []string{"check"})
	if got.code != 0 || !strings.Contains(got.stdout, "simulator") {
		t.Errorf("nothing configured: code %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// TestFound_C11_CheckExitCodes: 2 where the call or the configuration can't be used.
func TestFound_C11_CheckExitCodes(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.yaml")
	for name, got := range map[string]ran{
		"flag":          runBinary(t, []string{"check", "--confg", "x"}),
		"missing file":  runBinary(t, []string{"check", "--config", missing}),
		"configuration": runBinary(t, []string{"check"}, "OPSGRAPH_ESM_URL=ftp://x"),
	} {
		if got.code != 2 || got.stdout != "" || got.stderr == "" {
			t.Errorf("%s: code %d, %q, %q", name, got.code, got.stdout, got.stderr)
		}
	}
}

// TestFound_C12_PrintedConfigurationIsRefused starts the program with what it printed of its configuration: it must not
// log in with the mark that stands for its password.
func TestFound_C12_PrintedConfigurationIsRefused(t *testing.T) {
	w := newCheckWorld(t)
	printed := runBinary(t, []string{"config"}, w.Environment()...)
	path := filepath.Join(t.TempDir(), "opsgraph.yaml")
	if err := os.WriteFile(path, []byte(printed.stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	for command, code := range map[string]int{"serve": 1, "check": 2} {
		got := runBinary(t, []string{command, "--config", path})
		if got.code != code || !strings.Contains(got.stderr, "iam.password (OPSGRAPH_IAM_PASSWORD): holds [redacted]") ||
			!strings.Contains(got.stderr, "esm.appcode (OPSGRAPH_ESM_APPCODE): holds [redacted]") {
			t.Errorf("%s: code %d: %s", command, got.code, got.stderr)
		}
	}
	if calls := arrived(w); len(calls) != 0 {
		t.Errorf("calls %v", calls)
	}
}

// redisKeys are the keys of a server.
func redisKeys(t *testing.T, server *redistest.Server) []string {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), "redis-cli", "-u", server.URL(), "keys", "*").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(output))
}
