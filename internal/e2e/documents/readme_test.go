package documents

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// readme is the page that the project opens with.
const readme = kit.ModuleRoot + "/README.md"

var (
	readmeQuery  = regexp.MustCompile(`-d '(\{"query":.*\})'`)
	readmeAnswer = regexp.MustCompile("(?s)```json\n(.*?)```")
)

// TestReadmeFirstQuery asks the default site what the README asks first, and expects the README's answer.
func TestReadmeFirstQuery(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	query, answer := readmeQuery.FindSubmatch(text), readmeAnswer.FindSubmatch(text)
	if query == nil || answer == nil {
		t.Fatal("the README has no first query with its answer")
	}
	var request struct{ Query string }
	if err := json.Unmarshal(query[1], &request); err != nil {
		t.Fatal(err)
	}
	asked, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		kit.Demo(t)+"/graphql?query="+url.QueryEscape(request.Query), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	asked.Header.Set("Content-Type", "application/json")  // what a page of another site could not send
	answered, err := new(http.Transport).RoundTrip(asked) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		t.Fatal(err)
	}
	reply := kit.ReadReply(t, answered)
	var want, got struct{ Data any }
	if err := json.Unmarshal(answer[1], &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(reply.Raw), &got); err != nil || reply.Status != http.StatusOK {
		t.Fatalf("query: %d %.300s", reply.Status, reply.Raw)
	}
	if diff := cmp.Diff(want.Data, got.Data); diff != "" {
		t.Errorf("the README's answer is not the gateway's (-readme +gateway):\n%s", diff)
	}
}
