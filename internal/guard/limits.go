package guard

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// Limits bounds a GraphQL document. An operation is counted with its fragments expanded, each as often as it is spread,
// since that is the work it makes.
type Limits struct {
	// Bytes of the text, comments and blanks included.
	Bytes int
	// Tokens of the text, comments included.
	Tokens int
	// Operations of the document.
	Operations int
	// Fragments of the document.
	Fragments int
	// Directives in the text of the document.
	Directives int
	// Variables that the operations of the document declare.
	Variables int
	// ValueDepth is how deep a literal value may nest lists and objects.
	ValueDepth int
	// Depth of an operation in fields, introspection not counted.
	Depth int
	// Fields of an operation.
	Fields int
	// Aliases of an operation.
	Aliases int
	// RootFields of an operation.
	RootFields int
	// IntrospectionFields are the fields of an operation in and below __schema and __type.
	IntrospectionFields int
	// IntrospectionDepth is the depth of __schema and __type; the standard query needs 13 to 15.
	IntrospectionDepth int
	// IntrospectionRoots is how often an operation may ask for __schema.
	IntrospectionRoots int
}

// DefaultLimits returns the limits of the documentation.
func DefaultLimits() Limits {
	return Limits{
		Bytes:               64 << 10,
		Tokens:              4000,
		Operations:          10,
		Fragments:           200,
		Directives:          50,
		Variables:           100,
		ValueDepth:          32,
		Depth:               15,
		Fields:              1000,
		Aliases:             50,
		RootFields:          30,
		IntrospectionFields: 500,
		IntrospectionDepth:  20,
		IntrospectionRoots:  1,
	}
}

// checkText judges a document by its text, before it is parsed: the parser's work and memory grow with it. Of several
// limits that are exceeded it names the most helpful one.
func (l Limits) checkText(query string) *gqlerror.Error {
	text := scanText(query)
	switch {
	case text.operations > l.Operations:
		return refusal.OverLimit(refusal.CodeMaxOperations, "operations in the document", l.Operations, text.operations)
	case text.fragments > l.Fragments:
		return refusal.OverLimit(refusal.CodeMaxFragments, "fragments in the document", l.Fragments, text.fragments)
	case len(query) > l.Bytes:
		return refusal.OverLimit(refusal.CodeDocumentTooLarge, "bytes in the document", l.Bytes, len(query))
	case text.tokens > l.Tokens:
		return refusal.OverLimit(refusal.CodeMaxTokens, "tokens in the document", l.Tokens, text.tokens)
	case text.loneSurrogate:
		return refusal.New(refusal.CodeParseFailed,
			`A string of the document has half of a surrogate pair (\uD800 to \uDFFF).`)
	case text.malformed != nil:
		return parseFailure(text.malformed)
	}
	return nil
}

// checkDocument judges a parsed document, before it is validated: validation is quadratic in places. introspection
// reports whether __schema and __type are offered.
func (l Limits) checkDocument(document *ast.QueryDocument, introspection bool) *gqlerror.Error {
	c := newCounter(document)
	total := c.document(document)
	switch {
	case c.introspects && !introspection:
		return refusal.New(refusal.CodeIntrospectionDisabled, "Introspection (__schema, __type) is not offered here.")
	case c.directives > l.Directives:
		return refusal.OverLimit(refusal.CodeMaxDirectives, "directives in the document", l.Directives, c.directives)
	case c.variables > l.Variables:
		return refusal.OverLimit(refusal.CodeMaxVariables, "variables in the document", l.Variables, c.variables)
	case c.valueDepth > l.ValueDepth:
		return refusal.OverLimit(refusal.CodeMaxDepth, "levels in a value of the document", l.ValueDepth, c.valueDepth)
	case total.depth > l.Depth:
		return refusal.OverLimit(refusal.CodeMaxDepth, "levels of fields", l.Depth, total.depth)
	case total.fields > l.Fields:
		return refusal.OverLimit(refusal.CodeMaxFields, "fields with fragments expanded", l.Fields, total.fields)
	case total.aliases > l.Aliases:
		return refusal.OverLimit(refusal.CodeMaxAliases, "aliases with fragments expanded", l.Aliases, total.aliases)
	case total.top > l.RootFields:
		return refusal.OverLimit(refusal.CodeMaxRootFields, "root fields with fragments expanded", l.RootFields, total.top)
	case total.introspectionDepth > l.IntrospectionDepth:
		return refusal.OverLimit(refusal.CodeMaxDepth, "levels of introspection", l.IntrospectionDepth,
			total.introspectionDepth)
	case total.introspectionFields > l.IntrospectionFields:
		return refusal.OverLimit(refusal.CodeMaxFields, "fields of introspection", l.IntrospectionFields,
			total.introspectionFields)
	case total.schemas > l.IntrospectionRoots:
		return refusal.OverLimit(refusal.CodeMaxFields, "fields __schema", l.IntrospectionRoots, total.schemas)
	}
	return nil
}
