package plan

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Schema is an executable schema whose queries are carried out by plans. Mutations, subscriptions and what asks for the
// schema itself are left to gqlgen's executor.
type Schema struct {
	graphql.ExecutableSchema
	tables  *tables
	writers sync.Pool // of *Writer
	runs    sync.Pool // of *run whose answers are written
}

// tables are a schema's, by name.
type tables struct {
	schema    *ast.Schema
	objects   map[string]*Object
	abstracts map[string]*Abstract
	fields    map[*Object]map[string]*Field
	execution func(*graphql.OperationContext) any
	kept      kept
}

// NewSchema puts plans before gqlgen's executor. keeper may be nil: then no plan is kept.
func NewSchema(gqlgen graphql.ExecutableSchema, table Table, keeper Keeper) *Schema {
	t := &tables{
		schema: gqlgen.Schema(), objects: map[string]*Object{}, abstracts: map[string]*Abstract{},
		fields: map[*Object]map[string]*Field{}, execution: table.Execution, kept: kept{keeper: keeper},
	}
	for i := range table.Objects {
		object := &table.Objects[i]
		t.objects[object.Name] = object
		fields := make(map[string]*Field, len(object.Fields))
		for j := range object.Fields {
			fields[object.Fields[j].Name] = &object.Fields[j]
		}
		t.fields[object] = fields
	}
	for i := range table.Abstracts {
		t.abstracts[table.Abstracts[i].Name] = &table.Abstracts[i]
	}
	return &Schema{ExecutableSchema: gqlgen, tables: t}
}

// field is a field of an object; nil for __schema and __type, which no table has.
func (t *tables) field(object *Object, name string) *Field { return t.fields[object][name] }

// Exec carries an operation out.
func (s *Schema) Exec(ctx context.Context) graphql.ResponseHandler {
	oc := graphql.GetOperationContext(ctx)
	if oc.Operation.Operation != ast.Query {
		return s.ExecutableSchema.Exec(ctx)
	}
	plan := s.tables.planOf(oc)
	if plan == nil {
		return s.ExecutableSchema.Exec(ctx)
	}
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		return s.answer(ctx, plan)
	}
}

// answer executes a plan and writes its answer. It returns nil, as gqlgen does for an operation that it did not begin,
// where the context ended while the answer was written.
func (s *Schema) answer(ctx context.Context, plan *Plan) *graphql.Response {
	run := s.newRun(ctx, plan)
	run.execute()
	w, _ := s.writers.Get().(*Writer)
	if w == nil {
		w = &Writer{}
	}
	lent := false
	defer func() {
		if !lent {
			s.release(w)
		}
	}()
	w.run = run
	w.ended, w.written = false, 0
	if !w.write() {
		return nil
	}
	run.operation.Stats.SetExtension(objectsExtension, w.written-1) // without the query itself
	w.run = nil
	s.releaseRun(run)
	if lent = loanOf(ctx).lend(s, w); lent {
		return &graphql.Response{Data: slices.Clip(w.buf)}
	}
	return &graphql.Response{Data: append([]byte(nil), w.buf...)}
}

// objectsExtension names the number of objects among the statistics of an operation.
const objectsExtension = "opsgraph objects"

// ObjectsOf is how many objects the answer of an operation has that a plan carried out; false for any other.
func ObjectsOf(operation *graphql.OperationContext) (objects int, ok bool) {
	objects, ok = operation.Stats.GetExtension(objectsExtension).(int)
	return objects, ok
}

// mostKept bounds the bytes that a writer keeps for the next answer.
const mostKept = 1 << 20

// release keeps a writer for another answer.
func (s *Schema) release(w *Writer) {
	if cap(w.buf) > mostKept || cap(w.all) > mostKept/16 {
		return
	}
	clear(w.all[:cap(w.all)])
	*w = Writer{buf: w.buf[:0], all: w.all[:0], path: w.path[:0]}
	s.writers.Put(w)
}
