package documents

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/graph"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

var update = flag.Bool("update", false, "write the table of docs/costs.md")

const (
	costsDocument = kit.ModuleRoot + "/docs/costs.md"
	costsMark     = "<!-- made from the schema; go test ./internal/e2e/documents -run TestCostsDocument -update writes it -->\n"
)

// TestCostsDocument: the table of what fields cost is the schema's directives.
func TestCostsDocument(t *testing.T) {
	text, err := os.ReadFile(costsDocument)
	if err != nil {
		t.Fatal(err)
	}
	head, got, found := strings.Cut(string(text), costsMark)
	if !found {
		t.Fatalf("%s has no mark", costsDocument)
	}
	want := costRows(t)
	if *update {
		if err := os.WriteFile(costsDocument, []byte(head+costsMark+want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-schema +document):\n%s", diff)
	}
}

// costRows is the table.
func costRows(t *testing.T) string {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for name, definition := range schema.Types {
		for _, field := range definition.Fields {
			for i, directive := range field.Directives.ForNames("upstream") {
				label := "`" + name + "." + field.Name + "`"
				arguments := directive.ArgumentMap(nil)
				rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |\x00%02d", label, arguments["operation"],
					readingWords(arguments), sizeWords(arguments), i))
			}
		}
	}
	slices.Sort(rows)
	var table strings.Builder
	table.WriteString(
		"\n| field | operation | one reading for | calls of a reading, when nothing is known |\n| --- | --- | --- | --- |\n")
	for _, row := range rows {
		row, _, _ = strings.Cut(row, "\x00")
		table.WriteString(row + "\n")
	}
	return table.String()
}

// readingWords say what one reading covers and when there is one.
func readingWords(arguments map[string]any) string {
	words := map[any]string{
		"LIST": "all", "TYPE": "each type", "ARGUMENTS": "each set of arguments", "PARENT": "each parent",
		"REGION": "each host of the parents' regions", "ID": "each id of its kind", "COMMAND": "each command",
	}[arguments["per"]]
	for _, condition := range []struct{ argument, text string }{
		{"given", "with `%v`"},
		{"without", "without `%v`"},
		{"unlessKnown", "unless `%v` are known"},
		{"only", "by `%v`"},
		{"types", "of %v"},
	} {
		if value := arguments[condition.argument]; value != nil {
			words += ", " + fmt.Sprintf(condition.text, value)
		}
	}
	return words
}

func sizeWords(arguments map[string]any) string {
	switch {
	case arguments["minutes"] != nil:
		return fmt.Sprintf("1 a %v minutes", arguments["minutes"])
	case arguments["batch"] != nil && arguments["batch"] != int64(1):
		return fmt.Sprintf("1 a %v parents of a customer", arguments["batch"])
	case arguments["calls"] != nil:
		return fmt.Sprint(arguments["calls"])
	default:
		return "1"
	}
}
