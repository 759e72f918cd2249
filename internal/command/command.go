// Package command is what the binary does when it is called: it reads flags and calls what is meant. Everything that
// comes from outside (arguments, environment, outputs) is handed in, so that a test runs what a user runs.
//
// It decides nothing about serving: that is package gateway's.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/opsgraph/opsgraph/internal/config"
)

// ErrUsage is wrapped by the error of a call that cannot be understood: an unknown sub-command, flag or argument.
var ErrUsage = errors.New("see opsgraph --help")

// defaultCommand runs when no sub-command is named.
const defaultCommand = "serve"

// call is one call of the binary: what is left of the arguments and what it may read and write.
type call struct {
	args           []string
	environ        []string
	stdout, stderr io.Writer
}

// subcommand is one thing that the binary does.
type subcommand struct {
	name, summary string
	run           func(ctx context.Context, c call) error
}

func subcommands() []subcommand {
	return []subcommand{
		{"serve", "run the gateway (the default)", serve},
		{"simulate", "run the simulated upstream alone", simulate},
		{"config", "print the effective configuration, secrets masked", printConfig},
		{"schema", "print the GraphQL schema", printSchema},
		{"version", "print the version", printVersion},
	}
}

// Run does what the arguments (without the name of the binary) ask for, until it is done or ctx ends. environ holds
// NAME=value entries. An end by ctx is no error.
func Run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	name, rest := defaultCommand, args
	if len(args) > 0 && (isHelp(args[0]) || args[0] == "help") {
		return usage(stdout)
	}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, rest = args[0], args[1:]
	}
	var names []string
	for _, sub := range subcommands() {
		if sub.name == name {
			return sub.run(ctx, call{args: rest, environ: environ, stdout: stdout, stderr: stderr})
		}
		names = append(names, sub.name)
	}
	return fmt.Errorf("unknown sub-command %q, the nearest is %s: %w", name, config.Nearest(name, names), ErrUsage)
}

// ExitCode returns the exit code of the process for an error of Run: 0 for none, 2 for a call that cannot be
// understood, 1 for everything else.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, ErrUsage):
		return 2
	default:
		return 1
	}
}

func isHelp(arg string) bool { return arg == "--help" || arg == "-help" || arg == "-h" }

func usage(w io.Writer) error {
	var text strings.Builder
	text.WriteString("opsgraph is one GraphQL endpoint over the REST systems of a dedicated cloud site.\n\n" +
		"Usage: opsgraph [sub-command] [flags]\n\n")
	for _, sub := range subcommands() {
		fmt.Fprintf(&text, "  %-10s %s\n", sub.name, sub.summary)
	}
	text.WriteString("\nopsgraph <sub-command> --help tells its flags. Without any configuration the gateway serves a\n" +
		"demo on http://127.0.0.1:8080; docs/configuration.md lists every key.\n")
	_, err := io.WriteString(w, text.String())
	return err
}
