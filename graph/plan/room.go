package plan

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// room is memory of an earlier run, for spans and all.
type room struct {
	spans []span
	all   []any
}

// begin makes room for the objects of so many parents.
func (s *read) begin(f *field, parents int) {
	if cap(s.room.spans) < parents {
		s.room.spans = make([]span, parents)
	}
	s.spans, s.all = s.room.spans[:parents], s.room.all[:0]
	if f.kind == kindOne && cap(s.all) < parents {
		s.all = make([]any, 0, parents)
	}
}

// newRun is a run of a plan, in the memory of an earlier one where some is kept.
func (s *Schema) newRun(ctx context.Context, plan *Plan) *run {
	r, _ := s.runs.Get().(*run)
	if r == nil {
		r = &run{tables: s.tables}
	}
	r.plan, r.operation = plan, graphql.GetOperationContext(ctx)
	r.ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: plan.root.object.Name})
	r.execution = s.tables.execution(r.operation)
	r.selections, r.fields = sized(r.selections, plan.selections), sized(r.fields, plan.reads)
	return r
}

// sized is a slice with that many elements: its own as far as it has them.
func sized[T any](slice []T, size int) []T {
	if size > cap(slice) {
		return make([]T, size)
	}
	return slice[:size]
}

// Bounds of what a run keeps for the next one: its parts, and the objects of a field.
const (
	mostParts   = 256
	mostObjects = 4096
)

// releaseRun keeps the memory of a run whose answer is written for another run.
func (s *Schema) releaseRun(r *run) {
	if len(r.selections) > mostParts || len(r.fields) > mostParts {
		return
	}
	for i := range r.fields {
		state := &r.fields[i]
		left := state.room
		if state.spans != nil {
			left = room{spans: state.spans, all: state.all}
			clear(left.all)
		}
		if cap(left.spans) > mostObjects || cap(left.all) > mostObjects {
			left = room{}
		}
		*state = read{room: left}
	}
	clear(r.selections)
	*r = run{tables: r.tables, selections: r.selections, fields: r.fields}
	s.runs.Put(r)
}
