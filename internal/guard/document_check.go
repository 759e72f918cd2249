package guard

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

// suggestedBytes is the longest document whose validation suggests names: comparing an unknown name with all names of
// the schema takes time in proportion to its length, and longer documents are not typed by hand.
const suggestedBytes = 4 << 10

// DocumentCheck is the extension that admits a request's document, operation and variables before the executor reads
// them: limits, syntax, validation and variables, in the order of their cost. It puts admitted documents into the query
// cache, where the executor finds them, so that each is parsed and validated once. It stands after extensions that
// supply the document (persisted queries).
type DocumentCheck struct {
	schema        *ast.Schema
	limits        Limits
	documents     *Documents
	introspection bool
}

var (
	_ graphql.HandlerExtension          = (*DocumentCheck)(nil)
	_ graphql.OperationParameterMutator = (*DocumentCheck)(nil)
	_ graphql.OperationContextMutator   = (*DocumentCheck)(nil)
)

// NewDocumentCheck makes a DocumentCheck for a schema. documents is the query cache of the same server. With
// introspection off, __schema and __type are refused and messages suggest no names.
func NewDocumentCheck(schema *ast.Schema, limits Limits, documents *Documents, introspection bool) *DocumentCheck {
	return &DocumentCheck{schema: schema, limits: limits, documents: documents, introspection: introspection}
}

// ExtensionName names the extension.
func (c *DocumentCheck) ExtensionName() string { return "DocumentCheck" }

// Validate accepts a server with the schema that it judges by.
func (c *DocumentCheck) Validate(schema graphql.ExecutableSchema) error {
	if schema.Schema() != c.schema {
		return errors.New("document check was made for another schema")
	}
	return nil
}

// MutateOperationParameters refuses a request whose document or variables are not in order. It gives variables that are
// left out their defaults: the executor could not read every number that a document may have.
func (c *DocumentCheck) MutateOperationParameters(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
	if request.Query == "" {
		if request.Extensions[ExtensionPersisted] != nil || request.Extensions[KeyDocumentID] != nil {
			return refusal.New(refusal.CodePersistedNotSupported, messageNotSupported)
		}
		return refusal.New(refusal.CodeBadRequest, "The parameter query is missing or empty.")
	}
	document, known := c.documents.Get(ctx, request.Query)
	if !known {
		var refusals gqlerror.List
		if document, refusals = c.admit(request.Query); refusals != nil {
			return refusal.Bundle(refusals)
		}
		c.documents.Add(ctx, request.Query, document)
	}
	operation := document.Operations.ForName(request.OperationName)
	if operation == nil {
		return unknownOperation(document, request.OperationName)
	}
	request.Variables = withDefaults(operation, request.Variables)
	return refusal.Bundle(checkVariables(c.schema, operation, request.Variables))
}

// MutateOperationContext turns introspection on in the executor, whose default is off.
func (c *DocumentCheck) MutateOperationContext(_ context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	operation.DisableIntrospection = !c.introspection
	return nil
}

// admit parses and validates a document within the limits.
func (c *DocumentCheck) admit(query string) (*ast.QueryDocument, gqlerror.List) {
	if err := c.limits.checkText(query); err != nil {
		return nil, gqlerror.List{err}
	}
	document, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return nil, gqlerror.List{parseFailure(err)}
	}
	if len(document.Operations) == 0 {
		return nil, gqlerror.List{refusal.New(refusal.CodeValidationFailed, "The document has no operation.")}
	}
	if err := c.limits.checkDocument(document, c.introspection); err != nil {
		return nil, gqlerror.List{err}
	}
	return document, c.validate(query, document)
}

// validate checks the document against the schema and marks what is wrong with its code.
func (c *DocumentCheck) validate(query string, document *ast.QueryDocument) gqlerror.List {
	list := validator.ValidateWithRules(c.schema, document,
		validationRules(c.introspection && len(query) <= suggestedBytes))
	for _, err := range list {
		err.Extensions = map[string]any{"code": refusal.CodeValidationFailed}
		sayNoDefer(err)
	}
	return list
}

// validationRules are those of the specification. Without suggestions messages name only what the client named.
func validationRules(suggest bool) *rules.Rules {
	all := rules.NewDefaultRules()
	if suggest {
		return all
	}
	for named, plain := range map[string]validator.Rule{
		rules.FieldsOnCorrectTypeRule.Name: rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRule.Name:         rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRule.Name: rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	} {
		all.ReplaceRule(named, plain.RuleFunc)
	}
	return all
}

// parseFailure is the parser's error with its place and code.
func parseFailure(err error) *gqlerror.Error {
	failure := refusal.New(refusal.CodeParseFailed, "The document is no GraphQL.")
	if syntax, ok := errors.AsType[*gqlerror.Error](err); ok {
		failure.Message, failure.Locations = syntax.Message, syntax.Locations
	}
	return failure
}

// unknownOperation refuses a request whose operation is not in the document, or not named though it must be.
func unknownOperation(document *ast.QueryDocument, name string) *gqlerror.Error {
	if name == "" {
		return refusal.New(refusal.CodeUnknownOperation,
			"The document has %d operations; operationName must say which to run.", len(document.Operations))
	}
	return refusal.New(refusal.CodeUnknownOperation, "The document has no operation %s.", refusal.Quoted(name))
}
