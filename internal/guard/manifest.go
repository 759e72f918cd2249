package guard

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/opsgraph/opsgraph/internal/coordination/documents"
)

// Manifest is a list of trusted documents, each with its id. A nil Manifest has none.
type Manifest struct {
	byID  map[string]string
	texts map[string]struct{}
}

// apolloManifestFormat names the format in an Apollo manifest.
const apolloManifestFormat = "apollo-persisted-query-manifest"

// ReadManifest reads a manifest of trusted documents from a file: that of Apollo's generate-persisted-query-manifest,
// or the one of relay-compiler (an object of ids and texts).
func ReadManifest(path string) (*Manifest, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("manifest of trusted documents: %w", err)
	}
	m, err := ParseManifest(content)
	if err != nil {
		return nil, fmt.Errorf("manifest of trusted documents %s: %w", path, err)
	}
	return m, nil
}

// ParseManifest reads a manifest in either format.
func ParseManifest(content []byte) (*Manifest, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(content, &fields); err != nil {
		return nil, fmt.Errorf("no JSON object: %w", err)
	}
	texts := map[string]string{}
	if _, apollo := fields["format"]; apollo {
		var manifest struct {
			Format     string `json:"format"`
			Version    int    `json:"version"`
			Operations []struct {
				ID   string `json:"id"`
				Body string `json:"body"`
			} `json:"operations"`
		}
		if err := json.Unmarshal(content, &manifest); err != nil {
			return nil, fmt.Errorf("apollo manifest: %w", err)
		}
		if manifest.Format != apolloManifestFormat || manifest.Version != 1 {
			return nil, fmt.Errorf("format %q version %d: only %s version 1 is read", manifest.Format, manifest.Version,
				apolloManifestFormat)
		}
		for _, operation := range manifest.Operations {
			if _, twice := texts[operation.ID]; twice {
				return nil, fmt.Errorf("id %q stands there twice", operation.ID)
			}
			texts[operation.ID] = operation.Body
		}
	} else if err := json.Unmarshal(content, &texts); err != nil {
		return nil, fmt.Errorf("neither an apollo manifest nor an object of ids and texts: %w", err)
	}
	return newManifest(texts)
}

func newManifest(texts map[string]string) (*Manifest, error) {
	m := &Manifest{byID: make(map[string]string, len(texts)), texts: make(map[string]struct{}, len(texts))}
	for id, text := range texts {
		if !isDocumentID(id) {
			return nil, fmt.Errorf("id %q is not 1 to %d letters, digits and signs (-_.:)", id, longestDocumentID)
		}
		if documents.IsHash(id) && documents.Hash(text) != id {
			return nil, fmt.Errorf("id %s looks like a SHA-256 and is not that of its document", id)
		}
		m.byID[id] = text
		m.texts[text] = struct{}{}
	}
	return m, nil
}

// With returns the documents of both manifests. An id that means two documents is an error.
func (m *Manifest) With(other *Manifest) (*Manifest, error) {
	texts := map[string]string{}
	if m != nil {
		maps.Copy(texts, m.byID)
	}
	for id, text := range other.byID {
		if known, ok := texts[id]; ok && known != text {
			return nil, fmt.Errorf("id %q is that of another trusted document, too", id)
		}
		texts[id] = text
	}
	return newManifest(texts)
}

// check parses and validates every document.
func (m *Manifest) check(check *DocumentCheck) error {
	if m == nil {
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(m.byID)) {
		if _, refusals := check.admit(m.byID[id]); len(refusals) > 0 {
			return fmt.Errorf("trusted document %s: %s", id, refusals[0].Message)
		}
	}
	return nil
}

func (m *Manifest) text(id string) (string, bool) {
	if m == nil {
		return "", false
	}
	text, ok := m.byID[id]
	return text, ok
}

func (m *Manifest) hasText(text string) bool {
	if m == nil {
		return false
	}
	_, ok := m.texts[text]
	return ok
}
