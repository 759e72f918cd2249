package main

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// pressedUpstream is a simulator of so many hosts that answers as fast as it can.
func pressedUpstream(t *testing.T, hosts int) (*simulator.Simulator, *httptest.Server) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Hosts: hosts, Regions: 2, Latency: simulator.LatencyNone, Quota: simulator.QuotaOff})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, server
}

// TestProcessBlockedLog_F73 gives the process a log that nobody reads: it answers all the same, counts the lines that it drops, and ends
// with 0 when it is told to.
func TestProcessBlockedLog_F73(t *testing.T) {
	t.Parallel()
	_, server := pressedUpstream(t, 400)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	cmd := binaryCommand(t, nil, append(upstreamEnviron(server.URL), "OPSGRAPH_LOG_LEVEL=debug", "OPSGRAPH_AGES_VIRTUAL_MACHINES_FRESH=1ms",
		"OPSGRAPH_AGES_VIRTUAL_MACHINES_STALE=1ms", "OPSGRAPH_QUOTA_MINUTE_LIMIT=1000000", "OPSGRAPH_QUOTA_SECOND_LIMIT=1000000")...)
	cmd.Stderr = writer
	b := &binary{replica: launch(t, cmd), log: &text{}}
	_ = writer.Close() // the process has its own
	for log := bufio.NewReader(reader); b.admin == ""; {
		line, err := log.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		b.admin = adminAddress(line)
	} // and nothing more is read
	asked := 0
	until(t, "no line is dropped", func() bool {
		asked++
		status, body := b.post(t, `{ hosts(first: 400) { nodes { virtualMachines { totalCount } } } }`)
		if status != http.StatusOK || strings.Contains(body, `"errors"`) {
			t.Fatalf("question %d: %d %.300s", asked, status, body)
		}
		return b.metric(t, "opsgraph_log_lines_dropped_total") > 0
	})
	if status, body := b.post(t, `{ __typename }`); status != http.StatusOK {
		t.Errorf("with a full pipe: %d %s", status, body)
	}
	t.Logf("%d questions answered, %.0f lines dropped", asked, b.metric(t, "opsgraph_log_lines_dropped_total"))
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := b.ended(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
