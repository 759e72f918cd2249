package house

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestDependenciesAreListed compares the direct dependencies of go.mod with ADR 0006, which says what each is for.
func TestDependenciesAreListed(t *testing.T) {
	read := func(name string) string {
		raw, err := os.ReadFile(kit.ModuleRoot + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	listed := read("docs/adr/0006-dependencies.md")
	direct := 0
	for _, match := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(read("go.mod"), -1) {
		direct++
		name := strings.TrimPrefix(match[1], "github.com/")
		if !regexp.MustCompile(`[ (]` + regexp.QuoteMeta(name) + `[ ,(]`).MatchString(listed) {
			t.Errorf("ADR 0006 does not say what %s is for", match[1])
		}
	}
	if direct < 10 {
		t.Errorf("go.mod names %d direct dependencies only", direct)
	}
}
