package house

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestFoundRowsAreHeld: each row of what was found in use has a promise in the documents, and a scenario or a test that
// carries its number.
func TestFoundRowsAreHeld(t *testing.T) {
	held := map[string]bool{}
	scenarios, err := filepath.Glob(kit.ModuleRoot + "/internal/e2e/scenarios/testdata/scenarios/found_*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`(?i)found_([a-g]\d+)_`)
	for _, path := range scenarios {
		if m := number.FindStringSubmatch(filepath.Base(path)); m != nil {
			held[strings.ToUpper(m[1])] = true
		}
	}
	test := regexp.MustCompile(`(?m)^func TestFound((?:_[A-G]\d+)+)_\w+\(`)
	for _, folder := range []string{"cache", "graph", "internal", "resolvers", "upstream"} {
		err := filepath.WalkDir(filepath.Join(kit.ModuleRoot, folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range test.FindAllSubmatch(text, -1) {
				for row := range strings.SplitSeq(string(m[1][1:]), "_") {
					held[row] = true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var pages strings.Builder
	for _, page := range []string{"reliability.md", "security.md"} {
		text, err := os.ReadFile(filepath.Join(kit.ModuleRoot, "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		pages.Write(text)
	}
	for group, rows := range map[string]int{"A": 14, "B": 9, "C": 15, "D": 5, "E": 10, "F": 8, "G": 8} {
		for i := 1; i <= rows; i++ {
			row := fmt.Sprintf("%s%d", group, i)
			if !held[row] {
				t.Errorf("no scenario found_%s_… and no test TestFound_%s_…", strings.ToLower(row), row)
			}
			if n := strings.Count(pages.String(), "\n| "+row+" |"); n != 1 {
				t.Errorf("the documents have %d rows %s, want 1", n, row)
			}
		}
	}
}
