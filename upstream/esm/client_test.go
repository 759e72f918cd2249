package esm_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/esm"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// examples is where the reference of the upstreams keeps its bodies.
const examples = "../simulator/reference/examples"

func example(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(examples, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// recorded is a request as it came over the wire.
type recorded struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

// upstream is an ESM with given answers that records its requests.
type upstream struct {
	mu       sync.Mutex
	requests []recorded
	answer   func(r recorded) (status int, body string)
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "unreadable", http.StatusBadRequest)
		return
	}
	request := recorded{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Body: string(body),
		Header: r.Header,
	}
	u.mu.Lock()
	u.requests = append(u.requests, request)
	u.mu.Unlock()
	status, answer := u.answer(request)
	w.Header().Set("Content-Type", "application/json;charset=UTF8") // not the registered name (QUIRKS 92)
	w.WriteHeader(status)
	if _, err := io.WriteString(w, answer); err != nil {
		return // the client is gone
	}
}

func (u *upstream) seen() []recorded {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]recorded(nil), u.requests...)
}

// serve starts an ESM with the given answers and a client of it.
func serve(t *testing.T, o esm.Options, answer func(r recorded) (int, string)) (*esm.Client, *upstream) {
	t.Helper()
	u := &upstream{answer: answer}
	server := httptest.NewServer(u)
	t.Cleanup(server.Close)
	client, err := rest.NewClient(rest.ClientConfig{
		System:  "esm",
		BaseURL: server.URL,
		Headers: map[string]rest.Secret{
			"X-APIG-Appcode": "apig-code", "x-hcso-appcode": "hcso-code", "x-hcso-domainid": "domain-1",
		},
		Timeout: 10 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return esm.New(client, o), u
}

// serveExample starts an ESM that answers everything with one file of the reference.
func serveExample(t *testing.T, name string) (*esm.Client, *upstream) {
	t.Helper()
	body := example(t, name)
	return serve(t, esm.Options{}, func(recorded) (int, string) { return http.StatusOK, body })
}

// september is the window of the tests: 1 to 20 September 2024.
func september() esm.Window {
	return esm.Window{
		From: time.Date(2024, 9, 1, 0, 0, 0, 0, time.UTC),
		To:   time.Date(2024, 9, 20, 8, 2, 0, 0, time.UTC),
	}
}

const (
	septemberQuery = "begin_time=1725148800000&end_time=1726819320000"
	jobID          = "8f14e45fceea167a5a36dedd4bea2543"
	domainID       = "d1803845584b4626850ce57a8a020e4f"
	hostID         = "dea41fb4-2583-45d7-a4b1-22d8d27c5024"
)
