package guard

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/maypok86/otter/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// Documents keeps documents that were parsed and admitted, by their text. It is bounded in number and in memory: a document
// takes some 35 times its text, at worst a hundred times. Safe for concurrent use.
type Documents struct {
	cache *otter.Cache[string, *ast.QueryDocument]
}

var _ graphql.Cache[*ast.QueryDocument] = (*Documents)(nil)

// NewDocuments makes a cache of at most count documents and at most bytes of memory, both greater than 0.
func NewDocuments(count int, bytes int64) (*Documents, error) {
	if count <= 0 || bytes <= 0 {
		return nil, fmt.Errorf("query cache of %d documents and %d bytes: both must be greater than 0", count, bytes)
	}
	// No document weighs less than its share of the whole, so that the one bound on weight is a bound on number too.
	share := uint32(min(bytes/int64(count)+1, 1<<31))
	cache, err := otter.New(&otter.Options[string, *ast.QueryDocument]{
		MaximumWeight: uint64(bytes),
		// Room is made by who adds, not some time later in the background: the bound holds in a flood of documents too.
		Executor: func(makeRoom func()) { makeRoom() },
		Weigher: func(query string, document *ast.QueryDocument) uint32 {
			return max(share, uint32(min(weightOf(query, document), 1<<31)))
		},
	})
	if err != nil {
		return nil, fmt.Errorf("make query cache: %w", err)
	}
	return &Documents{cache: cache}, nil
}

// Get returns the document of a query's text.
func (d *Documents) Get(_ context.Context, query string) (*ast.QueryDocument, bool) {
	return d.cache.GetIfPresent(query)
}

// Add keeps the document of a query's text. The document must not change any more.
func (d *Documents) Add(_ context.Context, query string, document *ast.QueryDocument) {
	d.cache.Set(query, document)
}
