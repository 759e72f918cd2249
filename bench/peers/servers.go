package peers

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/bench/machine"
	"github.com/opsgraph/opsgraph/bench/work"
)

// Names of peers, as rows have them: Tailcall keeps either what fields resolved to, or answers of HTTP.
const (
	tailcallName = "Tailcall 1.6.14, @cache"
	tailcallHTTP = "Tailcall 1.6.14, httpCache"
)

// peer is another server.
type peer struct {
	// name is for the command line, title for tables.
	name, title string
	start       func(*session, *peer) (*machine.Process, string, error)
	script      string // of those that are Node programs
	env         []string
}

// peers are all of them.
func peers() []peer {
	return []peer{
		{name: "tailcall", title: tailcallName, start: startTailcall},
		{name: "tailcall-http", title: tailcallHTTP, start: startTailcall},
		{name: "mercurius", title: "Mercurius with JIT", start: startNode, script: "mercurius.mjs"},
		{name: "apollo", title: "Apollo Server", start: startNode, script: "apollo.mjs"},
		{name: "yoga", title: "GraphQL Yoga", start: startNode, script: "yoga.mjs"},
		{name: "hive", title: "Hive Gateway", start: startNode, script: "hive.mjs"},
		{
			name: "hive-router", title: "Hive Gateway, router-runtime", start: startNode, script: "hive.mjs",
			env: []string{"ROUTER_RUNTIME=true"},
		},
	}
}

func peerNames() []string {
	var all []string
	for _, p := range peers() {
		all = append(all, p.name)
	}
	return all
}

// add starts a peer and holds its answers against the gateway's. One that fails is left out, and the result says why.
func (s *session) add(p peer, loads []work.Workload) {
	process, url, err := p.start(s, &p)
	if err != nil {
		s.note("%s is not measured: %v", p.title, err)
		return
	}
	server := work.Server{Name: p.title, URL: url, Process: process}
	s.say("comparing the answers of %s", p.title)
	if err := s.same(&server, loads); err != nil {
		process.Stop()
		s.note("%s is not measured: %.600v", p.title, err)
		return
	}
	s.stops = append(s.stops, process.Stop)
	s.servers = append(s.servers, server)
}

// errMissing says what a peer lacks.
type missingError string

func (e missingError) Error() string { return string(e) }

func startNode(s *session, p *peer) (*machine.Process, string, error) {
	if s.node == "" {
		return nil, "", missingError("its packages could not be installed")
	}
	process, err := machine.Start(machine.Spec{
		Name: p.name, Core: machine.ServerCore, Logs: s.Logs, Dir: s.node,
		Argv: []string{"node", p.script}, Env: append([]string{"RECORDS=" + s.records, "NODE_ENV=production"}, p.env...),
	})
	if err != nil {
		return nil, "", err
	}
	url, err := s.Ready(process)
	if err != nil {
		process.Stop()
		return nil, "", err
	}
	return process, url, nil
}

// cacheDirective keeps what a field resolved to, for the whole run.
const cacheDirective = "@cache(maxAge: 36000000)"

// startTailcall starts Tailcall by the dynamic linker of the library that it wants.
func startTailcall(s *session, p *peer) (*machine.Process, string, error) {
	if s.tailcall == "" {
		return nil, "", missingError("it wants glibc 2.39, which could not be had")
	}
	template, err := os.ReadFile(filepath.Join(s.root, "bench", "peers", "tailcall", "config.graphql"))
	if err != nil {
		return nil, "", fmt.Errorf("its configuration: %w", err)
	}
	port, err := freePort(s)
	if err != nil {
		return nil, "", err
	}
	text := strings.NewReplacer("RECORDS", s.records, "PORT", port).Replace(string(template))
	if p.title == tailcallHTTP {
		const headers = "allowedHeaders: []"
		text = strings.NewReplacer(cacheDirective, "", headers, headers+", httpCache: 10000").Replace(text)
	}
	config := filepath.Join(s.folder, p.name+".graphql")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, "", fmt.Errorf("its configuration: %w", err)
	}
	process, err := machine.Start(machine.Spec{
		Name: p.name, Core: machine.ServerCore, Logs: s.Logs, Dir: s.folder,
		Argv: append(strings.Fields(s.tailcall), "start", config),
		Env:  []string{"TAILCALL_TRACKER=false", "TAILCALL_LOG_LEVEL=error", "TC_LOG_LEVEL=error"},
	})
	if err != nil {
		return nil, "", err
	}
	url := "http://127.0.0.1:" + port
	_, err = process.WaitFor(20*time.Second, func(string) (string, bool) {
		connection, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second) //nolint:noctx // it has a limit
		if err != nil {
			return "", false
		}
		_ = connection.Close() // it was to be opened, no more
		return "", true
	})
	if err != nil {
		process.Stop()
		return nil, "", err
	}
	return process, url + "/graphql", nil
}

// freePort is a port of loopback that was free a moment ago.
func freePort(s *session) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(s, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("a port: %w", err)
	}
	address, _ := listener.Addr().(*net.TCPAddr) // of a TCP listener
	if err := listener.Close(); err != nil {
		return "", fmt.Errorf("a port: %w", err)
	}
	return strconv.Itoa(address.Port), nil
}
