package gateway_test

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

//go:embed testdata/audits/package.json testdata/audits/package-lock.json testdata/audits/.npmrc testdata/audits/audit.js
var auditProject embed.FS

// audit is the result of one audit.
type audit struct{ ID, Name, Status, Reason, Answer string }

// TestHostile_audits_H100 runs the audits of graphql-http against the transport.
func TestHostile_audits_H100(t *testing.T) {
	t.Parallel()
	const needed = "the audits need Node.js 20 or later with npm: install the Debian packages nodejs and npm"
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("%s: %v", needed, err)
		}
	}
	directory := npmDirectory(t, auditProject, "audits", "audit.js")
	s := newSite(t, nil)
	command := exec.CommandContext(t.Context(), "node", "audit.js", s.url)
	command.Dir = directory
	command.Stderr = t.Output()
	out, err := command.Output()
	if err != nil {
		t.Fatalf("run the audits: %v", err)
	}
	var audits []audit
	if err := json.Unmarshal(out, &audits); err != nil {
		t.Fatalf("read the results: %v: %.300s", err, out)
	}
	counts := map[string]int{}
	for _, one := range audits {
		counts[one.Status]++
		if one.Status != "ok" {
			t.Errorf("%s %s: %s: %s (%s)", one.Status, one.ID, one.Name, one.Reason, one.Answer)
		}
	}
	const known = 61
	if len(audits) != known {
		t.Errorf("%d audits ran, want %d", len(audits), known)
	}
	tell(t, "graphql-http audits", "%d ok, %d errors, %d warnings, %d notices", counts["ok"], counts["error"], counts["warn"], counts["notice"])
}

// npmDirectory returns a directory with an npm project of testdata installed. It is kept in the user's cache under the hash of the
// project, so that packages are fetched once.
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
		cache = t.TempDir() // nobody's home: nothing is kept
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
	command := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
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
