package scenarios

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// allScenarios reads every scenario by its name.
func allScenarios(t *testing.T) map[string]*scenario {
	t.Helper()
	paths, err := filepath.Glob("testdata/scenarios/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	all := map[string]*scenario{}
	for _, one := range paths {
		all[strings.TrimSuffix(filepath.Base(one), ".txtar")] = readScenario(t, one)
	}
	return all
}

// called are the operations that the steps call.
func (s *scenario) called() map[string]bool {
	called := map[string]bool{}
	for _, one := range s.steps {
		for line := range strings.Lines(one.calls) {
			operation, _, _ := strings.Cut(line, " ")
			called[operation] = true
		}
	}
	return called
}

// exportFile is the one operation that no query calls: it answers a path, whose tests are among those of the interface.
const exportFile = "downloadExportFile"

// TestScenariosCallEveryOperation: every operation stands in the calls of a scenario, and the coverage document leads
// to one of them.
func TestScenariosCallEveryOperation(t *testing.T) {
	all := allScenarios(t)
	called := map[string]bool{}
	for _, one := range all {
		maps.Copy(called, one.called())
	}
	for _, spec := range slices.Concat(documentedSpecs(), outsideSpecs()) {
		if !called[spec.Operation] && spec.Operation != exportFile {
			t.Errorf("no scenario calls %s", spec.Operation)
		}
	}
	for _, heading := range []string{"Operations", "Outside the documents"} {
		for _, row := range tableOf(t, heading) {
			_, link, _ := strings.Cut(row[len(row)-1], "](")
			shown := all[strings.TrimSuffix(path.Base(strings.TrimSuffix(link, ")")), ".txtar")]
			if shown == nil || strings.TrimSuffix(link, ")") != "../internal/e2e/scenarios/"+shown.path {
				t.Errorf("%s: %q leads to no scenario", row[0], row[len(row)-1])
			} else if !shown.called()[row[0]] && row[0] != exportFile {
				t.Errorf("%s: %s does not call it", row[0], shown.path)
			}
		}
	}
}

// TestScenariosAssertEveryExample: every answer of the reference is one that a scenario gets and whose outcome it
// holds. The documented dataset serves the plain ones; the others are put in the place of an answer by name.
func TestScenariosAssertEveryExample(t *testing.T) {
	asserted := map[string]bool{}
	for _, one := range allScenarios(t) {
		for _, step := range one.steps {
			for _, fault := range step.settings.Faults {
				if name, named := fault["example"].(string); named {
					asserted[name] = true
				}
			}
		}
		if one.settings.Dataset != string(simulator.DatasetDocumented) {
			continue
		}
		for operation := range one.called() {
			// Without a plain example the illustrative one is served. The ten service types of capacity are asked one by one:
			// `listCloudServiceCapacity 10` stands in the calls.
			asserted[operation], asserted[operation+".illustrative"] = true, true
			if strings.Contains(one.steps[0].calls, "listCloudServiceCapacity 10\n") {
				for _, service := range []string{"ECS_VM", "BMS", "EVS", "OBS", "EIP", "RDS", "DCC", "DeH", "SFS", "VPN"} {
					asserted["listCloudServiceCapacity."+service] = true
				}
			}
		}
	}
	files, err := os.ReadDir(referenceExamples)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".json")
		if !strings.HasSuffix(name, ".request") && !asserted[name] {
			t.Errorf("no scenario asserts what becomes of %s", file.Name())
		}
	}
}

// TestScenariosReadEveryField: a list has, with reasons, the fields of the schema that no scenario reads, and the
// values that no scenario reads from the documents' own examples; a change of the list shows.
func TestScenariosReadEveryField(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	read, documented := map[string]bool{}, map[string]bool{}
	for name, one := range allScenarios(t) {
		for _, step := range one.steps {
			if step.settings.Status != 0 && step.settings.Status != 200 {
				continue // refused before anything is read
			}
			document, errs := gqlparser.LoadQueryWithRules(schema, step.query, nil)
			if errs != nil {
				continue // a scenario of a refusal
			}
			for field := range fieldsRead(schema, document) {
				read[field] = true
				if one.settings.Dataset == string(simulator.DatasetDocumented) || strings.HasPrefix(name, "joined") {
					documented[field] = true
				}
			}
		}
	}
	var unread, unshown []string
	for _, kind := range schema.Types {
		if kind.Kind != ast.Object || strings.HasPrefix(kind.Name, "__") {
			continue
		}
		for _, field := range kind.Fields {
			name := kind.Name + "." + field.Name
			switch target := schema.Types[field.Type.Name()]; {
			case strings.HasPrefix(field.Name, "__"):
			case !read[name]:
				unread = append(unread, name)
			case target.IsLeafType() && !documented[name] && !strings.HasSuffix(kind.Name, "Edge") &&
				!strings.HasSuffix(kind.Name, "Connection"):
				unshown = append(unshown, name)
			}
		}
	}
	compareWithList(t, "testdata/unread_fields.txt", unread)
	compareWithList(t, "testdata/unread_examples.txt", unshown)
}

// fieldsRead are the fields that a document selects, Type.field, those of an interface under each of its types.
func fieldsRead(schema *ast.Schema, document *ast.QueryDocument) map[string]bool {
	read := map[string]bool{}
	var walk func(ast.SelectionSet)
	walk = func(selections ast.SelectionSet) {
		for _, selection := range selections {
			switch one := selection.(type) {
			case *ast.Field:
				for _, kind := range schema.GetPossibleTypes(one.ObjectDefinition) {
					read[kind.Name+"."+one.Name] = true
				}
				walk(one.SelectionSet)
			case *ast.InlineFragment:
				walk(one.SelectionSet)
			case *ast.FragmentSpread:
				walk(one.Definition.SelectionSet)
			}
		}
	}
	for _, operation := range document.Operations {
		walk(operation.SelectionSet)
	}
	return read
}

// compareWithList holds names against a golden list of lines "name: reason".
func compareWithList(t *testing.T, file string, got []string) {
	t.Helper()
	slices.Sort(got)
	got = append([]string{}, got...)
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	reasons, want := map[string]string{}, []string{}
	for line := range strings.Lines(string(text)) {
		name, reason, _ := strings.Cut(strings.TrimSpace(line), ": ")
		reasons[name] = reason
		want = append(want, name)
	}
	if *update {
		var written strings.Builder
		for _, name := range got {
			written.WriteString(name + ": " + reasons[name] + "\n")
		}
		if err := os.WriteFile(file, []byte(written.String()), 0o644); err != nil { //nolint:gosec // a file of the tree
			t.Fatal(err)
		}
		want = got
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-listed +found): show what is new in a scenario, or list it with a reason:\n%s", file, diff)
	}
	for _, name := range got {
		if reasons[name] == "" {
			t.Errorf("%s: %s has no reason", file, name)
		}
	}
}
