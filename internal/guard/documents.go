package guard

import (
	"context"
	"fmt"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/vektah/gqlparser/v2/ast"
)

// Documents keeps documents that were parsed and admitted, by their text; the least recently used make room. It is
// bounded in number and in memory: a document takes some 35 times its text, at worst a hundred times. Safe for
// concurrent use.
type Documents struct {
	most int64 // bytes of memory of all together

	mu      sync.Mutex
	kept    *simplelru.LRU[string, keptDocument]
	held    int64 // bytes of what is kept
	retired bool
}

// keptDocument is a document with the bytes of memory that it counts for, what was made of it included.
type keptDocument struct {
	document *ast.QueryDocument
	bytes    int64
	leave    []func() // what forgets that
}

var _ graphql.Cache[*ast.QueryDocument] = (*Documents)(nil)

// NewDocuments makes a cache of at most count documents and at most bytes of memory, both greater than 0.
func NewDocuments(count int, bytes int64) (*Documents, error) {
	if count <= 0 || bytes <= 0 {
		return nil, fmt.Errorf("query cache of %d documents and %d bytes: both must be greater than 0", count, bytes)
	}
	d := &Documents{most: bytes}
	var err error
	d.kept, err = simplelru.NewLRU(count, func(_ string, left keptDocument) {
		d.held -= left.bytes
		for _, leave := range left.leave {
			leave()
		}
	})
	if err != nil {
		return nil, fmt.Errorf("make query cache: %w", err)
	}
	return d, nil
}

// Get returns the document of a query's text.
func (d *Documents) Get(_ context.Context, query string) (*ast.QueryDocument, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept, ok := d.kept.Get(query)
	return kept.document, ok
}

// Add keeps the document of a query's text, unless it alone is over the bound. The document must not change any more.
func (d *Documents) Add(_ context.Context, query string, document *ast.QueryDocument) {
	bytes := weightOf(query, document)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept.Remove(query)
	if bytes > d.most || d.retired {
		return
	}
	d.held += bytes
	d.kept.Add(query, keptDocument{document: document, bytes: bytes})
	for d.held > d.most {
		d.kept.RemoveOldest()
	}
}

// Retire forgets all documents and keeps none from now on: what goes on with it costs no memory.
func (d *Documents) Retire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.retired = true
	d.kept.Purge()
	d.held = 0
}

// Attach counts bytes more for a kept document, for what was made of it. It calls leave, where there is one, when the
// document makes room; leave must call nothing of Documents. It reports false, and does nothing, where the document is
// not kept, or would be over the bound alone.
func (d *Documents) Attach(query string, document *ast.QueryDocument, bytes int64, leave func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept, ok := d.kept.Get(query)
	if !ok || kept.document != document || kept.bytes+bytes > d.most {
		return false
	}
	kept.bytes += bytes
	if leave != nil {
		kept.leave = append(kept.leave, leave)
	}
	d.held += bytes
	d.kept.Add(query, kept)
	for d.held > d.most {
		d.kept.RemoveOldest()
	}
	return true
}
