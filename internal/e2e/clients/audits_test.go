package clients

import (
	"encoding/json"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// audit is the result of one audit.
type audit struct{ ID, Name, Status, Reason, Answer string }

// TestHostile_audits_H100 runs the audits of graphql-http against the transport.
func TestHostile_audits_H100(t *testing.T) {
	t.Parallel()
	compileProject(t)
	s := kit.NewSite(t, nil)
	out := inProject(t, "node", "tools/audit.mjs", s.URL)
	var audits []audit
	if err := json.Unmarshal([]byte(out), &audits); err != nil {
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
