package plan

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Schema is an executable schema whose queries are carried out by plans. All else is left to gqlgen's executor.
type Schema struct {
	graphql.ExecutableSchema
}

// NewSchema puts plans before gqlgen's executor.
func NewSchema(gqlgen graphql.ExecutableSchema) *Schema {
	return &Schema{ExecutableSchema: gqlgen}
}

// Exec carries an operation out.
func (s *Schema) Exec(ctx context.Context) graphql.ResponseHandler {
	return s.ExecutableSchema.Exec(ctx)
}
