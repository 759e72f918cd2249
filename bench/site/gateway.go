package site

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/bench/machine"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// Upstream is a running upstream of package stand.
type Upstream struct {
	*machine.Process
	// URL is its address; Regions are those of its site, as the gateway's environment wants them.
	URL, Regions string
}

// Stand starts upstreams and gateways. Self is this program, Logs the folder of their logs.
type Stand struct{ Self, Logs string }

// startTime is how long a server may take to start.
const startTime = 30 * time.Second

// Upstream starts an upstream with so many hosts.
func (s *Stand) Upstream(hosts int, replay bool) (*Upstream, error) {
	p, err := machine.Start(machine.Spec{
		Name: "upstream", Core: machine.OtherCore, Logs: s.Logs,
		Argv: []string{s.Self, "upstream", fmt.Sprintf("-hosts=%d", hosts), fmt.Sprintf("-replay=%t", replay)},
	})
	if err != nil {
		return nil, err
	}
	u := &Upstream{Process: p}
	if u.URL, err = p.WaitFor(startTime, listening); err == nil {
		u.Regions, err = u.Steer("GET", "/_bench/regions", "")
	}
	if err != nil {
		p.Stop()
		return nil, err
	}
	return u, nil
}

// Floor starts net/http handing out bytes, and gives its address.
func (s *Stand) Floor() (*machine.Process, string, error) {
	p, err := machine.Start(machine.Spec{
		Name: "floor", Core: machine.ServerCore, Logs: s.Logs, Argv: []string{s.Self, "floor"},
	})
	if err != nil {
		return nil, "", err
	}
	url, err := p.WaitFor(startTime, listening)
	if err != nil {
		p.Stop()
		return nil, "", err
	}
	return p, url, nil
}

// Announce is how the servers of this program say where they listen.
func Announce(address net.Addr) string { return fmt.Sprintf("listening http://%s\n", address) }

// Ready waits until a server has said where it listens.
func (s *Stand) Ready(p *machine.Process) (string, error) { return p.WaitFor(startTime, listening) }

func listening(log string) (string, bool) {
	_, after, found := strings.Cut(log, "listening ")
	line, _, whole := strings.Cut(after, "\n")
	return line, found && whole
}

// Gateway is a running gateway.
type Gateway struct {
	*machine.Process
	// URL is where it is asked, Admin its operators' address.
	URL, Admin string
}

// Gateway starts a gateway over an upstream; settings are added to those that every measurement needs.
func (s *Stand) Gateway(name, binary string, u *Upstream, settings ...string) (*Gateway, error) {
	// Ages that last for the run: what is read is read once, unless a measurement is about reading.
	ages := filepath.Join(s.Logs, "ages.yaml")
	if err := os.WriteFile(ages, []byte(longAges), 0o600); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	env := append([]string{
		"OPSGRAPH_CONFIG=" + ages,
		"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=127.0.0.1:0", "OPSGRAPH_LOG_FORMAT=json",
		"OPSGRAPH_ESM_URL=" + u.URL, "OPSGRAPH_ESM_APPCODE=" + simulator.DemoAppCode,
		"OPSGRAPH_ESM_DOMAIN_ID=" + simulator.DemoHCSODomain,
		"OPSGRAPH_IAM_URL=" + u.URL, "OPSGRAPH_IAM_USERNAME=" + simulator.DemoUser,
		"OPSGRAPH_IAM_PASSWORD=" + simulator.DemoPassword, "OPSGRAPH_IAM_DOMAIN_NAME=" + simulator.DemoDomain,
		"OPSGRAPH_IAM_PROJECT_ID=" + simulator.DemoProjectID, "OPSGRAPH_REGIONS=" + u.Regions,
		"OPSGRAPH_CALLERS_RATE=1000000", "OPSGRAPH_CALLERS_BURST=1000000",
		"OPSGRAPH_CALLERS_OPERATIONS=512", "OPSGRAPH_QUOTA_MINUTE_LIMIT=100000", "OPSGRAPH_LIMITS_QUOTA_CALLS=1000",
	}, settings...)
	p, err := machine.Start(machine.Spec{
		Name: name, Core: machine.ServerCore, Logs: s.Logs, Argv: []string{binary, "serve"}, Env: env,
	})
	if err != nil {
		return nil, err
	}
	g := &Gateway{Process: p}
	if g.URL, err = p.WaitFor(startTime, served); err == nil {
		g.Admin, err = p.WaitFor(startTime, adminAddress)
	}
	if err != nil {
		p.Stop()
		return nil, err
	}
	return g, nil
}

// longAges keeps what is read fresh for longer than any run.
const longAges = `
ages:
  hosts: {fresh: 240h, stale: 240h, dead: 240h}
  alarms: {fresh: 240h, stale: 240h, dead: 240h}
  capacity: {fresh: 240h, stale: 240h, dead: 240h}
  virtual_machines: {fresh: 240h, stale: 240h, dead: 240h}
`

// served finds the address of users in what a gateway prints.
func served(log string) (string, bool) {
	for line := range strings.Lines(log) {
		if _, url, found := strings.Cut(strings.TrimSpace(line), " serves "); found && strings.HasPrefix(line, "opsgraph ") {
			return url, true
		}
	}
	return "", false
}

// adminAddress finds the operators' address in the log.
func adminAddress(log string) (string, bool) {
	for line := range strings.Lines(log) {
		var entry struct {
			Message string `json:"msg"`
			Admin   string `json:"admin_address"`
		}
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Message == "serving" && entry.Admin != "" {
			return "http://" + entry.Admin, true
		}
	}
	return "", false
}
