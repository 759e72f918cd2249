package rest_test

import (
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// blackHole returns the address of a socket with a full queue: the system drops further connections, as a firewall
// would.
func blackHole(t *testing.T) string {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(socket, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(name.(*syscall.SockaddrInet4).Port))
	for range 16 {
		conn, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	t.Fatal("the queue does not fill")
	return ""
}

// F-05: an address that never answers costs the dial timeout and not that of an attempt, and nothing counts as sent.
func TestF05BlackHole(t *testing.T) {
	heard := &recorder{}
	c := connect(t, "http://"+blackHole(t), func(cfg *rest.ClientConfig) {
		cfg.DialTimeout, cfg.Timeout, cfg.Observers = 50*time.Millisecond, time.Minute, []rest.Observer{heard}
	})
	err := get(t.Context(), c)
	if found := failure(t, err); found.Kind != rest.Unavailable || !found.Retryable {
		t.Errorf("error = %+v", found)
	}
	if got, want := err.Error(), "esm readThing: unavailable: connect timed out"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
	attempts := heard.all()
	if len(attempts) != 2 {
		t.Errorf("attempts = %+v, want two", attempts)
	}
	for _, attempt := range attempts {
		if attempt.Sent {
			t.Errorf("attempt = %+v: nothing was sent", attempt)
		}
	}
}
