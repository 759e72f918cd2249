package dataset_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/resolvers/sources/dataset"
	"github.com/opsgraph/opsgraph/upstream/loose"
)

// TestFound_A7_WhoseRow: the placeholders of the documents' samples (quirks 32, 97) are no thing's id; any other id than
// the asked one is another thing's.
func TestFound_A7_WhoseRow(t *testing.T) {
	for id, want := range map[string]bool{
		"": true, "null": true, "vm-1": true, " VM-1 ": true, "someone-else": false, "vm-10": false, "vm": false,
		"xxx": true, "00700188-9859-xxx8-8889-71axxx4565": true, "XX.XX.XX.XX": true, "10.xx.0.1": false, "axx": false,
		"abfa96bc-29f6-4571-bfba-fcfdf6ad6ebb": true, "abfa96bc-29f6-4571-bfba-fcfdf6ad6ebc": false,
	} {
		if got := dataset.IsAbout(loose.NewText(id), "vm-1"); got != want {
			t.Errorf("%q is about vm-1: %v, want %v", id, got, want)
		}
	}
}
