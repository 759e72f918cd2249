package failover

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// process is a replica as a process of its own, at an address that it keeps over restarts.
type process struct {
	address string
	environ []string
	log     *testkit.Log

	cmd *exec.Cmd
	end chan struct{} // closed when the process has ended
}

// runProcess starts a replica and waits until it is ready.
func runProcess(t *testing.T, environ []string) *process {
	t.Helper()
	p := &process{address: kit.FreeAddress(t), environ: environ, log: &testkit.Log{}}
	t.Cleanup(func() { // first: a start that fails must leave none behind
		if p.cmd != nil {
			_ = p.cmd.Process.Kill() // fails only when it is gone already
			<-p.end
		}
	})
	p.start(t)
	return p
}

func (p *process) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(slices.Clone(p.environ), asProcess+"=1", "OPSGRAPH_LISTEN="+p.address, "OPSGRAPH_LOG_LEVEL=warn")
	cmd.Stderr = p.log
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	end := make(chan struct{})
	p.cmd, p.end = cmd, end
	go func() {
		defer close(end)
		_ = cmd.Wait() // its exit code is looked at where it matters
	}()
	if err != nil || !strings.Contains(line, "serves") {
		t.Fatalf("line %q: %v %v", line, err, p.log)
	}
	testkit.Within(t, time.Minute, "the replica is ready", func() bool { return p.ready(t.Context()) })
}

// ready asks whether it takes requests.
func (p *process) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close() // its status says it
	return response.StatusCode == http.StatusOK
}

// restart ends the process as a deployment does, and starts another one in its place.
func (p *process) restart(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.end:
	case <-time.After(time.Minute):
		t.Fatalf("the process at %s does not end: %v", p.address, p.log)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the process at %s ended with %d: %v", p.address, code, p.log)
	}
	p.start(t)
}

// endpoints are the replicas that said to be ready when they were last asked, as a Service of Kubernetes has them.
type endpoints struct {
	processes []*process

	mu    sync.Mutex
	ready map[*process]bool
	turn  int
}

// watchEndpoints asks each replica every 50 ms until the test ends, beside the others: one that starts or ends may be
// slow to answer, and must not keep another that ends among those that are ready.
func watchEndpoints(t *testing.T, processes []*process) *endpoints {
	t.Helper()
	e := &endpoints{processes: processes, ready: map[*process]bool{}}
	for _, p := range processes {
		e.look(t.Context(), p)
		every(t, 50*time.Millisecond, func(ctx context.Context) { e.look(ctx, p) })
	}
	return e
}

func (e *endpoints) look(ctx context.Context, p *process) {
	ready := p.ready(ctx)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ready[p] = ready
}

// next is the address of a replica that is ready, each in turn; empty where none is.
func (e *endpoints) next() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	for range e.processes {
		e.turn++
		if p := e.processes[e.turn%len(e.processes)]; e.ready[p] {
			return "http://" + p.address
		}
	}
	return ""
}

// every runs a task at each interval until the test ends, or stop is called, which waits for the task.
func every(t *testing.T, interval time.Duration, task func(ctx context.Context)) (stop func()) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				task(ctx)
			}
		}
	})
	stop = func() { end(); running.Wait() }
	t.Cleanup(stop)
	return stop
}
