package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
)

// TestFound_G3_IdleTime keeps connections longer than the proxies in front do by default: nginx and HAProxy 60 s, as
// docs/operations.md has them, Apache 60 s, Caddy 120 s.
func TestFound_G3_IdleTime(t *testing.T) {
	t.Parallel()
	if got := config.Defaults().Limits.IdleTimeout; got != 150*time.Second {
		t.Errorf("limits.idle_timeout is %v", got)
	}
}

// What a printed configuration has in place of a secret is refused for each key that may be a secret, from a file, from
// the environment and from a file of a secret.
func TestFound_C12_MarkOfAPrintedSecret(t *testing.T) {
	refused := func(t *testing.T, name, path string, environ []string) {
		t.Helper()
		_, err := config.Load(path, environ)
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "[redacted]") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, key := range config.Keys() {
		if key.Secret {
			refused(t, key.Name, "", append(whole(), key.Env+"=[redacted]"))
		}
	}
	refused(t, "redis.url", "", append(whole(), "OPSGRAPH_REDIS_URL=redis://[redacted]@redis.example:6379"))
	refused(t, "redis.url", "", append(whole(), "OPSGRAPH_REDIS_URL=redis://:%5BREDACTED%5D@redis.example:6379"))
	refused(t, "redis.coordination_url", "",
		append(whole(), "OPSGRAPH_COORDINATION_REDIS_URL=redis+sentinel://a/m?sentinel_password=[redacted]"))

	folder := t.TempDir()
	file := filepath.Join(folder, "password")
	if err := os.WriteFile(file, []byte("[redacted]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "iam.password", "", append(without(whole(), "OPSGRAPH_IAM_PASSWORD"), "OPSGRAPH_IAM_PASSWORD_FILE="+file))

	cfg, err := config.Load("", whole())
	if err != nil {
		t.Fatal(err)
	}
	printed := filepath.Join(folder, "opsgraph.yaml")
	if err := os.WriteFile(printed, []byte(cfg.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "esm.appcode", printed, nil)
}

// A password of Redis stands in its address or in a file.
func TestFound_C7_PasswordFiles(t *testing.T) {
	tests := map[string]struct {
		environ []string
		want    string
	}{
		"file": {[]string{"OPSGRAPH_REDIS_URL=redis://user@a", "OPSGRAPH_REDIS_PASSWORD_FILE=/run/secrets/redis"}, ""},
		"both files": {[]string{
			"OPSGRAPH_REDIS_URL=redis://a", "OPSGRAPH_REDIS_PASSWORD_FILE=/a",
			"OPSGRAPH_COORDINATION_REDIS_URL=redis://b", "OPSGRAPH_COORDINATION_REDIS_PASSWORD_FILE=/b",
		}, ""},
		"no address": {
			[]string{"OPSGRAPH_REDIS_PASSWORD_FILE=/a"},
			"redis.password_file (OPSGRAPH_REDIS_PASSWORD_FILE): needs redis.url",
		},
		"two passwords": {
			[]string{"OPSGRAPH_REDIS_URL=redis://:CANARY@a", "OPSGRAPH_REDIS_PASSWORD_FILE=/a"},
			"redis.url (OPSGRAPH_REDIS_URL) has a password already",
		},
	}
	for name, test := range tests {
		_, err := config.Load("", append(whole(), test.environ...))
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: the password is shown: %v", name, err)
		}
	}
}
