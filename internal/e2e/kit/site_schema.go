package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/opsgraph/opsgraph/internal/guard"
)

// testSDL is a schema with an example of everything that the HTTP side judges.
const testSDL = `
directive @constraint(
  min: Float, max: Float, minLength: Int, maxLength: Int, minItems: Int, maxItems: Int, pattern: String, format: String
) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
scalar Moment
scalar Long
enum Shade { RED GREEN }
input Span { from: Moment, to: Moment }
input Filter {
  codes: [String!] @constraint(maxItems: 3, maxLength: 8, pattern: "[a-z0-9-]+")
  weight: Int @constraint(min: 0, max: 10)
  shade: Shade
  at: Span @constraint(format: "span")
  not: Filter
}
input Required { id: ID!, note: String = "none" }
type Query {
  cluster(id: ID!): Cluster
  clusters(first: Int @constraint(min: 1, max: 500), after: String @constraint(maxLength: 40, format: "cursor"),
    filter: Filter): [Cluster!]
  nodes(ids: [ID!]! @constraint(maxItems: 500)): [Cluster]
  echo(
    text: String, int: Int, float: Float, flag: Boolean, id: ID, shade: Shade, shades: [Shade!], grid: [[Int]],
    long: Long, moment: Moment, required: Required, named: String @constraint(minLength: 2, pattern: "[a-z]+")
  ): String
  boom: String
  broken: String
  slow: String
  late: String
}
type Cluster { id: ID! name: String parent: Cluster children(first: Int @constraint(min: 1, max: 500)): [Cluster!] }
type Mutation { touch(note: String): Boolean late: String }
type Subscription { ticks: Int other: Int }
`

// SiteSchema executes operations on testSDL without generated code and counts the fields that it resolves.
type SiteSchema struct {
	schema *ast.Schema
	// calls counts the fields below the root types that are not introspection.
	Calls atomic.Int64
	// Late is how long the field late goes on after its context has ended, as work in memory does that never looks at it.
	Late time.Duration
	// slowBegan and slowEnded get a value for each call of the field slow.
	SlowBegan, SlowEnded chan struct{}
	// subscribed counts the subscriptions that have not ended, begun those that ever began.
	Subscribed, Begun atomic.Int64
}

// NewSiteSchema parses the schema.
func NewSiteSchema() *SiteSchema {
	return &SiteSchema{
		schema:    gqlparser.MustLoadSchema(&ast.Source{Input: testSDL}),
		SlowBegan: make(chan struct{}, 1000),
		SlowEnded: make(chan struct{}, 1000),
	}
}

// Schema implements graphql.ExecutableSchema.
func (s *SiteSchema) Schema() *ast.Schema { return s.schema }

// Complexity implements graphql.ExecutableSchema.
func (s *SiteSchema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// Exec implements graphql.ExecutableSchema.
func (s *SiteSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	operation := graphql.GetOperationContext(ctx)
	if operation.Operation.Operation == ast.Subscription {
		return s.subscribe(ctx, operation)
	}
	root := map[ast.Operation]string{ast.Query: "Query", ast.Mutation: "Mutation", ast.Subscription: "Subscription"}
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		var out bytes.Buffer
		s.object(ctx, &out, root[operation.Operation.Operation], operation.Operation.SelectionSet)
		return &graphql.Response{Data: out.Bytes()}
	}
}

// subscribe answers ticks as fast as they are read, each of some kilobytes, and other never.
func (s *SiteSchema) subscribe(ctx context.Context, operation *graphql.OperationContext) graphql.ResponseHandler {
	s.Subscribed.Add(1)
	s.Begun.Add(1)
	context.AfterFunc(ctx, func() { s.Subscribed.Add(-1) })
	field := graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Subscription"})[0]
	tick, padding := 0, strings.Repeat(".", 32<<10)
	return func(ctx context.Context) *graphql.Response {
		if field.Name == "other" {
			<-ctx.Done()
			return nil
		}
		tick++
		return &graphql.Response{Data: fmt.Appendf(nil, `{%q:%d,"padding":%q}`, field.Alias, tick, padding)}
	}
}

func (s *SiteSchema) object(ctx context.Context, out *bytes.Buffer, typeName string, set ast.SelectionSet) {
	operation := graphql.GetOperationContext(ctx)
	separator := "{"
	for _, field := range graphql.CollectFields(operation, set, []string{typeName}) {
		fmt.Fprintf(out, "%s%q:", separator, field.Alias)
		separator = ","
		ctx := graphql.WithFieldContext(ctx,
			&graphql.FieldContext{Object: typeName, Field: field, Parent: graphql.GetFieldContext(ctx)})
		s.field(ctx, out, typeName, field)
	}
	if separator == "{" {
		out.WriteString("{")
	}
	out.WriteString("}")
}

// field resolves one field; a panic and an error null it, as generated code does.
func (s *SiteSchema) field(ctx context.Context, out *bytes.Buffer, typeName string, field graphql.CollectedField) {
	start := out.Len()
	defer func() {
		if recovered := recover(); recovered != nil {
			graphql.AddError(ctx, graphql.GetOperationContext(ctx).Recover(ctx, recovered))
			out.Truncate(start)
			out.WriteString("null")
		}
	}()
	if field.Name == "__typename" {
		fmt.Fprintf(out, "%q", typeName)
		return
	}
	arguments := field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	switch field.Name {
	case "__schema":
		out.WriteString(`{}`)
		return
	case "__type":
		name, _ := arguments["name"].(string)
		if s.schema.Types[name] == nil {
			out.WriteString("null")
			return
		}
		fmt.Fprintf(out, `{"name":%q}`, name)
		return
	}
	s.Calls.Add(1)
	switch field.Name {
	case "boom":
		panic("CANARY-panic-value")
	case "broken":
		graphql.AddError(ctx, errors.New("no luck"))
		out.WriteString("null")
	case "slow":
		s.SlowBegan <- struct{}{}
		<-ctx.Done()
		s.SlowEnded <- struct{}{}
		graphql.AddError(ctx, context.Cause(ctx))
		out.WriteString("null")
	case "late":
		<-ctx.Done()
		<-time.After(s.Late)
		out.WriteString(`"done"`)
	case "cluster", "parent":
		s.object(ctx, out, "Cluster", field.Selections)
	case "clusters", "children", "nodes":
		out.WriteString("[")
		s.object(ctx, out, "Cluster", field.Selections)
		out.WriteString("]")
	case "touch":
		out.WriteString("true")
	default:
		encoded, err := json.Marshal(arguments)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(out, "%q", encoded)
	}
}

// testFormats are the formats of testSDL.
func testFormats() map[string]guard.Format {
	return map[string]guard.Format{
		"cursor": func(value any) error {
			if text, ok := value.(string); !ok || !strings.HasPrefix(text, "c-") {
				return errors.New("a cursor is one that the gateway gave out")
			}
			return nil
		},
		"span": func(value any) error {
			span, _ := value.(map[string]any)
			from, _ := span["from"].(string)
			to, _ := span["to"].(string)
			if from != "" && to != "" && from >= to {
				return errors.New("from must be before to")
			}
			return nil
		},
	}
}

// testScalars are the parsers of its scalars.
func testScalars() map[string]guard.Format {
	return map[string]guard.Format{
		"Moment": func(value any) error {
			text, _ := value.(string)
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				return errors.New("a Moment is RFC 3339")
			}
			return nil
		},
		"Long": func(value any) error {
			number, ok := value.(json.Number)
			if !ok {
				return errors.New("a Long is a whole number")
			}
			if _, err := number.Int64(); err != nil {
				return errors.New("a Long is a whole number of 64 bits")
			}
			return nil
		},
	}
}
