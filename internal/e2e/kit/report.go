package kit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ModuleRoot is the root of the module, seen from a package of tests.
const ModuleRoot = "../../.."

// Report logs the result of a client or a suite of tests that has passed, and writes the line where `make test`
// collects it: TEST_REPORT names the directory.
func Report(t *testing.T, name, format string, values ...any) {
	t.Helper()
	line := name + ": " + fmt.Sprintf(format, values...)
	t.Log(line)
	directory := os.Getenv("TEST_REPORT") //nolint:forbidigo // of the test run, not of a gateway
	if directory == "" || t.Failed() {
		return
	}
	WriteText(t, filepath.Join(directory, strings.NewReplacer(" ", "-", "/", "-").Replace(name)+".txt"), line+"\n")
}

// ReadText reads a file.
func ReadText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// WriteText writes a file.
func WriteText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
