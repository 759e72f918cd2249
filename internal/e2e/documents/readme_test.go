package documents

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/e2e/kit/checkout"
)

// TestReadmeFirstQuery asks the default site what the README asks first, and expects the README's answer.
func TestReadmeFirstQuery(t *testing.T) {
	query, want := checkout.FirstQuery(t)
	asked, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		kit.Demo(t)+"/graphql?query="+url.QueryEscape(query), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	asked.Header.Set("Content-Type", "application/json")  // what a page of another site could not send
	answered, err := new(http.Transport).RoundTrip(asked) //nolint:bodyclose // ReadReply closes it
	if err != nil {
		t.Fatal(err)
	}
	reply := kit.ReadReply(t, answered)
	var got struct{ Data any }
	if err := json.Unmarshal([]byte(reply.Raw), &got); err != nil || reply.Status != http.StatusOK {
		t.Fatalf("query: %d %.300s", reply.Status, reply.Raw)
	}
	if diff := cmp.Diff(want, got.Data); diff != "" {
		t.Errorf("the README's answer is not the gateway's (-readme +gateway):\n%s", diff)
	}
}
