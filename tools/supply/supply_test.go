package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const mit = `MIT License

Copyright (c) 2026 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`

func TestRecognises(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"a licence":         {"LICENSE", mit, "MIT"},
		"one by its ending": {"LICENCE.txt", mit, "MIT"},
		"another text":      {"LICENSE", "All rights reserved. You may not copy this.", ""},
		"another file":      {"README", mit, ""},
		"a program":         {"license.go", mit, ""},
	} {
		p := part{name: name, folder: t.TempDir()}
		if err := os.WriteFile(filepath.Join(p.folder, test.file), []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := p.recognise(); err != nil || p.licence != test.want {
			t.Errorf("%s: %q, %v, want %q", name, p.licence, err, test.want)
		}
	}
}

func TestJudges(t *testing.T) {
	for licence, want := range map[string]bool{
		"MIT": true, "MIT AND BSD-3-Clause": true, "(MIT OR GPL-3.0-only)": true, "(MPL-2.0 OR Apache-2.0)": true,
		"": false, "GPL-3.0-only": false, "MIT AND AGPL-3.0-only": false, "UNLICENSED": false, "SEE LICENSE IN x": false,
	} {
		err := judge([]part{{name: "x", version: "1", licence: licence}})
		if (err == nil) != want {
			t.Errorf("%q: %v", licence, err)
		}
		if err != nil && !strings.Contains(err.Error(), "x 1") {
			t.Errorf("%q: %v names no part", licence, err)
		}
	}
}

// TestBundled leaves out what only builds the pages, and takes a package of one version once.
func TestBundled(t *testing.T) {
	root := t.TempDir()
	lock := `{"packages": {"": {"version": "0"}, "node_modules/a": {"version": "1", "license": "MIT"},
		"node_modules/b/node_modules/a": {"version": "1", "license": "MIT"},
		"node_modules/@s/c": {"version": "2", "license": "ISC"}, "node_modules/d": {"version": "3", "dev": true}}}`
	if err := os.MkdirAll(filepath.Join(root, "web"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "web", "package-lock.json"), []byte(lock), 0o600); err != nil {
		t.Fatal(err)
	}
	parts, err := bundled(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range parts {
		names = append(names, p.name+" "+p.version+" "+p.licence)
	}
	if got := strings.Join(names, ", "); got != "@s/c 2 ISC, a 1 MIT" {
		t.Errorf("packages %s", got)
	}
}
