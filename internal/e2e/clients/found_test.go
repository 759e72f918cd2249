package clients

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// program is a run of a compiled client, with the output that it has had.
type program struct {
	name             string
	command          *exec.Cmd
	output, warnings bytes.Buffer
	ended            chan error
}

// startProgram runs a client of the project with arguments and further environment.
func startProgram(t *testing.T, name string, environ []string, arguments ...string) *program {
	t.Helper()
	p := &program{name: name, ended: make(chan error, 1)}
	p.command = projectCommand(t, "node", append([]string{"build/clients/" + name + ".js"}, arguments...)...)
	p.command.Env = append(p.command.Environ(), environ...)
	p.command.Stdout, p.command.Stderr = &p.output, &p.warnings
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.command.Wait() }()
	return p
}

// report holds the program to its checks. Meanwhile calls a function again and again, from the test's own goroutine.
func (p *program) report(t *testing.T, meanwhile func()) {
	t.Helper()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-p.ended:
			if err != nil || p.warnings.Len() > 0 {
				t.Fatalf("%s: %v\n%s%s", p.name, err, p.output.String(), p.warnings.String())
			}
			reportChecks(t, p.output.String())
			return
		case <-tick.C:
			meanwhile()
		}
	}
}

// foreignClients are the clients that the gateway is tried with, as their own pages set them up.
var foreignClients = []string{"apollo", "graphql-request", "live", "relay", "urql"}

// TestFound_B4_ForeignClients runs each client with its defaults: against the gateway, and through nginx and HAProxy.
// That urql gets JSON for its queries, 30 at once, and that Relay pages both ways is among their checks.
func TestFound_B4_ForeignClients(t *testing.T) {
	t.Parallel()
	compileProject(t)
	faulty := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12})
	faulty.Steer(t, http.MethodPut, "faults",
		[]map[string]any{{"operation": "listDeviceAlarms", "kind": "status", "status": 400}})
	partial := faulty.StartGateway(t, "").Server.URL + "/graphql"
	w := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12, Quota: "off", Running: true})

	t.Run("direct", func(t *testing.T) {
		t.Parallel()
		endpoint := startForClients(t, w).Server.URL + "/graphql"
		runClients(t, w, nil, endpoint, partial)
	})
	for _, kind := range kit.ProxyPrograms() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			address := strings.TrimPrefix(startForClients(t, w).Server.URL, "http://")
			proxy := kind.Start(t, address, address)
			runClients(t, w, []string{"NODE_EXTRA_CA_CERTS=" + proxy.CertFile}, proxy.URL+"/graphql", "")
		})
	}
}

// startForClients runs a gateway that sees changes soon, with the default bound on streams.
func startForClients(t *testing.T, w *kit.World) *kit.Replica {
	t.Helper()
	return w.StartLive(t, "OPSGRAPH_LIMITS_SOCKET_CONNECTIONS=20")
}

// runClients runs all clients at once; whenever one follows alarms, one is raised.
func runClients(t *testing.T, w *kit.World, environ []string, endpoint, partial string) {
	t.Helper()
	programs := map[string]*program{}
	for _, name := range foreignClients {
		arguments := []string{endpoint}
		switch {
		case name == "live":
			arguments = append(arguments, "alarms")
		case partial != "":
			arguments = append(arguments, partial)
		}
		programs[name] = startProgram(t, name, environ, arguments...)
	}
	for _, name := range foreignClients {
		t.Run(name, func(t *testing.T) {
			programs[name].report(t, func() { w.Raise(t) })
		})
	}
}

// TestFound_B8_SnippetOfGraphQLWS runs the snippet of docs/clients.md until it prints its first event.
func TestFound_B8_SnippetOfGraphQLWS(t *testing.T) {
	t.Parallel()
	compileProject(t)
	const begin, address = "import { createClient } from 'graphql-ws'", "127.0.0.1:8080"
	_, snippet, found := strings.Cut(kit.ReadText(t, kit.ModuleRoot+"/docs/clients.md"), "```js\n"+begin)
	snippet, _, closed := strings.Cut(snippet, "```")
	if !found || !closed || !strings.Contains(snippet, address) {
		t.Fatal("docs/clients.md has no snippet of graphql-ws that names the address of the demo")
	}
	w := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12, Quota: "off", Running: true})
	server := startForClients(t, w).Server.URL
	// within the project, from where it finds its packages
	folder, err := os.MkdirTemp(nodeProject+"/build", "snippet") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	path, err := filepath.Abs(filepath.Join(folder, "snippet.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	kit.WriteText(t, path, begin+strings.ReplaceAll(snippet, address, strings.TrimPrefix(server, "http://")))
	ctx, end := context.WithCancel(t.Context())
	command := exec.CommandContext(ctx, "node", path)
	output := &testkit.Log{}
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		end()
		_ = command.Wait() // it was ended
	}()
	testkit.Eventually(t, "no event is printed", func() bool {
		w.Raise(t)
		return strings.Contains(output.String(), "RAISED")
	})
}

// TestFound_G1_ToolsTakeTheGatewayAsSchema has graphql-codegen and graphql-inspector read the schema from the gateway.
func TestFound_G1_ToolsTakeTheGatewayAsSchema(t *testing.T) {
	t.Parallel()
	compileProject(t)
	endpoint := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12}).StartGateway(t, "").Server.URL + "/graphql"
	t.Run("graphql-codegen", func(t *testing.T) {
		t.Parallel()
		command := projectCommand(t, "node_modules/.bin/graphql-codegen", "--config", "codegen.yml", "--check")
		command.Env = append(command.Environ(), "SCHEMA="+endpoint)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("what the gateway's schema makes is not what the file's makes: %v\n%s", err, out)
		}
		kit.Report(t, "graphql-codegen", "the gateway's schema makes the documents of the example")
	})
	for name, arguments := range map[string][]string{
		"diff":     {"../../docs/schema.graphql", endpoint},
		"validate": {"../../docs/examples/*.graphql", endpoint},
	} {
		t.Run("graphql-inspector "+name, func(t *testing.T) {
			t.Parallel()
			out := inProject(t, "node_modules/.bin/graphql-inspector", append([]string{name}, arguments...)...)
			if !strings.Contains(out, "[success]") {
				t.Errorf("%.1000s", out)
			}
			kit.Report(t, "graphql-inspector "+name, "the gateway's schema as a URL")
		})
	}
}
