package figures

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Table is a table as a reader sees it: Title above it, Notes below.
type Table struct {
	Title   string
	Columns []string
	Rows    [][]string
	Notes   []string
}

// WriteTo writes the table as Markdown whose columns are aligned, so that it reads well in a terminal too.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	widths := make([]int, len(t.Columns))
	for _, row := range append([][]string{t.Columns}, t.Rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	var out strings.Builder
	if t.Title != "" {
		fmt.Fprintf(&out, "### %s\n\n", t.Title)
	}
	line := func(cells []string) {
		for i, cell := range cells {
			cell = strings.ReplaceAll(cell, "|", `\|`)
			out.WriteString("| " + cell + strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell))) + " ")
		}
		out.WriteString("|\n")
	}
	line(t.Columns)
	rules := make([]string, len(t.Columns))
	for i := range rules {
		rules[i] = "---"
	}
	line(rules)
	for _, row := range t.Rows {
		line(row)
	}
	for _, note := range t.Notes {
		out.WriteString("\n" + note + "\n")
	}
	n, err := io.WriteString(w, out.String())
	if err != nil {
		return int64(n), fmt.Errorf("table: %w", err)
	}
	return int64(n), nil
}
