// Package process runs the program as users have it: killed, ended, followed, short of memory and files, and sent
// hostile input.
package process

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/command"
	"github.com/opsgraph/opsgraph/internal/coordination/redis/redistest"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// asProcess is the variable that makes the test binary be the program, in a process of its own.
const asProcess = "RUN_AS_OPSGRAPH"

func TestMain(m *testing.M) {
	if os.Getenv(asProcess) != "" { //nolint:forbidigo // what makes this process the program, before there is a run to hand it to
		os.Exit(runProgram())
	}
	code := m.Run()
	built.remove()
	os.Exit(code)
}

// runProgram does what main does, and returns its exit code.
func runProgram() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := command.Run(ctx, nil, os.Environ(), os.Stdout, os.Stderr) //nolint:forbidigo // as server.go does
	if err != nil {
		command.PrintError(os.Stderr, err)
	}
	return command.ExitCode(err)
}

// replica is a gateway as a process of its own.
type replica struct {
	url  string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
}

// startProcess runs the program and waits until it prints its address.
func startProcess(t *testing.T, environ ...string) *replica {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append([]string{
		asProcess + "=1", "OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=off", "OPSGRAPH_LOG_LEVEL=error",
	}, environ...)
	cmd.Stderr = os.Stderr
	return launch(t, cmd)
}

// launch runs a command that is the program and waits until it prints its address.
func launch(t testing.TB, cmd *exec.Cmd) *replica {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p := &replica{cmd: cmd, done: make(chan struct{})}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // fails only when it is gone already
		<-p.done
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // tests look at the state
	}()
	words := strings.Fields(line)
	if err != nil || len(words) == 0 {
		t.Fatalf("line %q: %v %v", line, err, cmd.Stderr)
	}
	p.url = strings.TrimSuffix(words[len(words)-1], "/graphql")
	return p
}

// ended waits for the end of the process and gives its exit code, -1 when a signal ended it.
func (p *replica) ended(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(20 * time.Second):
		t.Fatal("the process does not end")
		return 0
	}
}

// answer is the outcome of a query of the process.
type answer struct {
	err  error
	text string
	took time.Duration
}

// ask sends the query for alarms in the background.
func (p *replica) ask(t *testing.T) <-chan answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"/graphql",
		strings.NewReader(fmt.Sprintf(`{"query": %q}`, alarmQuery)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	got := make(chan answer, 1)
	go func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		began := time.Now()
		response, err := client.Do(request)
		if err != nil {
			got <- answer{err: err}
			return
		}
		defer response.Body.Close()
		var text strings.Builder
		_, err = bufio.NewReader(response.Body).WriteTo(&text)
		got <- answer{err, text.String(), time.Since(began)}
	}()
	return got
}

// upstream is a simulator whose device alarms take their time.
func upstream(t *testing.T, latency time.Duration) (*simulator.Simulator, []string) {
	t.Helper()
	sim, err := simulator.New(simulator.Config{Hosts: 3, Regions: 2, Latency: simulator.LatencyNone})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	faults, err := json.Marshal([]map[string]any{
		{"operation": "listDeviceAlarms", "kind": "latency", "latencyMs": latency.Milliseconds()},
	})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, server.URL+"/_simulator/faults",
		strings.NewReader(string(faults)))
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("faults: %v, %v", response, err)
	}
	_ = response.Body.Close() // it was read as far as it matters
	return sim, upstreamEnviron(server.URL)
}

// upstreamEnviron is the environment of a gateway whose upstream the simulator at the address plays.
func upstreamEnviron(address string) []string {
	return []string{
		"OPSGRAPH_ESM_URL=" + address, "OPSGRAPH_ESM_APPCODE=" + simulator.DemoAppCode,
		"OPSGRAPH_ESM_DOMAIN_ID=" + simulator.DemoHCSODomain, "OPSGRAPH_IAM_URL=" + address,
		"OPSGRAPH_IAM_USERNAME=" + simulator.DemoUser, "OPSGRAPH_IAM_PASSWORD=" + simulator.DemoPassword,
		"OPSGRAPH_IAM_DOMAIN_NAME=" + simulator.DemoDomain, "OPSGRAPH_IAM_PROJECT_ID=" + simulator.DemoProject,
		"OPSGRAPH_LIMITS_REQUEST_TIMEOUT=20s", "OPSGRAPH_UPSTREAM_TIMEOUT=10s",
	}
}

const alarmQuery = `{ alarms(first: 1, filter: {sources: [DEVICE]}) { totalCount } }`

// whole fails where an answer is not that of the alarms.
func whole(t *testing.T, who string, got answer) {
	t.Helper()
	if got.err != nil || !strings.Contains(got.text, `"totalCount":`) || strings.Contains(got.text, `"errors"`) {
		t.Errorf("%s: %v %.300s", who, got.err, got.text)
	}
}

// TestProcessKilledWhileItRefreshes (F-55, F-67): the replica that makes the one call for all is killed; another takes
// over once its lease of two seconds has ended, and answers all its clients. Nothing half-written is left in Redis.
func TestProcessKilledWhileItRefreshes(t *testing.T) {
	t.Parallel()
	store := redistest.Start(t)
	sim, environ := upstream(t, 800*time.Millisecond)
	environ = append(environ, "OPSGRAPH_REDIS_URL="+store.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s",
		"OPSGRAPH_REDIS_DIAL_TIMEOUT=5s")
	leader, first, second := startProcess(t, environ...), startProcess(t, environ...), startProcess(t, environ...)
	lost := leader.ask(t)
	testkit.Eventually(t, "the call of the leader", func() bool { return sim.Calls()["listDeviceAlarms"] == 1 })
	var waiting []<-chan answer
	for range 10 {
		waiting = append(waiting, first.ask(t), second.ask(t))
	}
	if err := leader.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	if got := <-lost; got.err == nil {
		t.Errorf("the killed replica answered: %.200s", got.text)
	}
	for _, one := range waiting {
		whole(t, "a replica that lives", <-one)
	}
	t.Logf("all 20 answered %.1f s after the kill (lease 2 s, call 0.8 s)", time.Since(killed).Seconds())
	if got := sim.Calls()["listDeviceAlarms"]; got != 2 {
		t.Errorf("%d calls, want that of the killed replica and one more", got)
	}
	whole(t, "a replica after that", <-startProcess(t, environ...).ask(t))
	if got := sim.Calls()["listDeviceAlarms"]; got != 2 {
		t.Errorf("a new replica made %d calls more", got-2)
	}
}

// TestProcessEndsBySIGTERM (F-66): the process takes nothing new, answers requests under way, releases its lease and
// ends with 0.
func TestProcessEndsBySIGTERM(t *testing.T) {
	t.Parallel()
	store := redistest.Start(t)
	sim, environ := upstream(t, time.Second)
	environ = append(environ, "OPSGRAPH_REDIS_URL="+store.URL(), "OPSGRAPH_REDIS_TIMEOUT=5s",
		"OPSGRAPH_REDIS_DIAL_TIMEOUT=5s")
	p := startProcess(t, environ...)
	var waiting []<-chan answer
	for range 50 {
		waiting = append(waiting, p.ask(t))
	}
	testkit.Eventually(t, "the call", func() bool { return sim.Calls()["listDeviceAlarms"] == 1 })
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	testkit.Eventually(t, "the port stays open", func() bool {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
		if err == nil {
			_ = connection.Close() // it was taken a moment before the end
		}
		return err != nil
	})
	t.Logf("the port was closed %.2f s after the signal", time.Since(began).Seconds())
	answered := 0
	for _, one := range waiting {
		if got := <-one; got.err == nil {
			whole(t, "under way", got)
			answered++
		}
	}
	if code := p.ended(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	t.Logf("%d of 50 requests were under way and answered; ended %.2f s after the signal", answered,
		time.Since(began).Seconds())
	if answered == 0 || sim.Calls()["listDeviceAlarms"] != 1 {
		t.Errorf("%d answers, %d calls", answered, sim.Calls()["listDeviceAlarms"])
	}
	whole(t, "the next process", <-startProcess(t, environ...).ask(t))
	if got := sim.Calls()["listDeviceAlarms"]; got != 1 {
		t.Errorf("the next process made %d calls, though the last one wrote its data", got-1)
	}
}
