package scenarios

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// operationIDs finds the operations of an OpenAPI document.
var operationIDs = regexp.MustCompile(`(?m)^\s+operationId:\s*(\w+)\s*$`)

// places are where an endpoint has to stand, in the order of "Add an endpoint" in CONTRIBUTING.md, each with what looks
// there for an operation. The gateway itself does not start while the schema reads one that no source answers for.
func places(t *testing.T) map[string]func(operation string) bool {
	t.Helper()
	text := func(patterns ...string) string {
		var all strings.Builder
		for _, pattern := range patterns {
			files, err := filepath.Glob(kit.ModuleRoot + "/" + pattern)
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: %d files, %v", pattern, len(files), err)
			}
			for _, file := range files {
				raw, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasSuffix(file, "_test.go") {
					all.Write(raw)
				}
			}
		}
		return all.String()
	}
	specs := slices.Concat(documentedSpecs(), outsideSpecs())
	simulator, pages, costs := text("upstream/simulator/*.go"), text("docs/upstream.md"), text("docs/costs.md")
	called := map[string]bool{}
	for _, one := range allScenarios(t) {
		maps.Copy(called, one.called())
	}
	return map[string]func(string) bool{
		"2 the client (upstream/<system>/endpoints.go)": func(operation string) bool {
			return slices.ContainsFunc(specs, func(s rest.Spec) bool { return s.Operation == operation })
		},
		"3 the simulator (upstream/simulator)": func(operation string) bool {
			return strings.Contains(simulator, `"`+operation+`"`)
		},
		"7 the schema (@upstream in graph/schema)": func(operation string) bool {
			return strings.Contains(graph.SDL(), `operation: "`+operation+`"`)
		},
		"8 a scenario that calls it": func(operation string) bool { return called[operation] },
		"9 the table of docs/upstream.md": func(
			operation string,
		) bool {
			return strings.Contains(pages, "\n| "+operation+" |")
		},
		"9 docs/costs.md (go test ./internal/e2e/documents -update)": func(operation string) bool {
			return strings.Contains(costs, "| "+operation+" |")
		},
	}
}

// missingFrom are the places in which an operation does not stand, in order.
func missingFrom(all map[string]func(string) bool, operation string) []string {
	var missing []string
	for place, has := range all {
		// Nobody asks for a token: it is the credential of the other calls, and no field's.
		ofFields := strings.HasPrefix(place, "7") || strings.Contains(place, "costs")
		if !has(operation) && (operation != "createToken" || !ofFields) {
			missing = append(missing, place)
		}
	}
	slices.Sort(missing)
	return missing
}

// TestEndpointsAreComplete names the steps of "Add an endpoint" that an operation of the documents still lacks.
func TestEndpointsAreComplete(t *testing.T) {
	all := places(t)
	documents, err := filepath.Glob(kit.ModuleRoot + "/upstream/simulator/reference/*.openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	operations := []string{}
	for _, document := range documents {
		raw, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range operationIDs.FindAllStringSubmatch(string(raw), -1) {
			operations = append(operations, match[1])
		}
	}
	if len(operations) != kit.DocumentedOperations {
		t.Errorf("the documents have %d operations, want %d", len(operations), kit.DocumentedOperations)
	}
	for _, operation := range operations {
		if missing := missingFrom(all, operation); missing != nil {
			t.Errorf("%s: these steps of CONTRIBUTING.md, \"Add an endpoint\", are missing:\n  %s",
				operation, strings.Join(missing, "\n  "))
		}
	}
	// An operation that stands nowhere lacks every step: the check can fail.
	if diff := cmp.Diff(slices.Sorted(maps.Keys(all)), missingFrom(all, "listTapes")); diff != "" {
		t.Errorf("an operation that stands nowhere (-want +got):\n%s", diff)
	}
}
