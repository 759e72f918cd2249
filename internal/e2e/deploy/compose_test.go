package deploy

import (
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// composition is what these tests read of compose.yaml.
type composition struct {
	Services map[string]struct {
		Command     []string
		Environment map[string]string
		Secrets     []any
		MemLimit    string   `yaml:"mem_limit"`
		Grace       string   `yaml:"stop_grace_period"`
		ReadOnly    bool     `yaml:"read_only"`
		CapDrop     []string `yaml:"cap_drop"`
		Networks    any
		User        string
	}
	Secrets, Configs map[string]struct{ File string }
}

// readComposition reads compose.yaml.
func readComposition(t *testing.T) composition {
	t.Helper()
	var c composition
	if err := yaml.Unmarshal([]byte(kit.ReadText(t, root+"/deploy/compose/compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// addressOf is the address that a service has in the network of callers.
func (c composition) addressOf(t *testing.T, service string) string {
	t.Helper()
	networks, _ := c.Services[service].Networks.(map[string]any)
	front, _ := networks["front"].(map[string]any)
	address, _ := front["ipv4_address"].(string)
	if net.ParseIP(address) == nil {
		t.Fatalf("%s has no address: %v", service, networks)
	}
	return address
}

// TestComposeProxyIsThePage: HAProxy of Compose is configured as docs/operations.md has it, which internal/e2e/proxies
// runs, and its addresses are those of the replicas; that of systemd differs in addresses alone.
func TestComposeProxyIsThePage(t *testing.T) {
	t.Parallel()
	_, page, found := strings.Cut(kit.ReadText(t, root+"/docs/operations.md"), "\n```haproxy\n")
	page, _, closed := strings.Cut(page, "```\n")
	if !found || !closed {
		t.Fatal("docs/operations.md has no block of HAProxy")
	}
	if got := kit.ReadText(t, root+"/deploy/compose/haproxy.cfg"); got != page {
		t.Errorf("deploy/compose/haproxy.cfg is not the block of docs/operations.md:\n%s", got)
	}
	c := readComposition(t)
	for server, service := range map[string]string{"first": "gateway-1", "second": "gateway-2"} {
		if want := "\n    server " + server + " " + c.addressOf(t, service) + ":8080\n"; !strings.Contains(page, want) {
			t.Errorf("the proxy does not send to %s of %s", want, service)
		}
	}
	own := kit.ReadText(t, root+"/deploy/systemd/haproxy.cfg")
	for _, pair := range [][2]string{
		{"bind 127.0.0.1:8443 ", "bind :443 "},
		{"crt credentials/gateway.pem", "crt /etc/haproxy/gateway.pem"},
		{"server first 127.0.0.1:8080", "server first 10.0.0.11:8080"},
		{"server second 127.0.0.1:8081", "server second 10.0.0.12:8080"},
	} {
		own = strings.Replace(own, pair[0], pair[1], 1)
	}
	if _, got, _ := strings.Cut(own, "\nglobal\n"); "global\n"+got != page {
		t.Errorf("deploy/systemd/haproxy.cfg is not the block of docs/operations.md with other addresses:\n%s", got)
	}
}

// TestComposeHoldsTogether: what compose.yaml says twice is the same.
func TestComposeHoldsTogether(t *testing.T) {
	t.Parallel()
	c := readComposition(t)
	cfg := configOf(t, root+"/deploy/compose/opsgraph.yaml")
	if want := []string{c.addressOf(t, "proxy")}; !slices.Equal(cfg.Server.TrustedProxies, want) {
		t.Errorf("trusted proxies %v, want %v", cfg.Server.TrustedProxies, want)
	}
	replicas := 0
	for name, service := range c.Services {
		if !service.ReadOnly || !slices.Equal(service.CapDrop, []string{"ALL"}) {
			t.Errorf("%s: its root is not read-only, or it keeps capabilities", name)
		}
		for _, secret := range service.Secrets {
			source, is := secret.(string)
			if long, ok := secret.(map[string]any); ok {
				source, is = long["source"].(string)
			}
			if file := c.Secrets[source].File; !is || !strings.HasPrefix(file, "./secrets/") {
				t.Errorf("%s: the secret %v is no file of the folder secrets, which git leaves out: %q", name, secret, file)
			}
		}
		if !strings.HasPrefix(name, "gateway-") {
			continue
		}
		replicas++
		nineTenths(t, name, cfg.Limits.Memory, service.MemLimit)
		endsInTime(t, name, cfg, service.Grace)
	}
	if replicas != cfg.Quota.MaxReplicas || replicas < 2 {
		t.Errorf("%d replicas, quota.max_replicas is %d", replicas, cfg.Quota.MaxReplicas)
	}
	for file, source := range map[string]string{"./opsgraph.yaml": "opsgraph", "./haproxy.cfg": "haproxy"} {
		if c.Configs[source].File != file {
			t.Errorf("the file of %s is %q", source, c.Configs[source].File)
		}
	}
}

// TestComposeRuns runs Compose's two replicas, Redis with its arguments, and HAProxy with its configuration, as
// processes: only addresses and the folder of the secrets are others. A caller with a token of the upstream is answered
// through the proxy, also while a replica is away, and one without is not; Redis keeps the quota and drops the cache.
func TestComposeRuns(t *testing.T) {
	t.Parallel()
	c := readComposition(t)
	w := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12, Running: true, Clock: time.Now()})
	stores := map[string]*redistest.Server{}
	for name, policy := range map[string]string{"cache": "allkeys-lfu", "coordination": "noeviction"} {
		command := c.Services[name].Command
		if len(command) == 0 || command[0] != "redis-server" || !slices.Contains(command, policy) {
			t.Fatalf("%s is run by %q, want redis-server with %s", name, command, policy)
		}
		stores[name] = redistest.Start(t, command[1:]...)
	}
	secrets := secretFiles(t, map[string]string{
		"esm_appcode": simulator.DemoAppCode, "iam_password": simulator.DemoPassword, "secret_key": strings.Repeat("k", 64),
	})
	var processes []*process
	var addresses []string
	for _, name := range []string{"gateway-1", "gateway-2"} {
		environ := append(site(w), "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=off",
			"OPSGRAPH_TRUSTED_PROXIES=127.0.0.1", "OPSGRAPH_REDIS_URL="+stores["cache"].URL(),
			"OPSGRAPH_COORDINATION_REDIS_URL="+stores["coordination"].URL(), "OPSGRAPH_REDIS_TIMEOUT=5s",
			"OPSGRAPH_REDIS_DIAL_TIMEOUT=5s", "OPSGRAPH_DRAIN_DELAY=0s")
		for variable, value := range c.Services[name].Environment {
			value = strings.Replace(value, "/run/secrets", secrets, 1)
			value = strings.Replace(value, "/etc/opsgraph", absolute(t, root+"/deploy/compose"), 1)
			environ = append(environ, variable+"="+value)
		}
		if text := checks(t, environ...); strings.Count(text, "ok    redis (") != 2 {
			t.Errorf("%s: both instances of Redis: %s", name, text)
		}
		p := launch(t, serving(t, environ...))
		processes, addresses = append(processes, p), append(addresses, strings.TrimPrefix(p.url, "http://"))
	}
	proxies := kit.ProxyPrograms()
	at := slices.IndexFunc(proxies, func(p kit.ProxyProgram) bool { return p.Name == "haproxy" })
	proxy := proxies[at].Start(t, addresses[0], addresses[1])
	client := trusting(t, proxy.CertFile)
	const query = "/graphql?query=%7Bhosts(first:1)%7BtotalCount%7D%7D"
	token := http.Header{
		"X-Auth-Token": {w.Login(t, simulator.Account{
			User: simulator.DemoUser, Password: simulator.DemoPassword, Domain: simulator.DemoDomain,
			ProjectID: simulator.DemoProjectID,
		})},
		"X-Hcso-Domain-Id": {simulator.DemoHCSODomain},
	}
	answered := func() bool {
		status, body := ask(t, client, proxy.URL+query, token)
		return status == http.StatusOK && strings.Contains(body, `"totalCount":12`)
	}
	testkit.Eventually(t, "the proxy answers nothing", answered)
	if status, body := ask(t, client, proxy.URL+query, nil); status != http.StatusUnauthorized {
		t.Errorf("a caller without a token: %d %s", status, body)
	}
	for _, p := range processes {
		if code := p.stop(t); code != 0 {
			t.Errorf("SIGTERM ends a replica with %d", code)
		}
		if p == processes[0] && !answered() {
			t.Error("no answer while a replica is away")
		}
	}
}

// absolute is a path from everywhere.
func absolute(t *testing.T, path string) string {
	t.Helper()
	whole, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}
