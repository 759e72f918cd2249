package testkit

import (
	"os"
	"testing"
)

// Descriptors is the number of files that the process has open.
func Descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
