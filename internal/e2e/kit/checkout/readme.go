package checkout

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

var (
	readmeQuery  = regexp.MustCompile(`-d '(\{"query":.*\})'`)
	readmeAnswer = regexp.MustCompile("(?s)```json\n(.*?)```")
)

// FirstQuery is the query that the README asks first, of the demo, and the data of the answer that stands below it.
func FirstQuery(t *testing.T) (query string, data any) {
	t.Helper()
	text := kit.ReadText(t, filepath.Join(kit.ModuleRoot, "README.md"))
	asked, answered := readmeQuery.FindStringSubmatch(text), readmeAnswer.FindStringSubmatch(text)
	if asked == nil || answered == nil {
		t.Fatal("the README has no first query with its answer")
	}
	var request struct{ Query string }
	if err := json.Unmarshal([]byte(asked[1]), &request); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Data any }
	if err := json.Unmarshal([]byte(answered[1]), &answer); err != nil {
		t.Fatal(err)
	}
	return request.Query, answer.Data
}
