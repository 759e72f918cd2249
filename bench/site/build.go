// Package site puts gateways up for a measurement: built from the tree or from an earlier commit, over an upstream of
// this folder, and asked by HTTP alone.
package site

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Before is the commit that the tree is held against.
const Before = "538e5fa"

// ErrNoHistory says that this clone does not have the earlier commit.
var ErrNoHistory = errors.New("this clone has no commit " + Before)

// BuildTree builds the gateway of the tree into a folder.
func BuildTree(ctx context.Context, root, folder string) (string, error) {
	binary := filepath.Join(folder, "opsgraph")
	return binary, run(ctx, root, "go", "build", "-trimpath", "-o", binary, ".")
}

// BuildBefore builds the gateway of the earlier commit into a folder, unless it is there.
func BuildBefore(ctx context.Context, root, folder string) (string, error) {
	binary := filepath.Join(folder, "opsgraph-"+Before)
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	if run(ctx, root, "git", "cat-file", "-e", Before+"^{commit}") != nil {
		return "", ErrNoHistory
	}
	source, err := os.MkdirTemp("", "opsgraph-before-")
	if err != nil {
		return "", fmt.Errorf("folder of the earlier commit: %w", err)
	}
	defer os.RemoveAll(source)
	archive := filepath.Join(source, "tree.tar")
	for _, command := range [][]string{
		{"git", "archive", "--format=tar", "-o", archive, Before},
		{"tar", "-xf", archive, "-C", source},
		{"go", "build", "-C", source, "-trimpath", "-buildvcs=false", "-o", binary + ".new", "."},
		{"mv", binary + ".new", binary}, // complete, or not there
	} {
		if err := run(ctx, root, command...); err != nil {
			return "", err
		}
	}
	return binary, nil
}

// run runs a command in a folder; the error has what it said.
func run(ctx context.Context, folder string, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = folder
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, output)
	}
	return nil
}

// Knows reports whether a gateway starts with a setting, NAME=value. Earlier commits do not know later settings.
func Knows(ctx context.Context, binary string, setting string) bool {
	cmd := exec.CommandContext(ctx, binary, "config")
	cmd.Env = append(cmd.Environ(), setting)
	return cmd.Run() == nil
}
