package guard

import (
	"maps"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// directiveDefer is in every schema that gqlgen makes. It is not offered: the executor answers a deferred non-null
// field with null before it has a value, which clients take for data.
const directiveDefer = "defer"

// messageNoDefer says what to do instead.
const messageNoDefer = "@defer is not offered: every answer is one JSON document. " +
	"Leave the directive out, or ask for slow fields in a query of their own."

// WithoutDefer is the schema as it is offered: without @defer in introspection and validation. It shares all else with
// the given one.
func WithoutDefer(schema *ast.Schema) *ast.Schema {
	offered := *schema
	offered.Directives = maps.Clone(schema.Directives)
	delete(offered.Directives, directiveDefer)
	return &offered
}

// sayNoDefer replaces the message that @defer is unknown, which gives no reason.
func sayNoDefer(refused *gqlerror.Error) {
	if refused.Rule == rules.KnownDirectivesRule.Name && refused.Message == `Unknown directive "@`+directiveDefer+`".` {
		refused.Message = messageNoDefer
	}
}
