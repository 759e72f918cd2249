package httpapi

import "net/http"

// Schema is the schema's text, the same for everybody.
type Schema struct {
	text []byte
	tag  string
}

// NewSchema makes what answers the text of a schema.
func NewSchema(text []byte) *Schema { return &Schema{text: text, tag: weakTag(text)} }

// ServeHTTP answers the schema. A client asks again each time; mostly it has the text already.
func (s *Schema) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "application/graphql; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set(HeaderCacheControl, "no-cache")
	header.Set("ETag", s.tag)
	if !answerHeld(w, r) {
		_, _ = w.Write(s.text) // a client that went away needs no schema
	}
}
