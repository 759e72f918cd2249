// Package documents checks the pages of docs/ and the README against the gateway and its schema.
package documents

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// documentBlock is a block of code in a page of the documentation, and its language.
var documentBlock = regexp.MustCompile("(?s)```(sh|graphql)\n(.*?)```")

// TestDocumentsCommands runs every command of the documentation that asks the gateway by curl, and checks every GraphQL
// document in it against the schema.
func TestDocumentsCommands(t *testing.T) {
	pages, err := filepath.Glob(kit.ModuleRoot + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	address := kit.Demo(t)
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	commands, documents := 0, 0
	for _, page := range append(pages, readme) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range documentBlock.FindAllSubmatch(text, -1) {
			code := string(block[2])
			switch {
			case string(block[1]) == "graphql":
				documents++
				if _, err := gqlparser.LoadQueryWithRules(schema, code, nil); err != nil {
					t.Errorf("%s: %v in\n%s", page, err, code)
				}
			case strings.Contains(code, "curl "):
				commands++
				runDocumented(t, page, strings.ReplaceAll(code, "http://127.0.0.1:8080", address))
			}
		}
	}
	if commands < 3 || documents < 2 {
		t.Errorf("%d blocks of commands and %d of GraphQL were found", commands, documents)
	}
}

// runDocumented runs a block of commands; the last answer that it prints must have data and no error.
func runDocumented(t *testing.T, page, code string) {
	t.Helper()
	var out, complaints bytes.Buffer
	command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", code)
	command.Dir = kit.ModuleRoot // where its reader stands
	command.Stdout, command.Stderr = &out, &complaints
	if err := command.Run(); err != nil {
		t.Errorf("%s: %v: %s in\n%s", page, err, complaints.String(), code)
		return
	}
	var answer struct {
		Data   map[string]any
		Errors []any
	}
	printed := out.String()
	for decoder := json.NewDecoder(&out); ; {
		err := decoder.Decode(&answer)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("%s: %v: prints %s", page, err, printed)
			return
		}
		if decoder.More() {
			answer.Data, answer.Errors = nil, nil
		}
	}
	if len(answer.Data) == 0 || len(answer.Errors) > 0 {
		t.Errorf("%s: prints %s for\n%s", page, printed, code)
	}
}
