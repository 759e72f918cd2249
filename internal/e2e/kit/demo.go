package kit

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/internal/command"
)

// Demo runs the program with the upstream that it plays itself, on free ports, and returns its address.
func Demo(t *testing.T) string {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := command.Run(ctx, nil, []string{
			"OPSGRAPH_LISTEN=127.0.0.1:0", "OPSGRAPH_ADMIN_LISTEN=off", "OPSGRAPH_SIMULATOR_LISTEN=127.0.0.1:0",
		}, writer, io.Discard)
		_ = writer.Close() // never fails
		ended <- err
	}()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
	output := bufio.NewReader(reader)
	line, err := output.ReadString('\n')
	_, address, found := strings.Cut(strings.TrimSpace(line), "http://")
	if err != nil || !found {
		t.Fatalf("no address in %q: %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, output) }() // ends with the writer
	return "http://" + strings.TrimSuffix(address, "/graphql")
}
