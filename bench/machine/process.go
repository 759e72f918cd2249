// Package machine starts the processes of a measurement, each in a process group of its own and on one core, and reads
// what they cost from the system's own accounts.
package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Cores: the server that is measured has one alone; what asks it, and its upstream, share the other.
const (
	ServerCore = 0
	OtherCore  = 1
)

// Spec says what a process is. Name and Argv are required.
type Spec struct {
	// Name is for messages and for the name of the log.
	Name string
	// Core is the only one that the process runs on.
	Core int
	// Argv is the command with its arguments; Env adds NAME=value to the environment of the measurement.
	Argv, Env []string
	// Dir is where the command runs; empty is the present folder.
	Dir string
	// Logs is the folder of the log, to which both outputs go.
	Logs string
}

// Process is a running process. It ends with Stop, and with the measurement whatever becomes of that.
type Process struct {
	Name string
	cmd  *exec.Cmd
	log  string
	gone chan struct{} // closed when the process has ended
}

// stopTime is how long a process may take to end by itself.
const stopTime = 3 * time.Second

// Start runs a command.
func Start(spec Spec) (*Process, error) {
	log, err := os.CreateTemp(spec.Logs, strings.ReplaceAll(filepath.Base(spec.Name), " ", "-")+"-*.log")
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", spec.Name, err)
	}
	defer log.Close()
	argv := append([]string{"-c", strconv.Itoa(spec.Core)}, spec.Argv...)
	cmd := exec.CommandContext(context.Background(), "taskset", argv...) // taskset becomes the command: Stop ends it
	cmd.Dir = spec.Dir
	// What the caller has set for gateways of its own is not for those that are measured.
	cmd.Env = append(slices.DeleteFunc(cmd.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "OPSGRAPH_")
	}), spec.Env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	p := &Process{Name: spec.Name, cmd: cmd, log: log.Name(), gone: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended stands in its log
		close(p.gone)
	}()
	return p, nil
}

// Stop ends the process and all that it started, and waits for it.
func (p *Process) Stop() {
	group := -p.cmd.Process.Pid
	_ = syscall.Kill(group, syscall.SIGTERM) // it may have ended already
	select {
	case <-p.gone:
	case <-time.After(stopTime):
	}
	_ = syscall.Kill(group, syscall.SIGKILL) // what is left of the group
	<-p.gone
}

// PID is the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// errEnded is told of a process that ended while it was needed.
var errEnded = errors.New("the process has ended")

// WaitFor reads the log until find makes something of it, for at most so long.
func (p *Process) WaitFor(limit time.Duration, find func(log string) (string, bool)) (string, error) {
	until := time.Now().Add(limit)
	for {
		text, err := os.ReadFile(p.log)
		if err != nil {
			return "", fmt.Errorf("log of %s: %w", p.Name, err)
		}
		if found, ok := find(string(text)); ok {
			return found, nil
		}
		select {
		case <-p.gone:
			return "", fmt.Errorf("%s: %w: %s", p.Name, errEnded, tail(text))
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(until) {
			return "", fmt.Errorf("%s: not ready after %s: %s", p.Name, limit, tail(text))
		}
	}
}

// tail is the end of a log, as much as helps.
func tail(text []byte) string {
	const enough = 1500
	return string(bytes.TrimSpace(text[max(0, len(text)-enough):]))
}

// Pin moves this whole process, and with it what it starts, to a core.
func Pin(ctx context.Context, core int) error {
	argv := []string{"-a", "-p", "-c", strconv.Itoa(core), strconv.Itoa(os.Getpid())}
	if output, err := exec.CommandContext(ctx, "taskset", argv...).CombinedOutput(); err != nil {
		return fmt.Errorf("taskset: %w: %s", err, output)
	}
	return nil
}
