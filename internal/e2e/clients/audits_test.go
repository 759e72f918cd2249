package clients

import (
	"embed"
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
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
	s := kit.NewSite(t, nil)
	command := exec.CommandContext(t.Context(), "node", "audit.js", s.URL)
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
	kit.Report(t, "graphql-http audits", "%d ok, %d errors, %d warnings, %d notices", counts["ok"], counts["error"],
		counts["warn"], counts["notice"])
}
