// Command container makes the image of opsgraph as a file, without an engine: an archive in the layout of the Open
// Container Initiative, which `podman load`, `docker load` and `skopeo copy oci-archive:` take.
//
//	go run ./deploy/container -out bin/opsgraph-image.tar
//
// It reads the Containerfile: the last stage says what the image is, and the stage that it copies from runs the script
// that makes its files. An instruction that it does not know is an error, so that both ways make the same image. The
// same tree, compiler and certificates make the same bytes. What the stage of the pages does is left to `make image`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "container:", err)
		os.Exit(1)
	}
}

// run makes the image that the arguments ask for.
func run(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("container", flag.ContinueOnError)
	out := flags.String("out", "bin/opsgraph-image.tar", "`file` of the archive")
	name := flags.String("name", "opsgraph:latest", "`name` of the image")
	file := flags.String("file", "deploy/container/Containerfile", "`file` that describes it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	text, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	wanted, err := read(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", *file, err)
	}
	folder, err := os.MkdirTemp("", "opsgraph-image")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	script := exec.CommandContext(ctx, wanted.script, folder)
	script.Stdout, script.Stderr = os.Stderr, os.Stderr
	if err := script.Run(); err != nil {
		return fmt.Errorf("%s: %w", wanted.script, err)
	}
	archive, err := pack(folder, *name, runtime.GOARCH, wanted.config)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(*out), 0o755); err != nil { //nolint:gosec // a folder of the tree
		return err
	}
	return os.WriteFile(*out, archive, 0o644) //nolint:gosec // images are no secret
}
