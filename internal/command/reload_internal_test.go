package command

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/gateway"
	"github.com/opsgraph/opsgraph/internal/telemetry"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// reloading is a reloader over a file, and what has become of its changes.
type reloading struct {
	*reloader
	t      *testing.T
	config string
	log    *testkit.Log
}

func newReloading(t *testing.T, text string, environ ...string) *reloading {
	t.Helper()
	r := &reloading{t: t, config: filepath.Join(t.TempDir(), "opsgraph.yaml"), log: &testkit.Log{}}
	r.write(text)
	environ = append([]string{
		"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=off", "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0",
		"OPSGRAPH_SIMULATOR_HOSTS=3",
	}, environ...)
	cfg, err := config.Load(r.config, environ)
	if err != nil {
		t.Fatal(err)
	}
	r.reloader = newReloader(r.config, environ, cfg)
	r.logger, r.level, r.metrics = r.log.Logger(), new(slog.LevelVar), telemetry.NewMetrics("test")
	g, err := gateway.New(t.Context(), cfg, gateway.Dependencies{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	r.gateway = g
	return r
}

func (r *reloading) write(text string) {
	r.t.Helper()
	if err := os.WriteFile(r.config, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// wantLog checks the last line of the log, none for an empty text.
func (r *reloading) wantLog(what string, texts ...string) {
	r.t.Helper()
	lines := strings.Split(strings.TrimSpace(r.log.String()), "\n")
	last := lines[len(lines)-1]
	for _, text := range texts {
		if !strings.Contains(last, text) {
			r.t.Errorf("%s: %q has no %q", what, last, text)
		}
	}
	if len(texts) == 0 && last != "" {
		r.t.Errorf("%s: %s", what, last)
	}
}

// TestLook takes over what two looks find the same.
func TestLook(t *testing.T) {
	t.Parallel()
	r := newReloading(t, "limits: {depth: 9}\n")
	r.look()
	r.write("limits: {dep")
	r.look()
	r.write("limits: {depth: 8}\n")
	r.look()
	r.wantLog("what is still being written")
	r.look()
	r.wantLog("what has settled", "configuration read again", "outcome=applied", "limits.depth")
	lines := strings.Count(r.log.String(), "\n")
	r.look()
	r.look()
	if got := strings.Count(r.log.String(), "\n"); got != lines {
		t.Errorf("it is read again without a change: %s", r.log.String())
	}
	r.hangup()
	r.wantLog("a signal without a change", "outcome=unchanged")
}

// TestHangups_caught follows a signal that came before anyone followed, such as while the gateway was being made. It is
// not parallel: those that end ignore the signal.
func TestHangups_caught(t *testing.T) {
	caught := catchHangups()
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the signal is not caught", func() bool { return len(caught) == 1 })
	var followed atomic.Int32
	stop := caught.follow(func() { followed.Add(1) }, 0, nil)
	testkit.Eventually(t, "the signal is not followed", func() bool { return followed.Load() == 1 })
	stop()
}

// renewing counts how often a gateway was told to have the issuer's keys read anew.
type renewing struct {
	gateway.Gateway
	times int
}

func (r *renewing) RenewKeys() { r.times++ }

// TestHangup_keys: a signal has the issuer's keys read anew, whatever has become of the configuration; a look does not.
func TestHangup_keys(t *testing.T) {
	t.Parallel()
	r := newReloading(t, "limits: {depth: 9}\n")
	counted := &renewing{Gateway: r.gateway}
	r.gateway = counted
	for i, text := range []string{"limits: {depth: 9}\n", "limits: {depth: 8}\n", "limits: {depth: many}\n"} {
		r.write(text)
		r.look()
		r.look()
		r.hangup()
		if counted.times != i+1 {
			t.Errorf("%q: the keys were renewed %d times, want %d", text, counted.times, i+1)
		}
	}
}

// TestReload_refused leaves everything where a part can't be taken over, and says so once.
func TestReload_refused(t *testing.T) {
	t.Parallel()
	r := newReloading(t, "limits: {depth: 9}\n")
	for name, test := range map[string]struct {
		text string
		says []string
	}{
		"no YAML":     {"limits: {depth: 7\n", []string{"configuration refused"}},
		"no such key": {"limits: {depth: 7, dpth: 1}\n", []string{"limits.dpth"}},
		"a bad value": {"limits: {depth: 7, tokens: -1}\n", []string{"limits.tokens"}},
		"nothing":     {"", []string{"is empty"}},
		"keys of the start": {
			"limits: {depth: 7, connections: 9}\nconsole: {full: 0.95}\n", []string{"limits.connections", "console.full"},
		},
		"no such manifest": {"limits: {depth: 7}\npersisted: {manifest_file: nowhere.json}\n", []string{"nowhere.json"}},
	} {
		r.write(test.text)
		r.look()
		r.look()
		r.wantLog(name, append(test.says, "level=ERROR", "the old one stays")...)
		lines := strings.Count(r.log.String(), "\n")
		r.look()
		if got := strings.Count(r.log.String(), "\n"); got != lines {
			t.Errorf("%s: it is refused again without a change", name)
		}
	}
	r.write("limits: {depth: 9}\n")
	r.hangup()
	r.wantLog("as it was at the start", "changed=[]")
}

// TestReload_levelAndPassword takes over what is no setting of requests.
func TestReload_levelAndPassword(t *testing.T) {
	t.Parallel()
	r := newReloading(t, "log: {level: warn}\n")
	r.write("log: {level: debug}\n")
	r.hangup()
	if r.level.Level() != slog.LevelDebug {
		t.Errorf("level %s", r.level.Level())
	}
	r.write("log: {level: error, format: json}\n")
	r.hangup()
	r.wantLog("a format", "log.format")
	if r.level.Level() != slog.LevelDebug {
		t.Errorf("level %s after a refusal", r.level.Level())
	}
}

// TestReload_changing refuses files that never stay the same while they are read.
func TestReload_changing(t *testing.T) {
	t.Parallel()
	const changing = "/proc/sys/kernel/random/uuid" // another text each time
	if _, err := os.Stat(changing); err != nil {
		t.Fatalf("the tests need Linux: %v", err)
	}
	folder := t.TempDir()
	password := filepath.Join(folder, "secret")
	if err := os.WriteFile(password, []byte("0123456789-0123456789-0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newReloading(t, "limits: {depth: 9}\n", "OPSGRAPH_SECRET_KEY_FILE="+password)
	if err := os.Remove(password); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(changing, password); err != nil {
		t.Fatal(err)
	}
	r.hangup()
	r.wantLog("a file that changes", "configuration refused", "change while they are read")
}

// TestFiles lists what is looked at: files that do not exist yet, too.
func TestFiles(t *testing.T) {
	t.Parallel()
	cfg := config.Defaults()
	cfg.Persisted.ManifestFile, cfg.Server.TLSKeyFile, cfg.Upstream.CAFile = "m.json", "k.pem", "m.json"
	got := strings.Join(cfg.Files("", []string{
		"OPSGRAPH_CONFIG=c.yaml", "OPSGRAPH_IAM_PASSWORD_FILE=p", "OPSGRAPH_NOTHING_FILE=n", "OPSGRAPH_ESM_APPCODE=s",
	}), " ")
	if want := "c.yaml k.pem m.json p"; got != want {
		t.Errorf("files %q, want %q", got, want)
	}
}
