package process

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// program is the binary as users have it: without the race detector, whose shadow memory and bound on goroutines would
// be measured with it. It is built once, when a test first wants it.
type program struct {
	once   sync.Once
	folder string
	err    error
}

var built program

// path builds the binary where that was not done yet.
func (p *program) path(t testing.TB) string {
	t.Helper()
	p.once.Do(func() {
		if p.folder, p.err = os.MkdirTemp("", "opsgraph"); p.err != nil { //nolint:usetesting // it outlives the test that builds it
			return
		}
		build := exec.Command("go", "build", "-race=false", "-buildvcs=false", "-trimpath",
			"-o", filepath.Join(p.folder, "opsgraph"), ".")
		build.Dir = kit.ModuleRoot
		build.Env = append(build.Environ(), "CGO_ENABLED=0") // as the image has it, and of the same compiled packages
		if output, err := build.CombinedOutput(); err != nil {
			p.err = fmt.Errorf("build: %w: %s", err, output)
		}
	})
	if p.err != nil {
		t.Fatal(p.err)
	}
	return filepath.Join(p.folder, "opsgraph")
}

// remove ends what path made.
func (p *program) remove() {
	if p.folder != "" {
		_ = os.RemoveAll(p.folder) // the system clears its folder of temporary files as well
	}
}

// binary is a replica that is the built program and reports on itself to operators.
type binary struct {
	*replica
	admin string
	log   *testkit.Log
}

// binaryCommand is the command that runs the built program; before are words of a command that starts it, such as one
// that sets limits.
func binaryCommand(t testing.TB, before []string, environ ...string) *exec.Cmd {
	t.Helper()
	words := slices.Concat(before, []string{built.path(t)})
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = append([]string{
		"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=127.0.0.1:0", "OPSGRAPH_LOG_FORMAT=json",
	}, environ...)
	return cmd
}

// startBinary runs the built program.
func startBinary(t testing.TB, before []string, environ ...string) *binary {
	t.Helper()
	cmd := binaryCommand(t, before, environ...)
	b := &binary{log: &testkit.Log{}}
	cmd.Stderr = b.log
	b.replica = launch(t, cmd)
	testkit.Eventually(t, "the log has no operators' address", func() bool {
		for line := range strings.Lines(b.log.String()) {
			if address := adminAddress(line); address != "" {
				b.admin = address
			}
		}
		return b.admin != ""
	})
	return b
}

// adminAddress is the operators' address, where the log line has it.
func adminAddress(line string) string {
	var entry struct {
		Message string `json:"msg"`
		Admin   string `json:"admin_address"`
	}
	if json.Unmarshal([]byte(line), &entry) != nil || entry.Message != "serving" {
		return ""
	}
	return "http://" + entry.Admin
}

// operators asks the operators' address, by a connection of its own; status 0 where there is no answer.
func (b *binary) operators(t testing.TB, path string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.admin+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, ""
	}
	return response.StatusCode, string(text)
}

// metric is the present value of a metric, its labels included in the name; -1 where it is missing.
func (b *binary) metric(t testing.TB, name string) float64 {
	t.Helper()
	_, body := b.operators(t, "/metrics")
	for line := range strings.Lines(body) {
		value, ok := strings.CutPrefix(strings.TrimSpace(line), name+" ")
		if !ok {
			continue
		}
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatal(err)
		}
		return number
	}
	return -1
}

// settled is the number of goroutines once it is the same for a few readings: those of ended requests are gone.
func (b *binary) settled(t *testing.T) float64 {
	t.Helper()
	least := b.metric(t, "go_goroutines")
	for range 20 {
		least = min(least, b.metric(t, "go_goroutines"))
	}
	return least
}

// memory is what the process holds of the machine's memory, in bytes.
func (b *binary) memory(t testing.TB) int {
	t.Helper()
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", b.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kibibytes int
		if n, _ := fmt.Sscanf(lines.Text(), "VmRSS: %d kB", &kibibytes); n == 1 {
			return kibibytes << 10
		}
	}
	t.Fatal("the system does not report the memory of a process")
	return 0
}

// send asks a query, by a connection of its own.
func (p *replica) send(document string) (status int, body string, err error) {
	request,
		err := http.NewRequest(http.MethodPost, p.url+"/graphql", strings.NewReader(fmt.Sprintf(`{"query": %q}`, document)))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// post is send that must be answered.
func (p *replica) post(t testing.TB, document string) (status int, body string) {
	t.Helper()
	status, body, err := p.send(document)
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

// liveUpstream is a simulator whose clock stands still until the test moves it.
func liveUpstream(t *testing.T) (*simulator.Simulator, *httptest.Server) {
	t.Helper()
	began := time.Now()
	sim, err := simulator.New(simulator.Config{
		Hosts: 3, Regions: 2, Latency: simulator.LatencyNone, Quota: simulator.QuotaOff,
		Now: func() time.Time { return began },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, server
}

// steer uses a control path of the simulator.
func steer(t *testing.T, server *httptest.Server, method, path, body string) string {
	t.Helper()
	request,
		err := http.NewRequestWithContext(t.Context(), method, server.URL+"/_simulator/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", path, response.StatusCode, answer, err)
	}
	return string(answer)
}

// raiseAlarm gives the serial number of a new alarm of an account; empty is the demo's.
func raiseAlarm(t *testing.T, server *httptest.Server, domainID string) string {
	t.Helper()
	var raised struct{ CSN string }
	answer := steer(t, server, http.MethodPost, "changes",
		fmt.Sprintf(`{"domainId":%q,"raiseAlarm":{"source":"DEVICE","severity":1,"name":"x"}}`, domainID))
	if err := json.Unmarshal([]byte(answer), &raised); err != nil || raised.CSN == "" {
		t.Fatalf("%s: %v", answer, err)
	}
	return raised.CSN
}
