package documents

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// TestExamplesAnswer runs every query of docs/examples, with the variables beside it, against the simulator: none has
// an error.
func TestExamplesAnswer(t *testing.T) {
	documents, err := filepath.Glob(kit.ModuleRoot + "/docs/examples/*.graphql")
	if err != nil || len(documents) < 10 {
		t.Fatalf("%d examples, %v", len(documents), err)
	}
	guide, err := os.ReadFile(kit.ModuleRoot + "/docs/schema.md")
	if err != nil {
		t.Fatal(err)
	}
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 20})
	r := w.StartGateway(t, "")
	for _, path := range documents {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			document, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			variables, err := os.ReadFile(strings.TrimSuffix(path, ".graphql") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			got := r.Ask(t, string(document), string(variables), nil)
			if got.Status != http.StatusOK || len(got.Body.Errors) > 0 || len(got.Body.Data) == 0 {
				t.Errorf("%d %.1500s", got.Status, got.Raw)
			}
			if !strings.Contains(string(guide), "(examples/"+name+")") {
				t.Errorf("the guide does not lead to %s", name)
			}
		})
	}
}
