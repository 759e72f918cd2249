// Package failover runs gateways on Redis Sentinel and on a Redis Cluster whose masters are killed, frozen and switched
// under load, restarts replicas one after another while clients ask, and has 64 replicas share one quota.
package failover

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/opsgraph/opsgraph/internal/command"
)

// atLength is set by `make failover`: every way to fail, by real minutes, with the gateway's own time limits.
var atLength = flag.Bool("failover", false, "run at length")

// asProcess is the variable that makes the test binary be the program, in a process of its own.
const asProcess = "RUN_AS_OPSGRAPH"

func TestMain(m *testing.M) {
	if os.Getenv(asProcess) != "" { //nolint:forbidigo // what makes this process the program, before there is a run to hand it to
		os.Exit(runProgram())
	}
	flag.Parse()
	// They wait most of their time: more of them run side by side than there are cores.
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
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
