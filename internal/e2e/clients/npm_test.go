// Package clients uses the gateway through the programs of its users: the examples, libraries for GraphQL, a browser.
package clients

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// npmDirectory returns a directory with an npm project of testdata installed. It is kept in the user's cache under the
// hash of the project, so that packages are fetched once.
func npmDirectory(t *testing.T, files embed.FS, name, script string) string {
	t.Helper()
	project, err := fs.Sub(files, "testdata/"+name)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	for _, file := range []string{"package.json", "package-lock.json", ".npmrc", script} {
		text, err := fs.ReadFile(project, file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := hash.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir() // no home: nothing is kept
	}
	parent := filepath.Join(cache, "opsgraph")
	installed := filepath.Join(parent, name+"-"+hex.EncodeToString(hash.Sum(nil))[:16])
	if _, err := os.Stat(installed); err == nil {
		return installed
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		t.Fatal(err)
	}
	// Made aside and moved when it is complete: another test run may do the same at this moment.
	fresh, err := os.MkdirTemp(parent, name+"-new-") //nolint:usetesting // on the file system that it is moved within
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(fresh); err != nil {
			t.Error(err)
		}
	})
	if err := os.CopyFS(fresh, project); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
		"--prefer-offline")
	command.Dir = fresh
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	if err := os.Rename(fresh, installed); err != nil {
		if _, statErr := os.Stat(installed); statErr != nil {
			t.Fatal(err)
		}
	}
	return installed
}
