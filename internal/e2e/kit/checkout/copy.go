// Package checkout has the tree as a clone has it, and what its README asks first, for tests that follow the pages.
package checkout

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// Copy copies the files of the tree that a clone has, each as change makes it, and returns the folder and what was
// written there, by path.
func Copy(t *testing.T, change func(name string, text []byte) []byte) (folder string, written map[string]string) {
	t.Helper()
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = kit.ModuleRoot
	names, err := list.Output()
	if err != nil {
		t.Fatalf("list the files: %v", err)
	}
	folder, written = t.TempDir(), map[string]string{}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(kit.ModuleRoot, name))
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		information, err := os.Stat(filepath.Join(kit.ModuleRoot, name))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		text = change(name, text)
		written[path] = string(text)
		if err := os.WriteFile(path, text, information.Mode()); err != nil {
			t.Fatal(err)
		}
	}
	return folder, written
}
