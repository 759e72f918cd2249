package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// part is a piece of other people's work in the release.
type part struct {
	name, version, licence string
	folder                 string // where its files are; empty where it is not installed
	files                  []string
}

// platforms are those that a release is built for.
func platforms() []string {
	return []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64"}
}

// linked are the Go modules whose packages are in the binary, and Go itself.
func linked(root string) ([]part, error) {
	modules := map[string]part{}
	for _, platform := range platforms() {
		system, machine, _ := strings.Cut(platform, "/")
		list := exec.Command("go", "list", "-deps", "-json=Module", ".")
		list.Dir = root
		list.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+machine, "CGO_ENABLED=0", "GOFLAGS=")
		list.Stderr = os.Stderr
		output, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", platform, err)
		}
		for decoder := json.NewDecoder(bytes.NewReader(output)); decoder.More(); {
			var of struct {
				Module *struct {
					Path, Version, Dir string
					Main               bool
				}
			}
			if err := decoder.Decode(&of); err != nil {
				return nil, fmt.Errorf("output of go list: %w", err)
			}
			if of.Module != nil && !of.Module.Main {
				modules[of.Module.Path] = part{name: of.Module.Path, version: of.Module.Version, folder: of.Module.Dir}
			}
		}
	}
	goRoot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	asked := exec.Command("go", "list", "-m", "-f", "{{.GoVersion}}")
	asked.Dir, asked.Env = root, append(os.Environ(), "GOFLAGS=")
	version, err := asked.Output() // the one that go.mod asks for, whichever is installed
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	modules["Go"] = part{
		name: "Go", version: strings.TrimSpace(string(version)), folder: strings.TrimSpace(string(goRoot)),
	}
	var parts []part
	for _, p := range modules {
		if err := p.recognise(); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	slices.SortFunc(parts, byName)
	return parts, nil
}

func byName(a, b part) int { return strings.Compare(a.name+" "+a.version, b.name+" "+b.version) }

// leastCover is the share of a file, in percent, that must be the text of known licences.
const leastCover = 75

// recognise finds a module's licence by the texts in its folder.
func (p *part) recognise() error {
	entries, err := os.ReadDir(p.folder)
	if err != nil {
		return fmt.Errorf("files of %s: %w", p.name, err)
	}
	var found []string
	for _, entry := range entries {
		if !isLicence(entry.Name()) || entry.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(p.folder, entry.Name()))
		if err != nil {
			return fmt.Errorf("licence of %s: %w", p.name, err)
		}
		p.files = append(p.files, entry.Name())
		cover := licensecheck.Scan(text)
		if cover.Percent < leastCover {
			continue
		}
		for _, match := range cover.Match {
			if !slices.Contains(found, match.ID) {
				found = append(found, match.ID)
			}
		}
	}
	slices.Sort(found)
	p.licence = strings.Join(found, " AND ")
	return nil
}

// isLicence recognises the names of files that have the text of a licence.
func isLicence(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"license", "licence", "copying", "notice", "unlicense"}, func(word string) bool {
		return strings.HasPrefix(name, word) && !strings.HasSuffix(name, ".go")
	})
}

// bundled are the npm packages that the pages are made of, by the lock file. What only builds or tests them is not.
func bundled(root string) ([]part, error) {
	text, err := os.ReadFile(filepath.Join(root, "web", "package-lock.json"))
	if err != nil {
		return nil, fmt.Errorf("lock file of the pages: %w", err)
	}
	var lock struct {
		Packages map[string]struct {
			Version, License string
			Dev              bool
		}
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		return nil, fmt.Errorf("lock file of the pages: %w", err)
	}
	var parts []part
	for path, of := range lock.Packages {
		if path == "" || of.Dev {
			continue
		}
		_, name := cutLast(path, "node_modules/")
		p := part{name: name, version: of.Version, licence: of.License}
		folder := filepath.Join(root, "web", path)
		if entries, err := os.ReadDir(folder); err == nil {
			p.folder = folder
			for _, entry := range entries {
				if isLicence(entry.Name()) && !entry.IsDir() {
					p.files = append(p.files, entry.Name())
				}
			}
		}
		if !slices.ContainsFunc(parts, func(other part) bool { return byName(other, p) == 0 }) {
			parts = append(parts, p)
		}
	}
	slices.SortFunc(parts, byName)
	return parts, nil
}

func cutLast(text, separator string) (before, after string) {
	at := strings.LastIndex(text, separator)
	return text[:max(at, 0)], text[at+len(separator):]
}

// allowed are the licences under which parts may be in the binary: those that ask for no more than their own text, and
// MPL-2.0, which asks for the source of its own files, and none of them is changed here.
func allowed() []string {
	return []string{
		"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MPL-2.0", "PSF-2.0", "Unlicense",
	}
}

// isAllowed reads an expression of SPDX: each of those joined by AND, or one of those joined by OR.
func isAllowed(expression string) bool {
	expression = strings.TrimSuffix(strings.TrimPrefix(expression, "("), ")")
	if one := strings.Split(expression, " OR "); len(one) > 1 {
		return slices.ContainsFunc(one, isAllowed)
	}
	for _, each := range strings.Split(expression, " AND ") {
		if !slices.Contains(allowed(), each) {
			return false
		}
	}
	return true
}

// judge fails where a part has no licence that is allowed.
func judge(parts []part) error {
	var errs []error
	for _, p := range parts {
		switch {
		case p.licence == "":
			errs = append(errs, fmt.Errorf("%s %s has no licence that is recognised", p.name, p.version))
		case !isAllowed(p.licence):
			errs = append(errs, fmt.Errorf("%s %s is under %s, which is not among %s", p.name, p.version, p.licence,
				strings.Join(allowed(), ", ")))
		}
	}
	return errors.Join(errs...)
}
