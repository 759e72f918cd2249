package causes_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest/causes"
)

// TestF05F06ConnectionReason checks what a loopback network cannot show, such as F-05 and F-06.
func TestF05F06ConnectionReason(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		text  string
		again bool
	}{
		{
			"F-06 no such name", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "secret.example"}},
			"name not resolved", true,
		},
		{"F-05 black hole", &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, "connect timed out", true},
		{"broken pipe", fmt.Errorf("write: %w", syscall.EPIPE), "connection reset", true},
		{"forbidden", &net.OpError{Op: "dial", Err: causes.ErrForbidden}, "address not allowed", false},
		{"other", errors.New("secret.example is down"), "connection failed", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, again := causes.Reason(test.err, true)
			if text != test.text || again != test.again {
				t.Errorf("reason = %q, %v, want %q, %v", text, again, test.text, test.again)
			}
		})
	}
}

func TestRefuseForbidden(t *testing.T) {
	for address, want := range map[string]bool{
		"10.0.0.1:443": true, "127.0.0.1:80": true, "192.168.1.1:80": true, "[::1]:80": true, "[fd00::1]:443": true,
		"8.8.8.8:443":        true,
		"169.254.169.254:80": false, "169.254.0.1:80": false, "[fe80::1%eth0]:80": false,
		"[::ffff:169.254.169.254]:80": false,
		"[fd00:ec2::254]:80":          false, "224.0.0.1:80": false, "not an address": false,
	} {
		if got := causes.RefuseForbidden("tcp", address, nil) == nil; got != want {
			t.Errorf("%s: allowed = %v, want %v", address, got, want)
		}
	}
}
