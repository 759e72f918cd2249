// Command opsgraph serves one GraphQL endpoint over the REST systems of a dedicated cloud site. This file passes the
// process (arguments, environment, outputs and signals) to internal/command.
package main

//go:generate go run ./tools/generate

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/opsgraph/opsgraph/internal/command"
)

func main() {
	// Our logger is passed on explicitly. Libraries write to the default one, even whole requests: it discards all.
	slog.SetDefault(slog.New(slog.DiscardHandler))
	runtime.MemProfileRate = 0 // samples cost a hundredth of each answer: serve takes them where they can be looked at
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	if err != nil {
		command.PrintError(os.Stderr, err)
	}
	os.Exit(command.ExitCode(err))
}

// run is the whole program without its process: environ has NAME=value entries.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	return command.Run(ctx, args, environ, stdout, stderr)
}
