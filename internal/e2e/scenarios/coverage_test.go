package scenarios

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/upstream/bss"
	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/gaussdb"
	"github.com/opsgraph/opsgraph/upstream/iam"
	"github.com/opsgraph/opsgraph/upstream/rest"
	"github.com/opsgraph/opsgraph/upstream/workspace"
)

const (
	coverageDocument = kit.ModuleRoot + "/docs/upstream.md"
	documentedQuirks = 112
)

// tableOf reads the rows of the table below a heading of the coverage document.
func tableOf(t *testing.T, heading string) [][]string {
	t.Helper()
	text, err := os.ReadFile(coverageDocument)
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("no section %s", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var rows [][]string
	for line := range strings.Lines(section) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "| ") {
			cells := strings.Split(strings.Trim(line, "| "), " | ")
			rows = append(rows, cells)
		}
	}
	if len(rows) < 3 {
		t.Fatalf("section %s has no table", heading)
	}
	return rows[2:] // without the heads and the rule below them
}

func documentedSpecs() []rest.Spec {
	return slices.Concat(esm.Endpoints(), gaussdb.Endpoints(), workspace.Endpoints(), bss.Endpoints(), iam.Endpoints())
}

func outsideSpecs() []rest.Spec {
	return slices.Concat(gaussdb.OutsideEndpoints(), workspace.OutsideEndpoints())
}

func TestCoverageOfOperations(t *testing.T) {
	if specs := documentedSpecs(); len(specs) != kit.DocumentedOperations {
		t.Errorf("%d operations, want %d", len(specs), kit.DocumentedOperations)
	}
	for heading, specs := range map[string][]rest.Spec{
		"Operations": documentedSpecs(), "Outside the documents": outsideSpecs(),
	} {
		t.Run(heading, func(t *testing.T) {
			var want, got []string
			for _, spec := range specs {
				want = append(want, spec.Operation+" "+spec.Method)
			}
			for _, row := range tableOf(t, heading) {
				_, call, _ := strings.Cut(row[1], "`")
				method, _, _ := strings.Cut(call, " ")
				got = append(got, row[0]+" "+method)
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("rows (-code +document):\n%s", diff)
			}
		})
	}
}

// fieldPattern finds what a row names as fields: `devices`, `Host.device`.
var fieldPattern = regexp.MustCompile("`([A-Za-z.]+)`")

// TestCoverageNamesFieldsOfTheSchema: a row can't name a field that there is not.
func TestCoverageNamesFieldsOfTheSchema(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	known := func(name string) bool {
		kind, field, qualified := strings.Cut(name, ".")
		if !qualified {
			return schema.Query.Fields.ForName(name) != nil || schema.Mutation.Fields.ForName(name) != nil ||
				schema.Types[name] != nil ||
				slices.Contains([]string{"status", "statusText"}, name)
		}
		definition := schema.Types[kind]
		return definition != nil && definition.Fields.ForName(field) != nil
	}
	for heading, cell := range map[string]int{"Operations": 2, "Outside the documents": 3} {
		for _, row := range tableOf(t, heading) {
			for _, match := range fieldPattern.FindAllStringSubmatch(row[cell], -1) {
				if !known(match[1]) {
					t.Errorf("%s: the schema has no %s", row[0], match[1])
				}
			}
		}
	}
}

// quirkPattern finds the number that a test stands for.
var quirkPattern = regexp.MustCompile(`Quirk(\d{3})`)

// quirksInTests lists the test files of the module by the quirks that they stand for.
func quirksInTests(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(kit.ModuleRoot, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			if err == nil && entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "node_modules") {
				return filepath.SkipDir
			}
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(kit.ModuleRoot, path)
		if err != nil {
			return err
		}
		for _, match := range quirkPattern.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(files[match[1]], name) {
				files[match[1]] = append(files[match[1]], filepath.ToSlash(name))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCoverageOfQuirks(t *testing.T) {
	tested, listed := quirksInTests(t), map[string]bool{}
	for _, row := range tableOf(t, "Quirks") {
		number := row[0]
		if listed[number] || len(row) != 3 {
			t.Errorf("quirk %s stands twice or lacks a cell", number)
			continue
		}
		listed[number] = true
		named := strings.SplitSeq(strings.ReplaceAll(row[2], "`", ""), ", ")
		for file := range named {
			if !slices.Contains(tested[number], file) {
				t.Errorf("quirk %s: %q does not hold Quirk%s", number, file, number)
			}
		}
	}
	for number := 1; number <= documentedQuirks; number++ {
		name := fmt.Sprintf("%03d", number)
		if len(tested[name]) == 0 {
			t.Errorf("no test stands for Quirk%s", name)
		}
		if !listed[name] {
			t.Errorf("quirk %s has no row", name)
		}
		delete(listed, name)
		delete(tested, name)
	}
	if len(listed) > 0 || len(tested) > 0 {
		t.Errorf("numbers that the reference lacks: rows %v, tests %v", listed, tested)
	}
}
