package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadTheContainerfile: the image is what the last stage of the Containerfile says, and what this program does not
// know is an error.
func TestReadTheContainerfile(t *testing.T) {
	text, err := os.ReadFile("Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(string(text))
	if err != nil || got.script != "deploy/container/rootfs" || got.config.User != "65532:65532" {
		t.Errorf("%+v, %v", got, err)
	}
	for old, broken := range map[string]string{
		"\nUSER 65532:65532":                  "",
		"\nUSER ":                             "\nUSER 65532\nVOLUME ",
		"ENTRYPOINT [\"/opsgraph\"]":          "ENTRYPOINT /opsgraph",
		"COPY --from=program /image/ /":       "COPY --from=program /image/ /opt",
		"RUN deploy/container/rootfs /image":  "RUN deploy/container/rootfs /other",
		"FROM scratch":                        "FROM docker.io/library/debian",
		"HEALTHCHECK --interval=10s":          "HEALTHCHECK --retries=3",
		"COPY --from=program /image/ /\nUSER": "USER",
	} {
		changed := strings.Replace(string(text), old, broken, 1)
		if changed == string(text) {
			t.Fatalf("the Containerfile has no %q", old)
		}
		if got, err := read(changed); err == nil {
			t.Errorf("%q in place of %q makes %+v", broken, old, got)
		}
	}
}

// TestPackIsReproducible: the same files make the same bytes, whenever they were written; others make others.
func TestPackIsReproducible(t *testing.T) {
	archives := make([][]byte, 3)
	for i, content := range []string{"one", "one", "two"} {
		folder := t.TempDir()
		if err := os.MkdirAll(filepath.Join(folder, "etc"), 0o700+os.FileMode(i)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "etc", "passwd"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var err error
		if archives[i], err = pack(folder, "name", "amd64", config{User: "1:1"}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(archives[0], archives[1]) || bytes.Equal(archives[0], archives[2]) {
		t.Errorf("archives of %d, %d and %d bytes", len(archives[0]), len(archives[1]), len(archives[2]))
	}
}
