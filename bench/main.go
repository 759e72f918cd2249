// Command bench measures opsgraph as processes on this machine: `bench ours` against net/http and an earlier commit,
// `bench peers` against other servers. docs/performance.md says how to read it; `make bench` and `make bench-peers` run
// it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/opsgraph/opsgraph/bench/ours"
	"github.com/opsgraph/opsgraph/bench/peers"
	"github.com/opsgraph/opsgraph/bench/site"
	"github.com/opsgraph/opsgraph/bench/stand"
)

var errUsage = errors.New("usage: bench ours|peers|upstream|records|floor [flags]")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

// run does one of the sub-commands: tables go to stdout, progress to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.SetOutput(stderr)
	switch args[0] {
	case "ours":
		return ours.Run(ctx, flags, args[1:], stdout, stderr)
	case "peers":
		return peers.Run(ctx, flags, args[1:], stdout, stderr)
	case "upstream":
		hosts := flags.Int("hosts", 200, "`number` of hosts")
		replay := flags.Bool("replay", true, "answer a call that came before as it was answered then")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		u, err := stand.NewUpstream(*hosts, *replay)
		if err != nil {
			return err
		}
		return serve(ctx, u, stdout)
	case "records":
		file := flags.String("file", "", "`file` of the records")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		records, err := stand.OpenRecords(*file)
		if err != nil {
			return err
		}
		return serve(ctx, records, stdout)
	case "floor":
		return serve(ctx, stand.NewFloor(), stdout)
	}
	return errUsage
}

// serve answers on a free port of loopback until ctx ends.
func serve(ctx context.Context, handler http.Handler, stdout io.Writer) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	if _, err := io.WriteString(stdout, site.Announce(listener.Addr())); err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	context.AfterFunc(ctx, func() { _ = server.Close() }) // its users are gone
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
