package command

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/config"
)

// printConfig prints the effective configuration with its secrets masked.
func printConfig(_ context.Context, c call) error {
	flags := newFlags("config")
	path := configFlag(flags)
	if err := parse(flags, c); err != nil {
		return err
	}
	cfg, err := config.Load(*path, c.environ)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	_, err = io.WriteString(c.stdout, cfg.String())
	return err
}

// printSchema prints the schema definition language.
func printSchema(_ context.Context, c call) error {
	if err := parse(newFlags("schema"), c); err != nil {
		return err
	}
	_, err := io.WriteString(c.stdout, graph.SDL())
	return err
}

// printVersion prints the versions of opsgraph and Go in one line.
func printVersion(_ context.Context, c call) error {
	if err := parse(newFlags("version"), c); err != nil {
		return err
	}
	_, err := fmt.Fprintf(c.stdout, "opsgraph %s %s\n", version(), runtime.Version())
	return err
}

// version returns the version that the build recorded from the repository (a tag, or a commit's time and hash), or
// "devel".
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
