// Package command is the command line of the binary: it reads flags and runs sub-commands. Arguments, environment and
// outputs are parameters, so that tests run the same as users.
//
// Package gateway decides everything about serving.
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

// call is one call of the binary: the remaining arguments, the environment and the outputs.
type call struct {
	args           []string
	environ        []string
	stdout, stderr io.Writer
}

// subcommand is one function of the binary.
type subcommand struct {
	name, summary string
	run           func(ctx context.Context, c call) error
}

func subcommands() []subcommand {
	return []subcommand{
		{"serve", "run the gateway (the default)", serve},
		{"simulate", "run the simulated upstream alone", simulate},
		{"check", "try each configured system, credential and Redis once", check},
		{"top", "show what running gateways do, from their operators' addresses", watchReplicas},
		{"ready", "ask a running gateway whether it can serve; exits with 1 where it can't", ready},
		{"config", "print the effective configuration, secrets masked", printConfig},
		{"schema", "print the GraphQL schema", printSchema},
		{"version", "print the version", printVersion},
	}
}

// Run runs the sub-command of the arguments (without the name of the binary) until it is done or ctx ends, which is no
// error. environ has NAME=value entries.
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
			err := sub.run(ctx, call{args: rest, environ: environ, stdout: stdout, stderr: stderr})
			if errors.Is(err, errHelp) {
				return nil
			}
			return err
		}
		names = append(names, sub.name)
	}
	return fmt.Errorf("unknown sub-command %q, the nearest is %s: %w", name, config.Nearest(name, names), ErrUsage)
}

// ExitCode returns the exit code of the process for an error of Run: 0 for none, 2 for ErrUsage and for a check whose
// configuration can't be used, 1 for any other.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, ErrUsage), errors.Is(err, errConfiguration):
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
