package command_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/opsgraph/opsgraph/internal/command"
)

// TestReady asks a gateway that serves, by an address that means all of them too, and one that has ended.
func TestReady(t *testing.T) {
	admin := freeAddress(t)
	line, stop := start(t, nil, []string{
		"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=" + admin, "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0",
	})
	_, port, err := net.SplitHostPort(admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, listen := range []string{admin, "0.0.0.0:" + port, ":" + port, "[::]:" + port} {
		got, err := run(t, []string{"ready"}, []string{"OPSGRAPH_ADMIN_LISTEN=" + listen})
		if err != nil || !strings.Contains(got, `"status":"ready"`) {
			t.Errorf("%s, asked by %s: %q, %v", line, listen, got, err)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"ready"}, {"ready", "--wait", "150ms"}} {
		got, err := run(t, args, []string{"OPSGRAPH_ADMIN_LISTEN=" + admin})
		if command.ExitCode(err) != 1 || got != "" || !strings.Contains(err.Error(), "not ready") {
			t.Errorf("%v of an ended gateway: %q, %v", args, got, err)
		}
	}
}

// TestReadyWaits asks again until the answer is a good one, and not without --wait.
func TestReadyWaits(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 4 {
			http.Error(w, `{"status":"draining"}`, http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(`{"status":"degraded"}`)) // the test reads it
	}))
	t.Cleanup(server.Close)
	environ := []string{"OPSGRAPH_ADMIN_LISTEN=" + strings.TrimPrefix(server.URL, "http://")}
	if _, err := run(t, []string{"ready"}, environ); command.ExitCode(err) != 1 || !strings.Contains(err.Error(), "draining") {
		t.Errorf("a draining gateway: %v", err)
	}
	got, err := run(t, []string{"ready", "--wait", "30s"}, environ)
	if err != nil || got != `{"status":"degraded"}` || asked.Load() != 4 {
		t.Errorf("after %d questions: %q, %v", asked.Load(), got, err)
	}
}

// TestReadyHasNobodyToAsk names the setting.
func TestReadyHasNobodyToAsk(t *testing.T) {
	for _, environ := range [][]string{{"OPSGRAPH_ADMIN_LISTEN=off"}, {"OPSGRAPH_ADMIN_LISTEN=nowhere"}} {
		_, err := run(t, []string{"ready"}, environ)
		if command.ExitCode(err) != 1 || !strings.Contains(err.Error(), "OPSGRAPH_ADMIN_LISTEN") {
			t.Errorf("%v: %v", environ, err)
		}
	}
}

// freeAddress is a free address of the loopback.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
