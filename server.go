// Command opsgraph serves one GraphQL endpoint over the REST systems of a dedicated cloud site. What it does is in
// internal/command; this file hands it the process: arguments, environment, outputs and signals.
package main

//go:generate go tool gqlgen generate

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/opsgraph/opsgraph/internal/command"
)

func main() {
	// Our logger is handed on by hand. What libraries write to the default one (whole requests among it) goes nowhere.
	slog.SetDefault(slog.New(slog.DiscardHandler))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	if err != nil {
		command.Tell(os.Stderr, err)
	}
	os.Exit(command.ExitCode(err))
}

// run is the whole program but for the process around it: environ holds NAME=value entries.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	return command.Run(ctx, args, environ, stdout, stderr)
}
