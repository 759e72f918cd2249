package plan

import (
	"context"
	"math"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Ordered is a schema whose answers have their errors in the order of the fields that they belong to, as the document
// names these. Executors find errors in any order: without this, a cut after some of them would show others each time.
func Ordered(schema graphql.ExecutableSchema) graphql.ExecutableSchema { return ordered{schema} }

type ordered struct{ graphql.ExecutableSchema }

// Exec carries an operation out.
func (o ordered) Exec(ctx context.Context) graphql.ResponseHandler {
	oc := graphql.GetOperationContext(ctx)
	responses := o.ExecutableSchema.Exec(ctx)
	return func(ctx context.Context) *graphql.Response {
		// gqlgen collects errors in the context and lets nobody change them there, so that they get one of their own.
		inner := graphql.WithFreshResponseContext(ctx)
		response := responses(inner)
		if response == nil {
			return nil
		}
		response.Errors = append(response.Errors, graphql.GetErrors(inner)...)
		sortErrors(response.Errors, oc.Doc, oc.Operation)
		for name, value := range graphql.GetExtensions(inner) {
			graphql.RegisterExtension(ctx, name, value)
		}
		return response
	}
}

// sortErrors sorts errors by their paths: names in the order of the document, indices by number, what is above before
// what is below.
func sortErrors(errors gqlerror.List, document *ast.QueryDocument, operation *ast.OperationDefinition) {
	if len(errors) < 2 {
		return
	}
	type ranked struct {
		err  *gqlerror.Error
		rank []int
	}
	order := &level{document: document, sets: []ast.SelectionSet{operation.SelectionSet}}
	list := make([]ranked, len(errors))
	for i, err := range errors {
		list[i] = ranked{err, order.rank(err.Path)}
	}
	slices.SortStableFunc(list, func(a, b ranked) int { return slices.Compare(a.rank, b.rank) })
	for i := range list {
		errors[i] = list[i].err
	}
}

// level is the order of the response keys at one place of a document, whatever the type there.
type level struct {
	document *ast.QueryDocument
	sets     []ast.SelectionSet
	keys     map[string]*levelKey // nil until it is needed
}

// levelKey is a response key with what is selected below it.
type levelKey struct {
	rank  int
	below *level
}

// rank are the places of a path's parts, each in its own order. Names of arguments come last.
func (l *level) rank(path ast.Path) []int {
	ranks := make([]int, len(path))
	for i, part := range path {
		switch part := part.(type) {
		case ast.PathIndex:
			ranks[i] = int(part)
		case ast.PathName:
			key := l.key(string(part))
			ranks[i], l = key.rank, key.below
		}
	}
	return ranks
}

func (l *level) key(name string) levelKey {
	if l == nil {
		return levelKey{rank: math.MaxInt}
	}
	if l.keys == nil {
		l.keys = map[string]*levelKey{}
		spread := map[string]bool{}
		for _, set := range l.sets {
			l.collect(set, spread)
		}
	}
	if key := l.keys[name]; key != nil {
		return *key
	}
	return levelKey{rank: math.MaxInt}
}

func (l *level) collect(set ast.SelectionSet, spread map[string]bool) {
	for _, selected := range set {
		switch selected := selected.(type) {
		case *ast.Field:
			key := l.keys[selected.Alias]
			if key == nil {
				key = &levelKey{rank: len(l.keys), below: &level{document: l.document}}
				l.keys[selected.Alias] = key
			}
			key.below.sets = append(key.below.sets, selected.SelectionSet)
		case *ast.InlineFragment:
			l.collect(selected.SelectionSet, spread)
		case *ast.FragmentSpread:
			if spread[selected.Name] {
				continue
			}
			spread[selected.Name] = true
			l.collect(l.document.Fragments.ForName(selected.Name).SelectionSet, spread)
		}
	}
}
