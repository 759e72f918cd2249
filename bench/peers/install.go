package peers

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// install brings what the peers need, below bin: the packages of the lock file, and the library that Tailcall wants.
// What can't be installed is told, and its peers are left out.
func (s *session) install() {
	version, err := exec.CommandContext(s, "node", "--version").Output()
	if err != nil {
		s.note("Node.js is not here: no peer is measured.")
		return
	}
	s.notes = append(s.notes, "Node.js is "+strings.TrimSpace(string(version))+".")
	node := filepath.Join(s.kept, "node")
	if err := s.installNode(node); err != nil {
		s.note("The peers' packages could not be installed: %.600v", err)
		return
	}
	s.node = node
	if s.tailcall, err = s.installTailcall(node, filepath.Join(s.kept, "glibc")); err != nil {
		s.note("Tailcall could not be installed: %.600v", err)
	}
}

// installNode installs the packages of the lock file, unless they are there.
func (s *session) installNode(folder string) error {
	source := filepath.Join(s.root, "bench", "peers", "node")
	files, err := filepath.Glob(filepath.Join(source, "*.*"))
	if err != nil {
		return fmt.Errorf("the peers' files: %w", err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	for _, file := range append(files, filepath.Join(source, ".npmrc")) {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("the peers' files: %w", err)
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(file)), text, 0o600); err != nil {
			return fmt.Errorf("the peers' files: %w", err)
		}
	}
	lock, err := os.ReadFile(filepath.Join(source, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("the peers' files: %w", err)
	}
	mark := filepath.Join(folder, "node_modules", ".installed") // npm ci empties node_modules: it is of a complete install
	if done, err := os.ReadFile(mark); err == nil && bytes.Equal(done, lock) {
		return nil
	}
	s.say("installing the peers' packages")
	err = s.command(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
		"--loglevel=error")
	if err != nil {
		return err
	}
	if err := os.WriteFile(mark, lock, 0o600); err != nil {
		return fmt.Errorf("mark: %w", err)
	}
	return nil
}

// linker is the dynamic linker of the unpacked library, libraries the folder of the rest.
const (
	linker    = "usr/lib64/ld-linux-x86-64.so.2"
	libraries = "usr/lib/x86_64-linux-gnu"
)

var errTailcall = errors.New("it does not start")

// installTailcall finds how to start Tailcall: as it is where the system's library is new enough, else with that of a
// later Debian release, unpacked into a folder of its own.
func (s *session) installTailcall(node, folder string) (string, error) {
	program := filepath.Join(node, "node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall")
	if err := os.Chmod(program, 0o755); err != nil { //nolint:gosec // a program
		return "", fmt.Errorf("its package: %w", err)
	}
	if exec.CommandContext(s, program, "--version").Run() == nil {
		return program, nil
	}
	if _, err := os.Stat(filepath.Join(folder, linker)); err != nil {
		s.say("unpacking the library that Tailcall wants")
		if err := s.unpackLibrary(folder); err != nil {
			return "", err
		}
	}
	start := filepath.Join(folder, linker) + " --library-path " + filepath.Join(folder, libraries) + " " + program
	argv := append(strings.Fields(start), "--version")
	if output, err := exec.CommandContext(s, argv[0], argv[1:]...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %w: %s", errTailcall, err, output)
	}
	return start, nil
}

// unpackLibrary gets two packages of the release after this one from the mirror that apt uses, with an apt of its own
// that changes nothing of the system's.
func (s *session) unpackLibrary(folder string) error {
	script := filepath.Join(s.root, "bench", "peers", "tailcall", "library")
	if err := s.command(s.root, "bash", script, folder); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(folder, linker)); err != nil {
		return fmt.Errorf("the library has no linker: %w", err)
	}
	return nil
}

// command runs a command in a folder; the error has what it said.
func (s *session) command(folder string, argv ...string) error {
	command := exec.CommandContext(s, argv[0], argv[1:]...)
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, output)
	}
	return nil
}
