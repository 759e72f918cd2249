package gateway

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// DecodeJSON lets the fuzzer compare the strict reader with encoding/json.
var DecodeJSON = decodeJSON

// ParseMessage lets the fuzzer read messages of a WebSocket.
func ParseMessage(text []byte) (kind, id string, err error) {
	m, err := parseMessage(text, 32)
	return m.kind, m.id, err
}

// NewPlayground lets a test serve pages of its own making.
func NewPlayground(files fs.FS) (http.Handler, error) {
	routes := http.NewServeMux()
	return routes, addPlayground(routes, files, func(_ string, next http.Handler) http.Handler { return next })
}

// StatusOf lets a table test go through all codes.
func StatusOf(response *graphql.Response, mediaType string) int { return statusOf(response, mediaType) }

// Counts are the figures that the memoised counter finds in a document.
type Counts struct{ Fields, Aliases, Depth int }

// Count counts a document.
func Count(document string) (Counts, error) {
	parsed, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil {
		return Counts{}, err
	}
	total := newCounter(parsed).document(parsed)
	return Counts{Fields: total.fields, Aliases: total.aliases, Depth: total.depth}, nil
}

// ReadCertificate reads the certificate of a server, and gives what tells the serial number of the one in use.
func ReadCertificate(certFile, keyFile string, now func() time.Time) (serial func(context.Context) int64, err error) {
	c, err := loadCertificate(certFile, keyFile, now, slog.New(slog.DiscardHandler))
	return func(ctx context.Context) int64 { return c.certificate(ctx).Leaf.SerialNumber.Int64() }, err
}

// NewMemoryGuard gives a guard with a memory of the test's making; the code of its refusal is empty where there is none.
func NewMemoryGuard(most int64, held func() uint64, collect func(), now func() time.Time) func() string {
	guard := newMemoryGuard(most, now)
	guard.held, guard.collect = held, collect
	return func() string {
		if refusal := guard.refusal(); refusal != nil {
			return codeOf(refusal)
		}
		return ""
	}
}

// HeldMemory is what the guard of a gateway reads.
var HeldMemory = heldMemory
