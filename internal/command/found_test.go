package command_test

import (
	"bufio"
	"context"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/opsgraph/opsgraph/internal/command"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_D4_Simulator: SIGHUP does not end the simulator alone either.
func TestFound_D4_Simulator(t *testing.T) {
	reader, stdout := io.Pipe()
	log := &testkit.Log{}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- command.Run(ctx, []string{"simulate", "--listen", "127.0.0.1:0", "--hosts", "1"}, nil, stdout, log)
	}()
	if _, err := bufio.NewReader(reader).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the signal is not noticed", func() bool { return strings.Contains(log.String(), "SIGHUP") })
	end()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}
