package redis_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/coordination/redis"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// watched is a connection whose faults, errors and log a test reads.
type watched struct {
	*redis.Connection
	log   *testkit.Log
	clock *testkit.Clock

	mu     sync.Mutex
	errors map[string]int
}

func watch(t *testing.T, url string, o redis.Options) *watched {
	t.Helper()
	w := &watched{log: &testkit.Log{}, clock: testkit.NewClock(time.Now()), errors: map[string]int{}}
	o.Logger, o.Now = w.log.Logger(), w.clock.Now
	o.Use, o.Settings = "cache", "redis.url"
	o.OnError = func(kind string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.errors[kind]++
	}
	if o.Timeout == 0 {
		o.Timeout, o.DialTimeout = 5*time.Second, 5*time.Second
	}
	w.Connection = open(t, url, o)
	return w
}

// count is how often a kind of error was reported.
func (w *watched) count(kind string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.errors[kind]
}

// kinds are those of the present faults.
func (w *watched) kinds() (kinds []string) {
	for _, fault := range w.Faults() {
		kinds = append(kinds, fault.Kind)
	}
	return kinds
}

// lines counts the lines at level error.
func (w *watched) lines() int {
	return strings.Count(w.log.String(), "level=ERROR msg=\"redis refuses commands\"")
}

// Whatever Redis answers every command with, it is named with the setting to look at, logged once, counted each time,
// and over with the first success.
func TestFound_C7_RefusalsAreFaults(t *testing.T) {
	tests := map[string]string{
		"NOAUTH Authentication required.":                                                                "no_password",
		"WRONGPASS invalid username-password pair or user is disabled.":                                  "wrong_password",
		"ERR invalid password":                                                                           "wrong_password",
		"ERR Client sent AUTH, but no password is set":                                                   "wrong_password",
		"NOPERM this user has no permissions to run the 'get' command":                                   "no_permission",
		"NOPERM No permissions to access a key":                                                          "no_permission",
		"ERR The user executing the script can't run this command or subcommand script: 12, on x:1.":     "no_permission",
		"ERR unknown command 'get', with args beginning with: 'a'":                                       "unknown_command",
		"ERR Unknown Redis command called from script script: 12, on @user_script:1.":                    "unknown_command",
		"READONLY You can't write against a read only replica.":                                          "read_only",
		"OOM command not allowed when used memory > 'maxmemory'.":                                        "out_of_memory",
		"ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used":     "out_of_memory",
		"MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to":     "cannot_save",
		"LOADING Redis is loading the dataset in memory":                                                 "loading",
		"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.":               "no_master",
		"NOREPLICAS Not enough good replicas to write.":                                                  "no_replicas",
		"CLUSTERDOWN The cluster is down":                                                                "cluster_down",
		"MOVED 3999 127.0.0.1:6381":                                                                      "is_cluster",
		"ERR max number of clients reached":                                                              "too_many_clients",
		"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.":         "busy",
		"DENIED Redis is running in protected mode because protected mode is enabled and no password is": "protected",
	}
	for answer, kind := range tests {
		t.Run(kind, func(t *testing.T) {
			server := redistest.Refuse(t, answer)
			w := watch(t, server.URL(), redis.Options{})
			for range 5 {
				if err := redis.Client(w.Connection).Get(t.Context(), "a").Err(); err == nil {
					t.Fatal("no error")
				}
			}
			faults := w.Faults()
			if len(faults) != 1 || faults[0].Kind != kind {
				t.Fatalf("faults %+v, want %s", faults, kind)
			}
			if !strings.Contains(faults[0].Advice, "redis.url") {
				t.Errorf("the advice names no setting: %s", faults[0].Advice)
			}
			if got := w.lines(); got != 1 || !strings.Contains(w.log.String(), faults[0].Words) {
				t.Errorf("%d lines at level error, want one:\n%s", got, w.log)
			}
			if got := w.count(kind); got != 6 { // with the ping of Open
				t.Errorf("%d errors counted, want 6", got)
			}
			server.Answer("")
			testkit.Eventually(t, "the fault does not end with a success", func() bool {
				_ = w.Ping(t.Context()) // both commands were refused: permissions are back when both are run
				_ = redis.Client(w.Connection).Get(t.Context(), "a").Err()
				return len(w.Faults()) == 0
			})
		})
	}
}

// A right that is missing for one command is a fault however many others succeed, until that command does.
func TestFound_C7_OneCommandIsRefused(t *testing.T) {
	server := redistest.Start(t)
	admin := redis.Universal(open(t, server.URL(), redis.Options{}))
	setUser := func(rules ...any) {
		t.Helper()
		command := append([]any{"ACL", "SETUSER", "gateway", "on", ">p"}, rules...)
		if err := admin.Do(t.Context(), command...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	setUser("~*", "+ping", "+get", "+hello")
	w := watch(t, "redis://gateway:p@"+server.Addr, redis.Options{})
	client := redis.Client(w.Connection)
	for range 3 {
		if err := client.Set(t.Context(), "a", "1", 0).Err(); err == nil {
			t.Fatal("SET is allowed")
		}
		_ = client.Get(t.Context(), "a").Err() // allowed, there is no such key
	}
	if got := w.kinds(); !slices.Equal(got, []string{"no_permission"}) || w.lines() != 1 {
		t.Errorf("faults %v, want no_permission, logged once:\n%s", got, w.log)
	}
	w.clock.Advance(time.Minute)
	if len(w.Faults()) != 1 {
		t.Error("the fault is forgotten after a minute")
	}
	setUser("+set")
	if err := client.Set(t.Context(), "a", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := w.kinds(); len(got) != 0 || !strings.Contains(w.log.String(), "redis takes commands again") {
		t.Errorf("faults %v after the command has succeeded:\n%s", got, w.log)
	}
	// it counts for a while where the command is not sent any more
	setUser("-set")
	_ = client.Set(t.Context(), "a", "1", 0).Err()
	w.clock.Advance(3 * time.Minute)
	if got := w.kinds(); len(got) != 0 || w.lines() != 1 {
		t.Errorf("faults %v long after the last refusal:\n%s", got, w.log)
	}
}

// A rotated password counts for the next connection; a wrong one is named.
func TestFound_C7_PasswordFileIsReadAgain(t *testing.T) {
	server := redistest.Start(t)
	admin := redis.Universal(open(t, server.URL(), redis.Options{}))
	path := filepath.Join(t.TempDir(), "password")
	rotate := func(inRedis, inFile string) {
		t.Helper()
		command := []any{"ACL", "SETUSER", "gateway", "reset", "on", ">" + inRedis, "~*", "+@all"}
		if err := admin.Do(t.Context(), command...).Err(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(inFile+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rotate("one", "one")
	w := watch(t, "redis://gateway@"+server.Addr, redis.Options{PasswordFile: path})
	if err := w.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	disconnect := func() {
		t.Helper()
		if err := admin.Do(t.Context(), "CLIENT", "KILL", "USER", "gateway").Err(); err != nil {
			t.Fatal(err)
		}
	}
	rotate("two", "one")
	disconnect()
	testkit.Eventually(t, "the old password is not refused", func() bool {
		_ = w.Ping(t.Context())
		return slices.Equal(w.kinds(), []string{"wrong_password"})
	})
	if text := w.log.String(); !strings.Contains(text, "redis.url") || strings.Contains(text, "=one") {
		t.Errorf("log:\n%s", text)
	}
	rotate("two", "two")
	testkit.Eventually(t, "the new password is not read", func() bool { return w.Ping(t.Context()) == nil })
	if got := w.kinds(); len(got) != 0 {
		t.Errorf("faults %v with the right password", got)
	}
	for name, text := range map[string]string{"empty": "\n", "missing": ""} {
		other := filepath.Join(t.TempDir(), name)
		if text != "" {
			if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := redis.Open(t.Context(), server.URL(), redis.Options{PasswordFile: other}); err == nil {
			t.Errorf("a file that is %s is no error", name)
		}
	}
}

// A Redis that does not answer is counted too.
func TestFound_C7_UnreachableIsCounted(t *testing.T) {
	server := redistest.Start(t)
	server.Kill()
	w := watch(t, server.URL(), redis.Options{Timeout: time.Second, DialTimeout: time.Second})
	if w.count(redis.KindUnreachable) == 0 || len(w.Faults()) != 0 {
		t.Errorf("counted %v, faults %v", w.errors, w.Faults())
	}
}

// What a Cluster needs beside the documented rights is what docs/operations.md says.
func TestFound_C7_RightsInACluster(t *testing.T) {
	page, err := os.ReadFile("../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	more := regexp.MustCompile("a Cluster\\s+`([^`]+)`").FindSubmatch(page)
	rule := regexp.MustCompile(`(?m)^ACL SETUSER opsgraph (.*)$`).FindSubmatch(page)
	if more == nil || rule == nil {
		t.Fatal("docs/operations.md has no rights")
	}
	server := redistest.Start(t, "--cluster-enabled", "yes", "--dir", t.TempDir())
	admin := redis.Universal(open(t, server.URL(), redis.Options{DialTimeout: 5 * time.Second, Timeout: 5 * time.Second}))
	if err := admin.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	command := []any{"ACL", "SETUSER", "opsgraph"}
	for word := range strings.FieldsSeq(string(rule[1]) + " " + string(more[1])) {
		command = append(command, word)
	}
	if err := admin.Do(t.Context(), command...).Err(); err != nil {
		t.Fatal(err)
	}
	w := watch(t, "redis://opsgraph:password@"+server.Addr+"?cluster=true", redis.Options{})
	testkit.Eventually(t, "the Cluster does not take a script", func() bool { return w.Try(t.Context(), "test") == nil })
	if _, err := w.Evicts(t.Context()); err != nil {
		t.Error(err)
	}
	if refused, err := admin.Do(t.Context(), "ACL", "LOG").Slice(); err != nil || len(refused) != 0 {
		t.Errorf("a right is missing: %v, %v", refused, err)
	}
	if kinds := w.kinds(); len(kinds) != 0 {
		t.Errorf("faults %v", kinds)
	}
}
