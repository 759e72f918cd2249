package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// pageOf is the list as a page.
func pageOf(modules, packages []part) string {
	var text strings.Builder
	text.WriteString("# Licences\n\nWhat of other people's work is in a release, and under which licence. `make licences` writes this page,\n" +
		"`make check` compares it with what is built, and fails for a part without a licence that is allowed.\n")
	table := func(title, of string, parts []part) {
		fmt.Fprintf(&text, "\n## %s\n\n| %s | version | licence |\n| --- | --- | --- |\n", title, of)
		for _, p := range parts {
			fmt.Fprintf(&text, "| %s | %s | %s |\n", p.name, p.version, p.licence)
		}
	}
	table("In the binary", "Go module", modules)
	table("In its pages for browsers", "npm package", packages)
	return text.String()
}

// writeNotices writes the texts of all licences. A package whose text is not there is named with its licence alone.
func writeNotices(path string, parts []part) error {
	var text strings.Builder
	text.WriteString("This program has parts of other people's work in it. Their licences follow.\n")
	for _, p := range parts {
		fmt.Fprintf(&text, "\n%s\n%s %s (%s)\n\n", strings.Repeat("=", 80), p.name, p.version, p.licence)
		for _, name := range p.files {
			content, err := os.ReadFile(filepath.Join(p.folder, name))
			if err != nil {
				return fmt.Errorf("licence of %s: %w", p.name, err)
			}
			text.WriteString(strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n")) + "\n")
		}
	}
	return os.WriteFile(path, []byte(text.String()), 0o644)
}
