package deploy

import (
	"crypto/tls"
	"crypto/x509"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// configOf is a configuration file as the gateway reads it, with secrets where it names a site.
func configOf(t *testing.T, path string) config.Config {
	t.Helper()
	var secrets []string
	if strings.Contains(kit.ReadText(t, path), "\nesm:\n") {
		secrets = []string{
			"OPSGRAPH_ESM_APPCODE=code", "OPSGRAPH_IAM_PASSWORD=word", "OPSGRAPH_SECRET_KEY=" + strings.Repeat("k", 64),
		}
	}
	cfg, err := config.Load(path, secrets)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// site is the environment that puts the simulator in the place of a configuration's site; its secrets are files.
func site(w *kit.World) []string {
	return []string{
		"OPSGRAPH_ESM_URL=" + w.Server.URL, "OPSGRAPH_ESM_DOMAIN_ID=" + simulator.DemoHCSODomain,
		"OPSGRAPH_IAM_URL=" + w.Server.URL, "OPSGRAPH_IAM_USERNAME=" + simulator.DemoUser,
		"OPSGRAPH_IAM_DOMAIN_NAME=" + simulator.DemoDomain, "OPSGRAPH_IAM_PROJECT_ID=" + simulator.DemoProject,
	}
}

// secretFiles is a folder with a file for each secret.
func secretFiles(t *testing.T, secrets map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, value := range secrets {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// serving is the command that runs the image's program as a gateway.
func serving(t *testing.T, environ ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), "serve")
	cmd.Env = environ
	return cmd
}

// trusting is a client of a server with the certificate.
func trusting(t *testing.T, certFile string) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(kit.ReadText(t, certFile))) {
		t.Fatalf("%s has no certificate", certFile)
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true,
	}}
}

// bytesOf reads an amount of memory: 1g and 768m of Compose, 2G of systemd, 512Mi of Kubernetes.
func bytesOf(t *testing.T, text string) float64 {
	t.Helper()
	units := map[byte]float64{'m': 1 << 20, 'g': 1 << 30}
	word := strings.ToLower(strings.TrimSuffix(text, "i"))
	if word == "" || units[word[len(word)-1]] == 0 {
		t.Fatalf("%q is no amount of memory", text)
	}
	number, err := strconv.ParseFloat(word[:len(word)-1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return number * units[word[len(word)-1]]
}

// nineTenths fails unless limits.memory is nine tenths of what a container or unit is given.
func nineTenths(t *testing.T, who string, memory int64, limit string) {
	t.Helper()
	const share, slack = 0.9, 0.01
	if got := float64(memory) / bytesOf(t, limit); math.Abs(got-share) > slack {
		t.Errorf("%s: limits.memory is %.2f of %s, want %.1f", who, got, limit, share)
	}
}

// endsInTime fails unless a replica has the time to end that its configuration asks for.
func endsInTime(t *testing.T, who string, cfg config.Config, grace string) {
	t.Helper()
	given, err := time.ParseDuration(grace)
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	const commands = 5 * time.Second // of callers who have left
	if need := cfg.Server.DrainDelay + cfg.Server.DrainTimeout + commands; given <= need {
		t.Errorf("%s is killed after %v, and may take %v to end", who, given, need)
	}
}
