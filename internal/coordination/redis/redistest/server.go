// Package redistest runs real Redis servers for tests, on free ports of the loopback, without files. Only tests may use
// it.
package redistest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

var errNotRunning = errors.New("the server does not run")

// Server is a redis-server process that ends with its test.
type Server struct {
	// Addr is host:port. It stays the same over Kill and Restart.
	Addr string

	tb   testing.TB
	args func(port string) []string
	cmd  *exec.Cmd
	gone chan struct{} // closed when the process has ended
	kept int           // the socket that keeps the address after Kill; 0: none

	paused bool
}

// Start runs a server with further arguments of redis-server, and waits until it answers.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	return run(tb, func(port string) []string {
		own := []string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"}
		return append(own, args...)
	})
}

// StartSentinel runs a sentinel with the configuration file, which it rewrites.
func StartSentinel(tb testing.TB, conf string) *Server {
	tb.Helper()
	return run(tb, func(port string) []string {
		return []string{conf, "--sentinel", "--port", port, "--bind", "127.0.0.1"}
	})
}

func run(tb testing.TB, args func(port string) []string) *Server {
	tb.Helper()
	for range 5 { // another process may take the free port first
		s := &Server{Addr: freeAddress(tb), tb: tb, args: args}
		if s.start() {
			tb.Cleanup(func() {
				s.Kill()
				s.letGo()
			})
			return s
		}
	}
	tb.Fatal("redis-server does not start: is it installed (Debian: redis-server)?")
	return nil
}

// URL returns the address for redis.Open.
func (s *Server) URL() string { return "redis://" + s.Addr }

// Pause freezes the process: connections stay, nothing answers.
func (s *Server) Pause() {
	s.tb.Helper()
	s.signal(syscall.SIGSTOP)
	s.paused = true
}

// Resume ends Pause.
func (s *Server) Resume() {
	s.tb.Helper()
	s.signal(syscall.SIGCONT)
	s.paused = false
}

// Command sends one command, by a connection of its own, and returns the answer.
func (s *Server) Command(words ...any) any {
	s.tb.Helper()
	answer, err := s.try(words...)
	if err != nil {
		s.tb.Fatalf("%v: %v", words, err)
	}
	return answer
}

// try is Command that may fail, at once where the server does not run.
func (s *Server) try(words ...any) (any, error) {
	if s.cmd == nil || s.paused {
		return nil, errNotRunning
	}
	client := goredis.NewClient(&goredis.Options{
		Addr: s.Addr, Protocol: 2, MaxRetries: -1, DisableIdentity: true,
		DialTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second,
	})
	defer client.Close()
	return client.Do(context.Background(), words...).Result()
}

// info is the value of a line of INFO or CLUSTER INFO; empty where there is none.
func (s *Server) info(name string, words ...any) string {
	answer, err := s.try(words...)
	text, ok := answer.(string)
	if err != nil || !ok {
		return ""
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			return value
		}
	}
	return ""
}

// Kill ends the server at once, with all its data. It keeps the address, where connections are refused.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // fails only when it is gone already
	<-s.gone
	s.cmd = nil
	s.keep()
}

// keep binds a socket to the address that never listens.
func (s *Server) keep() {
	_, text, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return
	}
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return // another process may get the address
	}
	// Connections of the killed server may still be closing.
	err = syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err == nil {
		err = syscall.Bind(socket, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}})
	}
	if err != nil {
		_ = syscall.Close(socket) // it holds nothing
		return
	}
	s.kept = socket
}

// letGo frees the address.
func (s *Server) letGo() {
	if s.kept != 0 {
		_ = syscall.Close(s.kept) // it never had a connection
		s.kept = 0
	}
}

// Restart runs an empty server on the same address after Kill.
func (s *Server) Restart() {
	s.tb.Helper()
	for range 50 { // until the system frees the port
		if s.start() {
			return
		}
	}
	s.tb.Fatal("redis-server does not start again")
}

func (s *Server) signal(sig syscall.Signal) {
	s.tb.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.tb.Fatalf("signal redis-server: %v", err)
	}
}

// start runs the process; false when it ended, or did not answer in time.
func (s *Server) start() bool {
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return false
	}
	s.letGo()
	s.paused = false
	s.cmd = exec.Command("redis-server", s.args(port)...) //nolint:noctx // it ends in Kill, not with a context
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return false
	}
	gone := make(chan struct{})
	s.gone = gone
	go func(cmd *exec.Cmd) {
		defer close(gone)
		_ = cmd.Wait() // it is killed
	}(s.cmd)
	deadline := time.After(5 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if s.answers() {
				return true
			}
		case <-gone:
			s.cmd = nil
			return false
		case <-deadline:
			s.Kill()
			return false
		}
	}
}

// answers reports whether this server, and no other process, answers at the address.
func (s *Server) answers() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr)
	if err != nil {
		return false
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
		return false
	}
	if _, err := io.WriteString(conn, "INFO server\r\n"); err != nil {
		return false
	}
	buf := make([]byte, 8<<10)
	n, err := conn.Read(buf)
	pid := "process_id:" + strconv.Itoa(s.cmd.Process.Pid) + "\r"
	return err == nil && bytes.Contains(buf[:n], []byte(pid))
}

func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("find a free port: %v", err)
	}
	defer l.Close()
	return l.Addr().String()
}

// StartTLS runs a server that takes TLS at the address that it returns.
func StartTLS(tb testing.TB, certFile, keyFile string) (address string) {
	tb.Helper()
	address = freeAddress(tb)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		tb.Fatal(err)
	}
	Start(tb, "--tls-port", port, "--tls-cert-file", certFile, "--tls-key-file", keyFile, "--tls-auth-clients", "no",
		"--tls-ca-cert-file", certFile)
	return address
}
