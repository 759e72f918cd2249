package clients

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// nodeProject is the npm project of the example in TypeScript and of the clients and tools that the gateway is tried
// with.
const nodeProject = kit.ModuleRoot + "/examples/typescript"

// compiled installs and compiles the project, once for all tests.
var compiled = sync.OnceValues(func() (output []byte, err error) {
	if output, err = exec.Command(kit.ModuleRoot+"/tools/clients", "install").CombinedOutput(); err != nil {
		return output, err
	}
	build := exec.Command("npm", "run", "--silent", "build")
	build.Dir = nodeProject
	return build.CombinedOutput()
})

// compileProject makes the programs of the project, so that they can be run.
func compileProject(t *testing.T) {
	t.Helper()
	if out, err := compiled(); err != nil {
		t.Fatalf("install and compile the clients: %v\n%s", err, out)
	}
}

// TestNodeClients runs the example of examples/typescript against a gateway, and tools on the schema.
func TestNodeClients(t *testing.T) {
	t.Parallel()
	compileProject(t)
	schema := filepath.Join(t.TempDir(), "schema.graphql")
	kit.WriteText(t, schema, graph.SDL())

	t.Run("example", func(t *testing.T) {
		r := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12}).StartGateway(t, "")
		got := inProject(t, "node", "build/src/overview.js", r.Server.URL+"/graphql")
		path := filepath.Join(nodeProject, "overview.txt")
		if *update {
			kit.WriteText(t, path, got)
		}
		if diff := cmp.Diff(kit.ReadText(t, path), got); diff != "" {
			t.Errorf("overview (-want +got):\n%s", diff)
		}
	})
	t.Run("relay-compiler", func(t *testing.T) {
		inProject(t, "node_modules/.bin/relay-compiler", "--validate", "--output", "quiet-with-errors")
		var documents map[string]string
		if err := json.Unmarshal([]byte(kit.ReadText(t, filepath.Join(nodeProject, "relay", "persisted.json"))),
			&documents); err != nil || len(documents) == 0 {
			t.Errorf("documents that it persisted: %v", err)
		}
		kit.Report(t, "relay-compiler", "schema taken, %d documents compiled", len(documents))
	})
	t.Run("relay manifest", testRelayManifest)
	t.Run("graphql-eslint", func(t *testing.T) {
		reportChecks(t, inProject(t, "node", "tools/lint-schema.mjs", schema))
		worse := filepath.Join(t.TempDir(), "schema.graphql")
		kit.WriteText(t, worse, graph.SDL()+"\ntype unreached { Field: String }\n")
		if out, err := projectCommand(t, "node", "tools/lint-schema.mjs", worse).CombinedOutput(); err == nil {
			t.Errorf("a type that is misnamed, not described and not reached passes: %s", out)
		}
	})
	t.Run("schema diff", testSchemaDiff)
}

// testRelayManifest has the gateway answer what relay-compiler persisted, and nothing else.
func testRelayManifest(t *testing.T) {
	path := filepath.Join(nodeProject, "relay", "persisted.json")
	var documents map[string]string
	if err := json.Unmarshal([]byte(kit.ReadText(t, path)), &documents); err != nil {
		t.Fatal(err)
	}
	manifest, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	r := kit.NewWorld(t, kit.WorldSettings{Regions: 3, Hosts: 12}).StartGateway(t, "",
		"OPSGRAPH_PERSISTED_MANIFEST_FILE="+manifest, "OPSGRAPH_PERSISTED_ONLY_TRUSTED=true")
	asked := 0
	for id, text := range documents {
		if !strings.HasPrefix(text, "query hostsPageQuery(") {
			continue
		}
		asked++
		body, err := json.Marshal(map[string]any{"documentId": id, "variables": map[string]any{"first": 2}})
		if err != nil {
			t.Fatal(err)
		}
		got := kit.ReadReply(t, r.Post(t, string(body), nil)) //nolint:bodyclose // readReply closes it
		if got.Status != http.StatusOK || len(got.Body.Errors) > 0 || strings.Count(got.Raw, `"cursor"`) != 2 {
			t.Errorf("%d %s", got.Status, got.Raw)
		}
	}
	if asked != 1 {
		t.Errorf("%d of the %d documents are the page's", asked, len(documents))
	}
	if got := r.Ask(t, `{ regions { code } }`, "", nil); got.Code() != "PERSISTED_QUERY_REQUIRED" {
		t.Errorf("another document: %d %s", got.Status, got.Raw)
	}
}

// testSchemaDiff changes a schema and checks the outcome of the check of `make generate`.
func testSchemaDiff(t *testing.T) {
	const old = "type Query {\n  a: Int\n  b: Int\n}\n"
	const elsewhere = "# Changelog\n\n## Unreleased\n\n### Added\n\n* `Query.b`\n\n## 1.0.0\n\n### Breaking\n\n* `Query.b` goes.\n"
	tests := map[string]struct {
		current, changelog string
		write              bool
		code               int
		snapshot           string
	}{
		"unchanged":       {old, elsewhere, false, 0, old},
		"compatible":      {old + "type C {\n  a: Int\n}\n", elsewhere, true, 0, old + "type C {\n  a: Int\n}\n"},
		"snapshot is old": {old + "type C {\n  a: Int\n}\n", elsewhere, false, 1, old},
		"breaking":        {"type Query {\n  a: Int\n}\n", elsewhere, true, 1, old},
		"breaking, announced": {
			"type Query {\n  a: Int\n}\n", "## Unreleased\n\n### Breaking\n\n* `Query.b` is gone.\n",
			true, 0, "type Query {\n  a: Int\n}\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			directory := t.TempDir()
			snapshot, current, changelog := filepath.Join(directory, "old"), filepath.Join(directory, "new"),
				filepath.Join(directory, "log")
			kit.WriteText(t, snapshot, old)
			kit.WriteText(t, current, test.current)
			kit.WriteText(t, changelog, test.changelog)
			arguments := []string{"tools/schema-diff.mjs", snapshot, current, changelog}
			if test.write {
				arguments = append(arguments, "--write")
			}
			command := projectCommand(t, "node", arguments...)
			out, err := command.CombinedOutput()
			if command.ProcessState == nil || command.ProcessState.ExitCode() != test.code {
				t.Errorf("%v: %s", err, out)
			}
			if diff := cmp.Diff(test.snapshot, kit.ReadText(t, snapshot)); diff != "" {
				t.Errorf("snapshot (-want +got):\n%s", diff)
			}
		})
	}
	kit.Report(t, "schema diff", "%d changes judged", len(tests))
}

// reportChecks reports the clients that passed, with their counts of checks.
func reportChecks(t *testing.T, out string) {
	t.Helper()
	var result struct {
		Client string
		Passed int
	}
	if err := json.Unmarshal([]byte(out), &result); err != nil || result.Passed == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	kit.Report(t, result.Client, "%d checks passed", result.Passed)
}

// inProject runs a program in the npm project and returns what it printed.
func inProject(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	command := projectCommand(t, name, arguments...)
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	if err := command.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(arguments, " "), err, out.String(), complaints.String())
	}
	return out.String()
}

func projectCommand(t *testing.T, name string, arguments ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, arguments...)
	command.Dir = nodeProject
	return command
}
