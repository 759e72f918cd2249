package house

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// mostLines is how large a package may grow before it is to be split.
const mostLines = 3000

// generatedMark is the line by which Go's tools know a file that a program wrote.
var generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// TestPackageSizes holds hand-written packages to a size that one person can know. The simulator is apart: it is as
// large as the upstream that it plays.
func TestPackageSizes(t *testing.T) {
	for _, p := range packages(t) {
		folder, _ := folderOf(p.ImportPath)
		if within(folder, "upstream/simulator/...") {
			continue
		}
		lines := 0
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if !generatedMark.Match(text) {
				lines += bytes.Count(text, []byte("\n"))
			}
		}
		if lines > mostLines {
			t.Errorf("%s has %d lines without its tests, and may have %d: split it", folder, lines, mostLines)
		}
	}
}
