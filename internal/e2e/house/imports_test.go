// Package house checks the order of the packages: which may import which, and how large one may grow.
package house

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/opsgraph/opsgraph"

// importRule is what the packages of a folder may import. Of several rules for a package the longest one counts.
type importRule struct {
	folder string   // relative to the module; ends in /... where it means all below too; "." is server.go
	may    []string // the same way; the package's own folder need not be listed
	why    string
}

// within reports whether a folder is one that a pattern names.
func within(folder, pattern string) bool {
	below, all := strings.CutSuffix(pattern, "...")
	if !all {
		return folder == pattern
	}
	return strings.HasPrefix(folder+"/", below)
}

// testsOnly are the folders that only tests and each other may import.
func testsOnly() []string {
	return []string{"internal/e2e/...", "internal/testkit", "internal/coordination/redis/redistest"}
}

// listed is a package as go list reports it.
type listed struct {
	ImportPath, Dir                             string
	GoFiles, Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-e",
		"-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports", module+"/...")
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var one listed
		if err := decoder.Decode(&one); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		all = append(all, one)
	}
}

// folderOf returns the folder of one of our packages.
func folderOf(path string) (string, bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

// TestImports holds every package to the layers: one way for data to flow, one home for each thing.
func TestImports(t *testing.T) {
	all := packages(t)
	if len(all) < 5 {
		t.Fatalf("go list reports %d packages only", len(all))
	}
	for _, p := range all {
		folder, _ := folderOf(p.ImportPath)
		imports := p.Imports
		if within(folder, "upstream/simulator/...") || within(folder, "internal/e2e/...") {
			imports = slices.Concat(p.Imports, p.TestImports, p.XTestImports)
		}
		checkImports(t, folder, imports)
	}
}

func checkImports(t *testing.T, folder string, imports []string) {
	t.Helper()
	rule, found := longest(importRules(), folder)
	if !found {
		t.Errorf("%s has no rule of what it may import: add one to importRules, with its reason", folder)
		return
	}
	for _, path := range imports {
		if of, ours := folderOf(path); ours {
			if isTestOnly(of) && !isTestOnly(folder) {
				t.Errorf("%s imports %s, which is for tests alone", folder, of)
			}
			if of != folder && !slices.ContainsFunc(rule.may, func(pattern string) bool { return within(of, pattern) }) {
				t.Errorf("%s imports %s: %s", folder, of, rule.why)
			}
			continue
		}
		if isTestOnly(folder) {
			continue // tests may use what the libraries under them use
		}
		for _, outside := range outsideRules() {
			if strings.HasPrefix(path+"/", outside.folder) &&
				!slices.ContainsFunc(outside.may, func(pattern string) bool { return within(folder, pattern) }) {
				t.Errorf("%s imports %s: %s", folder, path, outside.why)
			}
		}
	}
}

func isTestOnly(folder string) bool {
	return slices.ContainsFunc(testsOnly(), func(pattern string) bool { return within(folder, pattern) })
}

// longest returns the rule of the package itself, else the one with the longest folder that holds for it.
func longest(rules []importRule, folder string) (importRule, bool) {
	var best importRule
	found := false
	for _, rule := range rules {
		if rule.folder == folder {
			return rule, true
		}
		if within(folder, rule.folder) && (!found || len(rule.folder) > len(best.folder)) {
			best, found = rule, true
		}
	}
	return best, found
}

// TestImportRulesCatch makes sure that the check can fail.
func TestImportRulesCatch(t *testing.T) {
	tests := map[string]bool{ // a pattern that must or must not hold
		"upstream/simulator/x in upstream/simulator/...": true,
		"upstream/simulator in upstream/simulator/...":   true,
		"upstream/simulators in upstream/simulator/...":  false,
		"upstream/esm in upstream":                       false,
		"graph/model in graph":                           false,
		"anything in ...":                                true,
	}
	for text, want := range tests {
		folder, pattern, _ := strings.Cut(text, " in ")
		if got := within(folder, pattern); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	rule, found := longest(importRules(), "upstream/simulator/reference")
	if !found || len(rule.may) != 0 {
		t.Errorf("rule below the simulator = %+v, %v", rule, found)
	}
	if _, found := longest(importRules(), "internal/util"); found {
		t.Error("a package without a rule has one")
	}
}
