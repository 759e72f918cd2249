// Package documents checks the pages of docs/ and the README against the gateway and its schema.
package documents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/command"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/e2e/kit/checkout"
)

// TestDocumentsQueries checks every GraphQL document of the pages against the schema.
func TestDocumentsQueries(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	documents := 0
	for _, b := range documentBlocks(t) {
		if b.tag != "graphql" {
			continue
		}
		documents++
		if _, err := gqlparser.LoadQueryWithRules(schema, b.code, nil); err != nil {
			t.Errorf("%s:%d: %v", b.page, b.line, err)
		}
	}
	if documents < 2 {
		t.Errorf("%d documents were found", documents)
	}
}

// demoAddress is where the pages take the gateway of `make run` to be.
const demoAddress = "127.0.0.1:8080"

var otherAddress = regexp.MustCompile(`127\.0\.0\.1:[1-9]\d*`)

// TestFound_B8_ShellBlocksRun runs the blocks tagged sh of every page as they are written, in their order, in one shell
// that stands in a fresh copy of the tree before each. Only ports are put in. A program that serves is ended when it
// does.
func TestFound_B8_ShellBlocksRun(t *testing.T) {
	t.Parallel()
	address := strings.TrimPrefix(kit.Demo(t), "http://")
	tree, programs := freshCopy(t, address), programFolder(t)
	byPage := map[string][]block{}
	for _, b := range documentBlocks(t) {
		if b.runs() {
			byPage[b.page] = append(byPage[b.page], b)
		}
	}
	for page, blocks := range byPage {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			runBlocks(t, blocks, address, tree, programs)
		})
	}
}

// runBlocks runs the blocks of a page in one shell.
func runBlocks(t *testing.T, blocks []block, address, tree, programs string) {
	t.Helper()
	const mark = "-- end of a block --"
	var script strings.Builder
	script.WriteString("set -euo pipefail\n")
	free := map[string]string{}
	for _, b := range blocks {
		code := strings.ReplaceAll(b.code, demoAddress, address)
		code = otherAddress.ReplaceAllStringFunc(code, func(other string) string {
			if other == address {
				return other
			}
			if free[other] == "" {
				free[other] = kit.FreeAddress(t)
			}
			return free[other]
		})
		fmt.Fprintf(&script, "cd %q\n%secho '%s'\n", tree, code, mark)
	}
	var out, complaints bytes.Buffer
	shell := exec.CommandContext(t.Context(), "bash", "-c", script.String())
	shell.Env = append(shell.Environ(), "PATH="+programs+":"+os.Getenv("PATH")) //nolint:forbidigo // of the test run
	shell.Stdout, shell.Stderr = &out, &complaints
	err := shell.Run()
	printed := strings.Split(out.String(), mark+"\n")
	if err != nil || len(printed) != len(blocks)+1 {
		failed := blocks[min(len(printed), len(blocks))-1]
		t.Fatalf("line %d: %v: %s%s in\n%s", failed.line, err, out.String(), complaints.String(), failed.code)
	}
	if strings.Contains(complaints.String(), "EBADENGINE") {
		t.Errorf("npm warns: %s", complaints.String())
	}
	for i, b := range blocks {
		if strings.Contains(b.code, "curl ") {
			answered(t, b, printed[i])
		}
	}
}

// answered holds the last answer that a block prints to data without an error.
func answered(t *testing.T, b block, printed string) {
	t.Helper()
	var answer struct {
		Data   map[string]any
		Errors []any
	}
	for decoder := json.NewDecoder(strings.NewReader(printed)); ; {
		err := decoder.Decode(&answer)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("line %d: %v: prints %s", b.line, err, printed)
			return
		}
		if decoder.More() {
			answer.Data, answer.Errors = nil, nil
		}
	}
	if len(answer.Data) == 0 || len(answer.Errors) > 0 {
		t.Errorf("line %d: prints %s for\n%s", b.line, printed, b.code)
	}
}

// freshCopy is a copy of the tree with the gateway's address where files name the demo's. At the end no file of the
// copy may have changed: what commands of the pages generate is current.
func freshCopy(t *testing.T, address string) string {
	t.Helper()
	folder, written := checkout.Copy(t, func(_ string, text []byte) []byte {
		return bytes.ReplaceAll(text, []byte(demoAddress), []byte(address))
	})
	t.Cleanup(func() {
		for path, text := range written {
			if now, err := os.ReadFile(path); err != nil || string(now) != text {
				t.Errorf("%s is not what it was: %v", path, err)
			}
		}
	})
	return folder
}

// TestMain is the program opsgraph where it is run by that name, which saves building it once more.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "opsgraph" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	err := command.Run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr) //nolint:forbidigo // as the program does
	stop()
	if err != nil {
		command.PrintError(os.Stderr, err)
	}
	os.Exit(command.ExitCode(err))
}

// programFolder is a folder with the program `opsgraph`, which ends once it serves.
func programFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(folder, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(folder, "real", "opsgraph")); err != nil {
		t.Fatal(err)
	}
	const wrapper = `#!/usr/bin/env bash
set -euo pipefail
real=$(dirname "$0")/real/opsgraph
case ${1:-serve} in serve | simulate) ;; *) exec "$real" "$@" ;; esac
coproc PROGRAM { exec "$real" "$@"; }
id=$PROGRAM_PID
read -r line <&"${PROGRAM[0]}"
echo "$line"
kill -TERM "$id"
wait "$id"
`
	if err := os.WriteFile(filepath.Join(folder, "opsgraph"), []byte(wrapper), 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}
