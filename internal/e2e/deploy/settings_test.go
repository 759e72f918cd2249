package deploy

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// deployFiles are the files of deploy/, relative to the root of the tree, by what they hold.
func deployFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root+"/deploy", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		files[name] = kit.ReadText(t, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var (
	variableWord = regexp.MustCompile(`\bOPSGRAPH_[A-Z0-9_]+`)
	keyWord      = regexp.MustCompile(`\b(server|limits|auth|redis|quota)\.[a-z_]+\b`)
)

// TestSettingsExist: every variable and every key that a file of deploy/ names is one of the gateway.
func TestSettingsExist(t *testing.T) {
	t.Parallel()
	// Compose's own, the folder of the README's loop, and the beginning of names in a pattern.
	known := []string{config.FileVariable, "OPSGRAPH_IMAGE"}
	var keys []string
	for _, key := range config.Keys() {
		known, keys = append(known, key.Env), append(keys, key.Name)
		if key.Secret {
			known = append(known, key.Env+"_FILE")
		}
	}
	found := 0
	for name, text := range deployFiles(t) {
		for _, word := range variableWord.FindAllString(text, -1) {
			found++
			if !slices.Contains(known, word) {
				t.Errorf("%s names %s, which is none", name, word)
			}
		}
		for _, word := range keyWord.FindAllString(text, -1) {
			if !slices.Contains(keys, word) && !file(word) {
				t.Errorf("%s names the key %s, which is none", name, word)
			}
		}
	}
	if found < 20 {
		t.Errorf("%d variables were found", found)
	}
}

// file reports whether a word with a dot is the name of a file or a host.
func file(word string) bool {
	return slices.Contains([]string{".conf", ".service", ".yaml", ".cfg"}, filepath.Ext(word)) ||
		strings.HasPrefix(word, "redis.conf")
}
