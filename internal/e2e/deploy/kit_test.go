// Package deploy runs what deploy/ has: the image's files as its container would, the replicas and the proxy of Compose
// and of the README's "In production", and what the units and manifests say against the program and the schemas.
package deploy

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// root is the root of the tree, seen from here.
const root = kit.ModuleRoot

// image is the container image, made once as `make image` makes it: its archive, and one copy of its files.
type image struct {
	once   sync.Once
	folder string // has image.tar and files/
	config imageConfig
	err    error
}

// imageConfig is what the image says of how it is run.
type imageConfig struct {
	User            string
	ExposedPorts    map[string]struct{}
	Entrypoint, Cmd []string
	Healthcheck     struct{ Test []string }
}

var built image

func TestMain(m *testing.M) {
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder) // the system clears its folder of temporary files as well
	}
	os.Exit(code)
}

// made makes the image where that was not done yet.
func (i *image) made(t *testing.T) *image {
	t.Helper()
	i.once.Do(func() { i.err = i.make() })
	if i.err != nil {
		t.Fatal(i.err)
	}
	return i
}

func (i *image) make() (err error) {
	if i.folder, err = os.MkdirTemp("", "opsgraph-deploy"); err != nil {
		return err
	}
	// Other users must reach the files of the image in it.
	if err := os.Chmod(i.folder, 0o755); err != nil {
		return err
	}
	build := exec.Command("go", "run", "./deploy/container", "-out", filepath.Join(i.folder, "image.tar"))
	build.Dir = root
	build.Env = append(build.Environ(), "GOFLAGS=-buildvcs=false "+os.Getenv("GOFLAGS")) //nolint:forbidigo // of the test run
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("make the image: %w: %s", err, output)
	}
	i.config, err = i.unpack(filepath.Join(i.folder, "files"))
	return err
}

// unpack reads the archive as an engine does, by its index, and writes the files of its one layer into a folder.
func (i *image) unpack(folder string) (imageConfig, error) {
	blobs, err := readArchive(filepath.Join(i.folder, "image.tar"))
	if err != nil {
		return imageConfig{}, err
	}
	type descriptor struct{ Digest string }
	blob := func(d descriptor) []byte { return blobs["blobs/"+strings.Replace(d.Digest, ":", "/", 1)] }
	var index struct{ Manifests []descriptor }
	if err := json.Unmarshal(blobs["index.json"], &index); err != nil || len(index.Manifests) != 1 {
		return imageConfig{}, fmt.Errorf("index %s: %w", blobs["index.json"], err)
	}
	var manifest struct {
		Config descriptor
		Layers []descriptor
	}
	if err := json.Unmarshal(blob(index.Manifests[0]), &manifest); err != nil || len(manifest.Layers) != 1 {
		return imageConfig{}, fmt.Errorf("manifest of %d layers: %w", len(manifest.Layers), err)
	}
	var whole struct{ Config imageConfig }
	if err := json.Unmarshal(blob(manifest.Config), &whole); err != nil {
		return imageConfig{}, fmt.Errorf("config: %w", err)
	}
	return whole.Config, writeLayer(blob(manifest.Layers[0]), folder)
}

// readArchive is the content of the files of an archive, by name.
func readArchive(path string) (map[string][]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	files := map[string][]byte{}
	for reader := tar.NewReader(file); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[header.Name], err = io.ReadAll(reader); err != nil {
			return nil, err
		}
	}
}

// writeLayer writes the files of a layer, with their modes. Another process does: a program that this one had open for
// writing could not be run while a child that was forked meanwhile has it open still.
func writeLayer(layer []byte, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	extract := exec.Command("tar", "--extract", "--gzip", "--preserve-permissions", "--directory", folder)
	extract.Stdin = bytes.NewReader(layer)
	if out, err := extract.CombinedOutput(); err != nil {
		return fmt.Errorf("tar: %w: %s", err, out)
	}
	return nil
}

// program is the program of the image.
func program(t *testing.T) string {
	t.Helper()
	return filepath.Join(built.made(t).folder, "files", "opsgraph")
}

// process is a gateway as a process.
type process struct {
	url  string // where users ask
	cmd  *exec.Cmd
	log  *testkit.Log
	done chan struct{} // closed when it has ended
}

// launch runs a command that serves, and waits until it prints its address.
func launch(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, log: &testkit.Log{}, done: make(chan struct{})}
	cmd.Stderr = p.log
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // fails only when it is gone already
		<-p.done
		if t.Failed() {
			t.Logf("%s: %s", cmd, p.log)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // tests look at the state
	}()
	words := strings.Fields(line)
	if err != nil || len(words) == 0 {
		<-p.done
		t.Fatalf("%s serves nothing: %q %v %s", cmd, line, err, p.log)
	}
	p.url = strings.TrimSuffix(words[len(words)-1], "/graphql")
	return p
}

// stop ends it as an engine or systemd does, and gives its exit code.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(testkit.Patience):
		t.Fatalf("it does not end: %s", p.log)
	}
	return p.cmd.ProcessState.ExitCode()
}

// output runs a command until it ends, and gives its exit code and all that it printed.
func output(t *testing.T, cmd *exec.Cmd) (code int, text string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// checks fails where `opsgraph check` finds a fault in a configuration, and returns its lines.
func checks(t *testing.T, environ ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), "check")
	cmd.Env = environ
	code, text := output(t, cmd)
	if code != 0 {
		t.Errorf("opsgraph check ends with %d: %s", code, text)
	}
	return text
}
