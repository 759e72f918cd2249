package command_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/command"
)

// subcommands are the documented ones.
var subcommands = []string{"serve", "simulate", "check", "top", "ready", "config", "schema", "version"}

// run makes a call that ends by itself.
func run(t *testing.T, args, environ []string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var stdout strings.Builder
	err := command.Run(ctx, args, environ, &stdout, io.Discard)
	if ctx.Err() != nil {
		t.Fatalf("%q did not end by itself", args)
	}
	return stdout.String(), err
}

// start makes a call that runs until it is stopped. It returns the first line of its output, and a function that stops
// it and returns its error.
func start(t *testing.T, args, environ []string) (string, func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := command.Run(ctx, args, environ, writer, io.Discard)
		_ = writer.CloseWithError(io.EOF) // never fails
		done <- err
	}()
	var ended error
	stop := func() error {
		cancel()
		select {
		case err := <-done:
			ended = err
			done <- nil
		case <-time.After(time.Minute):
			t.Errorf("%q does not end", args)
		}
		return ended
	}
	t.Cleanup(func() { _ = stop() }) // tests that need its error stop it themselves
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatalf("%q wrote no line: %v, %v", args, err, stop())
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }() // ends with the writer
	return line, stop
}

// address returns the http address of a line.
func address(t *testing.T, line string) string {
	t.Helper()
	_, rest, found := strings.Cut(line, "http://")
	if !found {
		t.Fatalf("line names no address: %s", line)
	}
	return "http://" + strings.TrimSpace(rest)
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: 30 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	client.CloseIdleConnections()
	return answer.StatusCode, string(body)
}

func TestHelp(t *testing.T) {
	for _, word := range []string{"--help", "-help", "-h", "help"} {
		got, err := run(t, []string{word}, nil)
		if err != nil {
			t.Errorf("%s: %v", word, err)
		}
		for _, name := range subcommands {
			if !strings.Contains(got, "\n  "+name+" ") {
				t.Errorf("%s does not name %s:\n%s", word, name, got)
			}
		}
	}
	for _, name := range subcommands {
		got, err := run(t, []string{name, "--help"}, nil)
		if err != nil || !strings.Contains(got, "Usage: opsgraph "+name) {
			t.Errorf("help of %s = %v\n%s", name, err, got)
		}
	}
	got, err := run(t, []string{"simulate", "--seed", "3", "-h"}, nil)
	if err != nil {
		t.Error(err)
	}
	for _, flag := range []string{
		"--listen address", "--seed number", "--regions number", "--hosts number", "--latency documented|none",
		"--quota documented|off", "--dataset generated|documented", "(default 127.0.0.1:9090)",
	} {
		if !strings.Contains(got, flag) {
			t.Errorf("help of simulate lacks %s:\n%s", flag, got)
		}
	}
}

func TestMistakesInTheCall(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"sub-command", []string{"simulat"}, `unknown sub-command "simulat", the nearest is simulate`},
		{"flag", []string{"serve", "--confg", "x"}, "serve: unknown flag --confg, the nearest is --config"},
		{"flag of the default", []string{"-confg=x"}, "serve: unknown flag --confg, the nearest is --config"},
		{
			"flag after another",
			[]string{"simulate", "--seed", "1", "--host=2"},
			"unknown flag --host, the nearest is --hosts",
		},
		{"flag where none is", []string{"version", "--long"}, "version: unknown flag --long, it has none"},
		{"value", []string{"simulate", "--hosts", "many"}, "simulate: invalid value"},
		{"value that is missing", []string{"config", "--config"}, "config: flag needs an argument"},
		{"argument", []string{"schema", "now"}, `schema: unexpected argument "now"`},
		{"closed list", []string{"simulate", "--latency", "slow"}, `latency must be documented or none, not "slow"`},
		{"range", []string{"simulate", "--hosts", "-1"}, "hosts must be"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := run(t, test.args, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error = %v, want %q", err, test.want)
			}
			if code := command.ExitCode(err); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
		})
	}
}

func TestExitCode(t *testing.T) {
	for want, err := range map[int]error{0: nil, 1: errors.New("x"), 2: command.ErrUsage} {
		if got := command.ExitCode(err); got != want {
			t.Errorf("exit code of %v = %d, want %d", err, got, want)
		}
	}
}

func TestConfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "opsgraph.yaml")
	if err := os.WriteFile(path, []byte("limits: {depth: 9}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := run(t, []string{"config", "--config", path}, []string{
		"OPSGRAPH_REDIS_URL=redis://:CANARY@redis.example:6379", "OPSGRAPH_SECRET_KEY=CANARY-0123456789-0123456789-0123",
		"OPSGRAPH_LOG_LEVEL=debug",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  depth: 9\n", "redis://[redacted]@redis.example:6379", "level: debug",
		"listen: 127.0.0.1:8080",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("configuration lacks %q", want)
		}
	}
	if strings.Contains(got, "CANARY") {
		t.Errorf("configuration shows a secret:\n%s", got)
	}
}

func TestFaultsOfTheConfiguration(t *testing.T) {
	for _, name := range []string{"config", "serve"} {
		_, err := run(t, []string{name}, []string{"OPSGRAPH_LISTN=x", "OPSGRAPH_LIMITS_DEPTH=-1"})
		if err == nil || command.ExitCode(err) != 1 {
			t.Fatalf("%s: error = %v", name, err)
		}
		for _, want := range []string{"unknown variable OPSGRAPH_LISTN, the nearest is OPSGRAPH_LISTEN", "limits.depth"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error lacks %q: %v", name, want, err)
			}
		}
	}
}

func TestSchema(t *testing.T) {
	got, err := run(t, []string{"schema"}, nil)
	if err != nil || !strings.Contains(got, "type Query") {
		t.Errorf("schema = %v\n%s", err, got)
	}
}

func TestVersion(t *testing.T) {
	got, err := run(t, []string{"version"}, nil)
	if err != nil || !strings.HasPrefix(got, "opsgraph ") || !strings.Contains(got, " go1.") ||
		strings.Count(got, "\n") != 1 {
		t.Errorf("version = %v, %q", err, got)
	}
}

func TestSimulate(t *testing.T) {
	line, stop := start(t,
		[]string{"simulate", "--listen", "127.0.0.1:0", "--hosts", "20", "--latency", "none", "--quota=off"}, nil)
	status, body := get(t, address(t, line)+"/_simulator/calls")
	if !json.Valid([]byte(body)) || status != http.StatusOK {
		t.Errorf("calls = %d %s", status, body)
	}
	if err := stop(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// busy returns an address that is taken until the test ends.
func busy(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() }) // a failure is harmless
	return listener.Addr().String()
}

func TestSimulateAtABusyAddress(t *testing.T) {
	taken := busy(t)
	_, err := run(t, []string{"simulate", "--hosts", "20", "--listen", taken}, nil)
	if err == nil || !strings.Contains(err.Error(), taken) || command.ExitCode(err) != 1 {
		t.Errorf("error = %v", err)
	}
}
