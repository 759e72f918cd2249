package figures

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Replace puts text between the marks <!-- NAME: … --> and <!-- end of NAME --> of a document.
func Replace(document, name, text string) (string, error) {
	begin, end := "<!-- "+name+": ", "<!-- end of "+name+" -->"
	head, rest, found := strings.Cut(document, begin)
	if !found {
		return "", fmt.Errorf("the document has no mark %q", begin)
	}
	mark, rest, found := strings.Cut(rest, "-->\n")
	if !found {
		return "", fmt.Errorf("the mark %q has no end of line", begin)
	}
	_, tail, found := strings.Cut(rest, end)
	if !found {
		return "", fmt.Errorf("the document has no mark %q", end)
	}
	return head + begin + mark + "-->\n\n" + strings.TrimSpace(text) + "\n\n" + end + tail, nil
}

// Renew puts text between the marks of a document that is a file.
func Renew(path, name, text string) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	renewed, err := Replace(string(document), name, text)
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	if err := os.WriteFile(path, []byte(renewed), 0o644); err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return nil
}

// Result is what one scene came to.
type Result struct {
	Scene   string
	Targets []Target
	Tables  []Table
	Notes   []string
}

// Save keeps a result in a folder, so that a run that ended early can go on.
func (r *Result) Save(folder string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("result of %s: %w", r.Scene, err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("result of %s: %w", r.Scene, err)
	}
	if err := os.WriteFile(filepath.Join(folder, r.Scene+".json"), text, 0o600); err != nil {
		return fmt.Errorf("result of %s: %w", r.Scene, err)
	}
	return nil
}

// Load reads the kept results of scenes, in their order; those that were never measured are left out.
func Load(folder string, scenes []string) ([]Result, error) {
	var all []Result
	for _, scene := range scenes {
		text, err := os.ReadFile(filepath.Join(folder, scene+".json"))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("result of %s: %w", scene, err)
		}
		var r Result
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, fmt.Errorf("result of %s: %w", scene, err)
		}
		all = append(all, r)
	}
	return all, nil
}

// Text writes results as a reader wants them: all targets first, then the tables of each scene.
func Text(results []Result) string {
	var out strings.Builder
	var targets []Target
	for i := range results {
		targets = append(targets, results[i].Targets...)
	}
	if len(targets) > 0 {
		table := Targets(targets)
		table.Title = "Targets"
		_, _ = table.WriteTo(&out) // a Builder takes everything
	}
	for i := range results {
		for _, table := range results[i].Tables {
			out.WriteString("\n")
			_, _ = table.WriteTo(&out)
		}
		for _, note := range slices.Compact(results[i].Notes) {
			out.WriteString("\n" + note + "\n")
		}
	}
	return out.String()
}
