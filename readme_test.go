package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	readmeQuery  = regexp.MustCompile(`-d '(\{"query":.*\})'`)
	readmeAnswer = regexp.MustCompile("(?s)```json\n(.*?)```")
)

// TestReadmeFirstQuery asks the default site what the README asks first, and expects the README's answer.
func TestReadmeFirstQuery(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	query, answer := readmeQuery.FindSubmatch(readme), readmeAnswer.FindSubmatch(readme)
	if query == nil || answer == nil {
		t.Fatal("the README has no first query with its answer")
	}
	var request struct{ Query string }
	if err := json.Unmarshal(query[1], &request); err != nil {
		t.Fatal(err)
	}
	p := start(t, []string{
		"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=off", "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0",
	})
	status, body := p.get(t, "/graphql?query="+url.QueryEscape(request.Query))
	var want, got struct{ Data any }
	if err := json.Unmarshal(answer[1], &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
		t.Fatalf("query: %d %.300s", status, body)
	}
	if diff := cmp.Diff(want.Data, got.Data); diff != "" {
		t.Errorf("the README's answer is not the gateway's (-readme +gateway):\n%s", diff)
	}
}
