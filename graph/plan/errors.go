package plan

import (
	"context"
	"errors"
	"slices"
	"sort"

	"github.com/99designs/gqlgen/graphql"
)

// step is a part of a path: a field, and the place in its list or -1.
type step struct {
	field *field
	index int
}

// context is a new context of a field, as gqlgen's contexts are linked.
func (f *field) context() *graphql.FieldContext {
	return &graphql.FieldContext{
		Object: f.in.object.Name, Field: f.collected, IsMethod: f.call() || f.table.Method, IsResolver: f.call(),
	}
}

// at is the context of a path: presenters and readers of arguments see where in the answer they are.
func (r *run) at(path []step) context.Context {
	ctx := r.ctx
	for _, part := range path {
		ctx = graphql.WithFieldContext(ctx, part.field.context()) //nolint:fatcontext // as deep as the path
		if part.index >= 0 {
			ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &part.index})
		}
	}
	return ctx
}

// pathOf is the path of a field of one object of its selection.
func (r *run) pathOf(f *field, object int) []step {
	path := []step{{f, -1}}
	for in := f.in; in.of != nil; in = in.of.in {
		if at := r.selections[in.number].at; at != nil {
			object = int(at[object])
		}
		above := step{in.of, -1}
		above.index, object = r.fields[in.of.number].parentOf(object)
		if in.of.kind != kindMany {
			above.index = -1
		}
		path = append(path, above)
	}
	slices.Reverse(path)
	return path
}

// parentOf finds whose span an object is in, and its place there.
func (s *read) parentOf(object int) (index, parent int) {
	parent = sort.Search(len(s.spans), func(i int) bool { return s.spans[i].end() > int32(object) })
	return object - int(s.spans[parent].start), parent
}

// panicked is the error that a panic was made into. It has no place in the document, as gqlgen gives it none.
type panicked struct{ error }

// fail adds an error to a field of one object.
func (r *run) fail(f *field, object int, err error) {
	state := &r.fields[f.number]
	if state.failed == nil {
		state.failed = make([]bool, len(r.selections[f.in.number].all))
	}
	state.failed[object] = true
	path := r.pathOf(f, object)
	ctx := r.at(path)
	fault, isFault := errors.AsType[panicked](err)
	switch {
	case isFault && f.in.of == nil:
		r.operation.Error(ctx, fault.error)
	case f.in.of == nil:
		r.operation.Error(ctx, graphql.AddFieldLocationToError(ctx, err))
	default:
		if isFault {
			err = fault.error
		}
		// The path's last index, which it would set, is the right one already.
		graphql.AddBatchError(ctx, max(path[len(path)-2].index, 0), err)
	}
}

// failAll adds an error to a field of each object, and reports false.
func (r *run) failAll(f *field, err error) bool {
	for i := range r.selections[f.in.number].all {
		r.fail(f, i, err)
	}
	return false
}

// failArgs adds the errors of arguments that can't be read, for each object, and reports false: they are read again,
// because such errors hold their path.
func (r *run) failArgs(f *field) bool {
	state := &r.fields[f.number]
	all := r.selections[f.in.number].all
	state.failed = make([]bool, len(all))
	for i := range all {
		state.failed[i] = true
		r.addArgsError(r.at(r.pathOf(f, i)), f)
	}
	return false
}

func (r *run) addArgsError(ctx context.Context, f *field) {
	if _, err := r.readArgs(ctx, f); err != nil {
		r.operation.Error(ctx, err)
	}
}
