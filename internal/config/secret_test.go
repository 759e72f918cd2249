package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
)

// TestSecretsAreNeverPrinted sets every secret and every address with credentials, and prints the configuration in
// every way that Go has.
func TestSecretsAreNeverPrinted(t *testing.T) {
	const canary = "CANARY-5b0e-0123456789-0123456789-0123"
	environ := whole()
	for _, key := range config.Keys() {
		switch {
		case key.Name == "tracing.headers":
			environ = append(environ, key.Env+"=X-Token="+canary, "OPSGRAPH_TRACING_ENDPOINT=http://a")
		case key.Secret:
			environ = append(environ, key.Env+"="+canary)
		case strings.HasSuffix(key.Env, "REDIS_URL"):
			environ = append(environ,
				key.Env+"=redis+sentinel://user:"+canary+"@x/"+canary+"@a:1,b:2/name?sentinel_password="+canary+"&db=1")
		}
	}
	c, err := config.Load("", environ)
	if err != nil {
		t.Fatal(err)
	}
	if c.Auth.SecretKey.Reveal() != canary || !strings.Contains(c.Redis.URL.Reveal(), canary) {
		t.Fatal("the secrets are not set")
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("secrets", slog.Any("key", c.Auth.SecretKey), slog.Any("url", c.Redis.URL), slog.Any("config", c))
	prints := map[string]string{
		"String": c.String(), "v": fmt.Sprintf("%v", c), "+v": fmt.Sprintf("%+v", c), "#v": fmt.Sprintf("%#v", c),
		"json": string(asJSON), "slog": log.String(),
	}
	for _, verb := range []string{"%s", "%q", "%x", "%X", "%d", "%v", "%#v"} {
		prints["secret "+verb] = fmt.Sprintf(verb, c.Auth.SecretKey)
		prints["url "+verb] = fmt.Sprintf(verb, c.Redis.URL)
	}
	for name, text := range prints {
		if strings.Contains(text, canary) || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", canary)) {
			t.Errorf("%s shows a secret:\n%s", name, text)
		}
		if !strings.Contains(text, "redacted") {
			t.Errorf("%s does not show that something is hidden:\n%s", name, text)
		}
	}
}

func TestURLString(t *testing.T) {
	for address, want := range map[config.URL]string{
		"":                                  "",
		"https://esm.example/x":             "https://esm.example/x",
		"redis://:word@host:1/2":            "redis://[redacted]@host:1/2",
		"redis://user:a@b/c@host:1,other:2": "redis://[redacted]@host:1,other:2",
		"word@host":                         "[redacted]@host",
		"redis://host?db=1&Password=x":      "redis://host?db=1&Password=[redacted]",
	} {
		if got := address.String(); got != want {
			t.Errorf("%q prints as %q, want %q", address.Reveal(), got, want)
		}
	}
}

func TestEmptySecretPrintsEmpty(t *testing.T) {
	if got := fmt.Sprint(config.Secret("")); got != "" {
		t.Errorf("empty secret prints as %q", got)
	}
}

// TestPrintedConfigurationLoads reads back what was printed: the keys of the output are those of the file.
func TestPrintedConfigurationLoads(t *testing.T) {
	c, err := config.Load("", []string{"OPSGRAPH_REGIONS=cn-north-7=华北七=North Seven,cn-east-2"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := config.Load(write(t, c.String()), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.String() != again.String() {
		t.Errorf("read back as\n%s\nwant\n%s", again, c)
	}
}
