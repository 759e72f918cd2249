package plan

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// Writer writes the answer of a run depth first.
type Writer struct {
	run *run
	buf []byte
	all []any // objects of lists that are being written, a stack

	path []step // where it is
	// careful has each field recover from a panic by itself. It is set for a second run after a panic.
	careful bool
	errors  []func()
	ended   bool // nobody wanted the answer any more while it was written
	written int  // objects so far
}

const (
	// lookEvery is how many objects are written between two looks at the context.
	lookEvery = 256
	// grace is how long after its deadline an answer is still written: by then resolvers have given up what they waited
	// for, and what is left takes milliseconds.
	grace = 250 * time.Millisecond
)

// over reports whether nobody wants the answer any more: its caller has gone, or it is long past its deadline.
func over(ctx context.Context) bool {
	err := ctx.Err()
	if !errors.Is(err, context.DeadlineExceeded) {
		return err != nil
	}
	deadline, ok := ctx.Deadline()
	return ok && time.Since(deadline) > grace
}

// write writes the answer; "null" where a null reaches the top. It reports false where the context ended meanwhile.
func (w *Writer) write() bool {
	if !w.tried() {
		w.buf, w.all, w.path, w.errors, w.careful = w.buf[:0], w.all[:0], w.path[:0], nil, true
		w.written = 0
		w.whole()
	}
	if w.ended {
		return false
	}
	for _, add := range w.errors {
		add()
	}
	return true
}

// tried reports whether the answer was written without a panic.
func (w *Writer) tried() (ok bool) {
	defer func() {
		if !ok {
			_ = recover() // it comes again when the answer is written carefully
		}
	}()
	w.whole()
	return true
}

func (w *Writer) whole() {
	if !w.object(w.run.plan.root, 0, nil) {
		w.Null()
	}
}

// object writes an object; place is its place in the selection, -1 where nothing was read early. A null that the schema
// forbids takes the object with it: false, and nothing is written.
func (w *Writer) object(s *selection, place int, object any) bool {
	if w.written++; w.written%lookEvery == 0 {
		w.ended = w.ended || over(w.run.ctx)
	}
	if w.ended {
		return false
	}
	start, ok, depth := len(w.buf), true, len(w.path)
	w.buf = append(w.buf, '{')
	for i := range s.fields {
		f := &s.fields[i]
		if i == 0 {
			w.buf = append(w.buf, f.key[1:]...)
		} else {
			w.buf = append(w.buf, f.key...)
		}
		w.path = append(w.path[:depth], step{f, -1})
		switch {
		case w.careful:
			ok = w.carefully(f, place, object) && ok
		case f.leaf != nil: // most fields
			failures := len(w.errors)
			ok = (f.leaf(w, object, nil) || w.nullLeaf(f, failures)) && ok
		default:
			ok = w.field(f, place, object) && ok
		}
	}
	w.path = w.path[:depth]
	if !ok {
		w.buf = w.buf[:start]
		return false
	}
	w.buf = append(w.buf, '}')
	return true
}

// field writes the value of the field at the end of the path. It reports false for a null that takes the object with
// it.
func (w *Writer) field(f *field, place int, object any) bool {
	var ok bool
	switch {
	case f.kind == kindLeaf:
		return w.leaf(f, place, object)
	case f.kind == kindName:
		w.buf = append(w.buf, f.name...)
		return true
	case f.early:
		ok = w.read(f, place)
	case f.kind == kindOne:
		ok = w.one(f, object)
	default:
		ok = w.many(f, object)
	}
	if !ok {
		w.Null()
	}
	return ok || !f.nonNull
}

// carefully writes a field and turns a panic into an error of it.
func (w *Writer) carefully(f *field, place int, object any) (ok bool) {
	start, all, depth := len(w.buf), len(w.all), len(w.path)
	defer func() {
		if recovered := recover(); recovered != nil {
			w.buf, w.all, w.path = w.buf[:start], w.all[:all], w.path[:depth]
			w.path[depth-1].index = -1
			err := w.run.operation.RecoverFunc(w.run.at(w.path), recovered)
			w.failLeaf(err)
			w.Null()
			ok = !f.nonNull
		}
	}()
	return w.field(f, place, object)
}

// leaf writes a scalar, an enum, or a list of them.
func (w *Writer) leaf(f *field, place int, object any) bool {
	var ok bool
	failures := len(w.errors)
	switch args, readable := w.args(f); {
	case !readable:
		ok = w.Null()
	case !f.early:
		ok = f.table.Leaf(w, object, args)
	default:
		state := &w.run.fields[f.number]
		if state.values.Leaf == nil || state.hasFailed(place) {
			w.Null()
			return !f.nonNull
		}
		ok = state.values.Leaf(w, place)
	}
	return ok || w.nullLeaf(f, failures)
}

// nullLeaf reports whether a leaf that was written as null leaves its object as it is. Where the schema forbids it, it
// has an error of its own or gets one; failures is how many there were before it.
func (w *Writer) nullLeaf(f *field, failures int) bool {
	if f.nonNull && len(w.errors) == failures {
		w.forbid(-1)
	}
	return !f.nonNull
}

// args are the arguments of a field that is read while it is written.
func (w *Writer) args(f *field) (Args, bool) {
	if f.table.Args == nil || f.early {
		return nil, true
	}
	args, ok := w.run.args(f)
	if !ok {
		path := slices.Clone(w.path)
		w.errors = append(w.errors, func() { w.run.addArgsError(w.run.at(path), f) })
	}
	return args, ok
}

// one writes an object that is read now.
func (w *Writer) one(f *field, object any) bool {
	args, ok := w.args(f)
	if !ok {
		return false
	}
	value := f.table.One(object, args)
	sort, value := w.run.sortOf(f, value)
	if sort >= 0 {
		return w.object(f.selections[sort], -1, value)
	}
	if f.nonNull {
		w.forbid(-1)
	}
	return false
}

// many writes a list that is read now.
func (w *Writer) many(f *field, object any) bool {
	args, ok := w.args(f)
	if !ok {
		return false
	}
	base := len(w.all)
	w.all, ok = f.table.Many(w.all, object, args)
	count := len(w.all) - base
	if !ok && !f.nonNull {
		return false
	}
	ok = w.list(f, count, func(i int) bool {
		sort, value := w.run.sortOf(f, w.all[base+i])
		return w.element(f, i, sort, -1, value)
	})
	clear(w.all[base:])
	w.all = w.all[:base]
	return ok
}

// read writes what was read before: an object or a list.
func (w *Writer) read(f *field, place int) bool {
	state := &w.run.fields[f.number]
	if state.spans == nil || state.hasFailed(place) {
		return false
	}
	at := state.spans[place]
	if f.kind == kindMany {
		if at.count < 0 && !f.nonNull {
			return false
		}
		return w.list(f, max(int(at.count), 0), func(i int) bool {
			sort, place := state.where(int(at.start) + i)
			return w.element(f, i, sort, place, state.all[int(at.start)+i])
		})
	}
	if at.count > 0 {
		if sort, place := state.where(int(at.start)); sort >= 0 {
			return w.object(f.selections[sort], place, w.pointer(f, sort, place, state.all[at.start]))
		}
	}
	if f.nonNull {
		w.forbid(-1)
	}
	return false
}

// where leads from an object that was read to its selection, -1 for null, and its place there.
func (s *read) where(i int) (sort, place int) {
	switch {
	case s.sorts == nil:
		return 0, i
	case s.sorts[i] < 0:
		return -1, 0
	default:
		return int(s.sorts[i]), int(s.places[i])
	}
}

// pointer is the object of a value that was read: for an abstract type the one in its selection.
func (w *Writer) pointer(f *field, sort, place int, value any) any {
	if f.abstract == nil {
		return value
	}
	return w.run.selections[f.selections[sort].number].all[place]
}

// list writes a list of objects. A null that is not allowed in it takes it with it.
func (w *Writer) list(f *field, count int, element func(int) bool) bool {
	start, ok := len(w.buf), true
	w.buf = append(w.buf, '[')
	last := len(w.path) - 1
	for i := range count {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.path[last].index = i
		if !element(i) {
			w.Null()
			ok = ok && !f.nonNullElement
		}
	}
	w.path[last].index = -1
	if !ok {
		w.buf = w.buf[:start]
		return false
	}
	w.buf = append(w.buf, ']')
	return true
}

// element writes an object of a list.
func (w *Writer) element(f *field, i, sort, place int, value any) bool {
	if sort < 0 {
		if f.nonNullElement {
			w.forbid(i)
		}
		return false
	}
	if place >= 0 {
		value = w.pointer(f, sort, place, value)
	}
	return w.object(f.selections[sort], place, value)
}

// nullElement adds the error of a null in a list of leaves.
func (w *Writer) nullElement(i int) {
	w.path[len(w.path)-1].index = i
	w.forbid(i)
	w.path[len(w.path)-1].index = -1
}

// failLeaf adds an error to the leaf that is being written.
func (w *Writer) failLeaf(err error) {
	w.fail(func(context.Context) error { return err })
}

// fail adds an error at the place where the writer is.
func (w *Writer) fail(err func(context.Context) error) {
	path := slices.Clone(w.path)
	w.errors = append(w.errors, func() {
		ctx := w.run.at(path)
		w.run.operation.Error(ctx, err(ctx))
	})
}

// forbid adds the error of a null that the schema forbids to the field at the end of the path; index is not negative
// for an element of a list.
func (w *Writer) forbid(index int) {
	f := w.path[len(w.path)-1].field
	w.fail(func(ctx context.Context) error {
		source := graphql.NullSourceModelField
		switch {
		case f.call():
			source = graphql.NullSourceResolver
		case f.table.Method:
			source = graphql.NullSourceModelMethod
		}
		declared := f.collected.Definition.Type
		if index >= 0 && declared.Elem != nil {
			declared = declared.Elem
		}
		return &graphql.InvalidNullError{
			Object: f.in.object.Name, Field: f.table.Name, DeclaredType: declared.String(), Source: source,
			ListElement: index >= 0, Path: graphql.GetPath(ctx),
		}
	})
}
