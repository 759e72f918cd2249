package documents

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// block is a fenced block of a page.
type block struct {
	page string // relative to the module's root
	line int
	tag  string // what follows the fence: the language, and more
	code string
}

// pages lists the Markdown files of the project, relative to the module's root.
func pages(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(kit.ModuleRoot, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" ||
			strings.HasPrefix(entry.Name(), ".") && path != kit.ModuleRoot):
			return filepath.SkipDir
		case filepath.Ext(path) == ".md":
			name, err := filepath.Rel(kit.ModuleRoot, path)
			if err != nil {
				return err
			}
			found = append(found, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// blocksOf lists the fenced blocks of a page.
func blocksOf(page, text string) []block {
	var blocks []block
	var open *block
	fence := ""
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case open != nil && trimmed == fence:
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.code += line + "\n"
		case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:3]
			open = &block{page: page, line: i + 1, tag: strings.TrimSpace(strings.Trim(trimmed, fence[:1]))}
		}
	}
	return blocks
}

// documentBlocks lists the blocks of all pages.
func documentBlocks(t *testing.T) []block {
	t.Helper()
	var all []block
	for _, page := range pages(t) {
		text, err := os.ReadFile(filepath.Join(kit.ModuleRoot, page))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, blocksOf(page, string(text))...)
	}
	return all
}

// runs reports whether the tests run the block.
func (b block) runs() bool { return b.tag == "sh" }

// mistake says what is wrong with the tag of a block: what people paste into a shell is tagged `sh` and run by a test,
// or `sh norun: the reason`.
func (b block) mistake() string {
	const leastReason = 10
	language, more, _ := strings.Cut(b.tag, " ")
	switch {
	case slices.Contains([]string{"bash", "console", "shell", "zsh", "shell-session", "terminal"}, language):
		return "a block of a shell is tagged sh"
	case language != "sh":
		for line := range strings.Lines(b.code) {
			if word := strings.TrimSpace(line); strings.HasPrefix(word, "$ ") || language == "" && commandOfShell(word) {
				return "looks like a block of a shell: tag it sh"
			}
		}
	case more != "":
		reason, is := strings.CutPrefix(more, "norun: ")
		if !is || len(reason) < leastReason {
			return "what follows sh is `norun: ` and why no test can run it"
		}
	}
	return ""
}

// commandOfShell reports whether a line begins as commands of the documents do.
func commandOfShell(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	return slices.Contains([]string{"curl", "make", "go", "npm", "npx", "node", "export", "cd", "git", "docker"}, word)
}

// TestFound_B8_ShellBlocksAreTagged: no page has a block of commands that no test runs, unless it says why.
func TestFound_B8_ShellBlocksAreTagged(t *testing.T) {
	blocks := documentBlocks(t)
	running := 0
	for _, b := range blocks {
		if mistake := b.mistake(); mistake != "" {
			t.Errorf("%s:%d: %s: %q", b.page, b.line, mistake, b.tag)
		}
		if b.runs() {
			running++
		}
	}
	if running < 6 {
		t.Errorf("%d blocks run", running)
	}
	for text, wrong := range map[string]bool{
		"```sh\nls\n```": false,
		"```sh norun: needs a site of yours\nls\n```":   false,
		"```sh norun\nls\n```":                          true,
		"```bash\nls\n```":                              true,
		"```console\n$ ls\n```":                         true,
		"```\n$ ls\n```":                                true,
		"```\ncurl -s http://127.0.0.1:8080\n```":       true,
		"```\nopsgraph v0.1.0 serves http://x\n```":     false,
		"```yaml\nserver: {listen: 127.0.0.1:1}\n```":   false,
		"~~~ bash\nls\n~~~":                             true,
		"1. first:\n\n   ```bash\n   ls\n   ```\n\nend": true,
	} {
		blocks := blocksOf("page", text)
		if len(blocks) != 1 || (blocks[0].mistake() != "") != wrong {
			t.Errorf("%q: %+v", text, blocks)
		}
	}
}
