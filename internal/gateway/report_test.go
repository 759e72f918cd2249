package gateway_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tell logs what a client or a suite of tests came to when it has passed, and leaves the line where `make test` collects it: TEST_REPORT
// names the directory.
func tell(t *testing.T, name, format string, values ...any) {
	t.Helper()
	line := name + ": " + fmt.Sprintf(format, values...)
	t.Log(line)
	directory := os.Getenv("TEST_REPORT") //nolint:forbidigo // of the test run, not of a gateway
	if directory == "" || t.Failed() {
		return
	}
	writeText(t, filepath.Join(directory, strings.NewReplacer(" ", "-", "/", "-").Replace(name)+".txt"), line+"\n")
}
