package stand

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

func send(t *testing.T, handler http.Handler, method, path, body string, header ...string) (int, string) {
	t.Helper()
	request := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	answer, err := io.ReadAll(recorder.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return recorder.Code, string(answer)
}

func TestUpstreamRepeatsItself(t *testing.T) {
	u, err := NewUpstream(20, true)
	if err != nil {
		t.Fatal(err)
	}
	const path = "/v3/auth/tokens"
	login := func(name string) string {
		return `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"` + name + `","password":"` +
			simulator.DemoPassword + `","domain":{"name":"demo"}}}},"scope":{"project":{"id":"` + simulator.DemoProjectID +
			`"}}}}`
	}
	status, first := send(t, u, "POST", path, login("demo"), "Content-Type", "application/json")
	if status != http.StatusCreated {
		t.Fatalf("login: %d %s", status, first)
	}
	if _, second := send(t, u, "POST", path, login("demo"), "Content-Type", "application/json"); second != first {
		t.Errorf("the same call is answered %s and %s", first, second)
	}
	for range 2 { // a refusal is not held
		if status, _ := send(t, u, "POST", path, login("nobody")); status < 400 {
			t.Errorf("a wrong login is answered with %d", status)
		}
	}
	if len(u.held) != 1 {
		t.Errorf("%d answers are held, want 1", len(u.held))
	}
	if _, calls := send(t, u, "GET", CallsPath, ""); strings.Count(calls, path) != 4 {
		t.Errorf("calls %s", calls)
	}
	_, regions := send(t, u, "GET", RegionsPath, "")
	if strings.Count(regions, ",") != 4 || strings.Count(regions, "=") != 10 {
		t.Errorf("regions %q", regions)
	}
	if status, _ := send(t, u, "PUT", DelayPath, "soon"); status != http.StatusBadRequest {
		t.Errorf("a delay of soon is answered with %d", status)
	}
	if status, _ := send(t, u, "PUT", DelayPath, "1ms"); status != http.StatusOK {
		t.Errorf("a delay is answered with %d", status)
	}
}

func TestKeyOf(t *testing.T) {
	same := [][2]string{
		{"GET /a?beginTime=1764430000000&endTime=1764430060000&limit=50", "GET /a?beginTime=1764430000001&endTime=1764430060009&limit=50"},
		{"GET /a?t=20261129155100", "GET /a?t=20261129155259"},
		{"GET /a?t=2026-11-29T15%3A51%3A00Z", "GET /a?t=2026-11-29T15%3A52%3A59Z"},
	}
	for _, pair := range same {
		if keyOf(pair[0], nil) != keyOf(pair[1], nil) {
			t.Errorf("%q is told from %q", pair[0], pair[1])
		}
	}
	if keyOf("GET /a?limit=50&offset=100", nil) == keyOf("GET /a?limit=50&offset=200", nil) {
		t.Error("two pages are one")
	}
	if keyOf("GET /a/5f3d9c1e7b2a48d6a0c4e8f1b7d35a92", nil) == keyOf("GET /a/5f3d9c1e7b2a48d6a0c4e8f1b7d35a93", nil) {
		t.Error("two ids are one")
	}
}

func TestFloor(t *testing.T) {
	f := NewFloor()
	if status, _ := send(t, f, "POST", "/a", "query"); status != http.StatusNotFound {
		t.Errorf("bytes that nobody put are answered with %d", status)
	}
	for path, bare := range map[string]bool{"/a": false, "/b": true} {
		text, err := json.Marshal(Handed{Header: http.Header{"Etag": {"x"}}, Body: []byte("bytes"), Bare: bare})
		if err != nil {
			t.Fatal(err)
		}
		send(t, f, "PUT", path, string(text))
		if status, body := send(t, f, "POST", path, "query"); status != http.StatusOK || body != "bytes" {
			t.Errorf("%d %q", status, body)
		}
	}
	if status, _ := send(t, f, "PUT", "/a", "no JSON"); status != http.StatusBadRequest {
		t.Errorf("bytes that are no answer are taken with %d", status)
	}
}
