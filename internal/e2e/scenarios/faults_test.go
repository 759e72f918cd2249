package scenarios

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// referenceExamples are the bodies that the upstream's documents show.
const referenceExamples = kit.ModuleRoot + "/upstream/simulator/reference/examples"

// withExamples gives faults their bodies: an example by its name in the reference, without ".json", or a value as JSON.
func withExamples(t *testing.T, faults []map[string]any) []map[string]any {
	t.Helper()
	with := make([]map[string]any, 0, len(faults))
	for _, fault := range faults {
		fault = maps.Clone(fault)
		name, named := fault["example"].(string)
		value, valued := fault["json"]
		if named || valued {
			body := []byte(compactJSON(t, value))
			if named {
				var err error
				if body, err = os.ReadFile(filepath.Join(referenceExamples, name+".json")); err != nil {
					t.Fatal(err)
				}
			}
			delete(fault, "example")
			delete(fault, "json")
			fault["kind"], fault["body"] = "status", string(body)
			if fault["status"] == nil {
				fault["status"] = 200
			}
		}
		with = append(with, fault)
	}
	return with
}
