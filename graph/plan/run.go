package plan

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// run is one execution of a plan. Its parts are indexed by the numbers of selections and fields; each part belongs to
// the one goroutine that executes its position, until all are done and the answer is written.
type run struct {
	ctx       context.Context
	operation *graphql.OperationContext
	execution any
	plan      *Plan
	tables    *tables

	selections []objects
	fields     []read

	calls sync.WaitGroup
	once  sync.Once
	fault any // a panic of this package, raised again where the operation was asked for
}

// objects are those of one type at one place of the query.
type objects struct {
	all []any
	// at is the place of each in what the field above holds; nil where that is the same.
	at []int32
}

// read is what execution has read for an early field.
type read struct {
	args     Args
	argsErr  bool
	argsRead bool

	values Values // of a call that returned leaves
	// spans has for each object of the selection where its objects are in all, which may hold nil for null.
	spans []span
	all   []any
	// sorts and places lead from all to the selection of an object's type and its place there; nil where all are of the
	// first selection, in the same places.
	sorts  []int16
	places []int32
	failed []bool // objects of the selection whose field has an error already; nil for none

	room room
}

// span is where the objects of a field of one object are; it begins where the one before ends. A negative count means
// null.
type span struct{ start, count int32 }

// end is the place behind a span.
func (s span) end() int32 { return s.start + max(s.count, 0) }

// execute reads all that has to be read before the answer can be written.
func (r *run) execute() {
	r.selections[0].all = []any{struct{}{}}
	r.start(r.gather(r.plan.root, nil))
	r.calls.Wait()
	if r.fault != nil {
		panic(r.fault)
	}
}

// gather reads the early fields of a selection whose objects are there, and appends the calls below it.
func (r *run) gather(s *selection, calls []*field) []*field {
	if len(r.selections[s.number].all) == 0 {
		return calls
	}
	for _, f := range s.early {
		if f.call() {
			calls = append(calls, f)
			continue
		}
		r.readObjects(f)
		calls = r.descend(f, calls)
	}
	return calls
}

// descend goes on below a field whose objects are there.
func (r *run) descend(f *field, calls []*field) []*field {
	r.sort(f)
	for _, below := range f.selections {
		calls = r.gather(below, calls)
	}
	return calls
}

// start makes calls, which all begin at once: one that waits for an upstream keeps no other from beginning. The last is
// made here.
func (r *run) start(calls []*field) {
	if len(calls) == 0 {
		return
	}
	last := len(calls) - 1
	for _, f := range calls[:last] {
		r.calls.Go(func() { r.guarded(f) })
	}
	r.guarded(calls[last])
}

// guarded makes a call and all calls below it. A panic outside of resolvers is a fault of this package.
func (r *run) guarded(f *field) {
	defer func() {
		if fault := recover(); fault != nil {
			r.once.Do(func() { r.fault = fault })
		}
	}()
	if r.call(f) && f.kind != kindLeaf {
		r.start(r.descend(f, nil))
	}
}

// call asks the resolver of a field for all objects of its selection. It reports whether there are values.
func (r *run) call(f *field) bool {
	parents := r.selections[f.in.number].all
	if err := r.ctx.Err(); err != nil {
		return r.failAll(f, err)
	}
	ctx, ok := r.callContext(f)
	if !ok {
		return false
	}
	values, err := r.ask(ctx, f, parents)
	var each []error
	if err != nil {
		several, ok := errors.AsType[graphql.BatchErrors](err)
		if !ok || f.in.of == nil {
			return r.failAll(f, err)
		}
		each = several.Errors()
	}
	if values.Size != len(parents) || (each != nil && len(each) != len(parents)) {
		return r.failAll(f, fmt.Errorf("resolver of %s.%s returned %d values and %d errors for %d parents",
			f.in.object.Name, f.table.Name, values.Size, len(each), len(parents)))
	}
	for i, err := range each {
		if err != nil {
			r.fail(f, i, err)
		}
	}
	r.take(f, values)
	return true
}

// callContext is the context of a call: its field's, with the arguments read. It reports false after it has added the
// errors of arguments that can't be read.
func (r *run) callContext(f *field) (context.Context, bool) {
	args, ok := r.args(f)
	if !ok {
		return nil, r.failArgs(f)
	}
	ctx := r.ctx
	if f.in.of == nil {
		ctx = graphql.WithRootFieldContext(ctx, &graphql.RootFieldContext{Object: f.table.Name, Field: f.collected})
	}
	fc := f.context()
	fc.Args = args
	return graphql.WithFieldContext(ctx, fc), true
}

// ask calls the resolver. A panic of it is an error of the field.
func (r *run) ask(ctx context.Context, f *field, parents []any) (values Values, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = panicked{r.operation.RecoverFunc(ctx, recovered)}
		}
	}()
	return f.table.Call(ctx, r.execution, parents, r.fields[f.number].args)
}

// args reads the arguments of a field, once; those that no variable is in once for all executions of the plan, which
// do not change them. Errors hold their path and belong to one execution.
func (r *run) args(f *field) (Args, bool) {
	if f.table.Args == nil {
		return nil, true
	}
	state := &r.fields[f.number]
	if state.argsRead {
		return state.args, !state.argsErr
	}
	state.argsRead = true
	if args := f.args.Load(); args != nil {
		state.args = *args
		return state.args, true
	}
	args, err := r.readArgs(graphql.WithFieldContext(r.ctx, f.context()), f)
	state.args, state.argsErr = args, err != nil
	if f.settled && err == nil {
		f.args.Store(&args)
	}
	return args, err == nil
}

func (r *run) readArgs(ctx context.Context, f *field) (args Args, err error) {
	defer func() {
		if recovered := recover(); recovered != nil {
			err = r.operation.Recover(ctx, recovered)
		}
	}()
	return f.table.Args(ctx, r.execution, f.collected.ArgumentMap(r.operation.Variables))
}

// take keeps what a resolver has returned.
func (r *run) take(f *field, values Values) {
	state := &r.fields[f.number]
	if f.kind == kindLeaf {
		state.values = values
		return
	}
	state.begin(f, values.Size)
	for i := range values.Size {
		switch {
		case state.hasFailed(i):
			state.addNull(i)
		case f.kind == kindOne:
			state.addOne(i, values.One(i))
		default:
			all, ok := values.Many(state.all, i)
			state.addMany(i, all, ok)
		}
	}
}

func (s *read) addNull(i int) { s.spans[i] = span{start: int32(len(s.all)), count: -1} }

func (s *read) addOne(i int, object any) {
	if object == nil {
		s.addNull(i)
		return
	}
	s.spans[i] = span{start: int32(len(s.all)), count: 1}
	s.all = append(s.all, object)
}

func (s *read) addMany(i int, all []any, ok bool) {
	if !ok {
		s.addNull(i)
		return
	}
	s.spans[i] = span{start: int32(len(s.all)), count: int32(len(all) - len(s.all))}
	s.all = all
}

// hasFailed reports whether a field of one object has an error already.
func (s *read) hasFailed(object int) bool { return s.failed != nil && s.failed[object] }

// readObjects reads the objects of a field that is no call, for all objects of its selection.
func (r *run) readObjects(f *field) {
	parents := r.selections[f.in.number].all
	state := &r.fields[f.number]
	state.begin(f, len(parents))
	if _, ok := r.args(f); !ok {
		for i := range parents {
			state.addNull(i)
		}
		r.failArgs(f)
		return
	}
	for i := 0; i < len(parents); {
		i = r.readFrom(f, parents, i)
	}
}

// readFrom reads from one parent on. After a panic, which is an error of the field, it returns the next one.
func (r *run) readFrom(f *field, parents []any, from int) (next int) {
	state := &r.fields[f.number]
	i := from
	defer func() {
		next = i
		if recovered := recover(); recovered != nil {
			next = i + 1
			state.addNull(i)
			err := r.operation.RecoverFunc(r.at(r.pathOf(f, i)), recovered)
			r.fail(f, i, panicked{err})
		}
	}()
	for ; i < len(parents); i++ {
		if f.kind == kindOne {
			state.addOne(i, f.table.One(parents[i], state.args))
			continue
		}
		all, ok := f.table.Many(state.all, parents[i], state.args)
		state.addMany(i, all, ok)
	}
	return i
}

// sort gives the objects of a field to the selections of their types. Nulls are left out.
func (r *run) sort(f *field) {
	state := &r.fields[f.number]
	if f.abstract == nil && !hasNull(state.all) {
		r.selections[f.selections[0].number].all = state.all
		return
	}
	state.sorts = make([]int16, len(state.all))
	state.places = make([]int32, len(state.all))
	for i, value := range state.all {
		sort, object := r.sortOf(f, value)
		state.sorts[i] = int16(sort)
		if sort < 0 {
			state.all[i] = nil
			continue
		}
		of := &r.selections[f.selections[sort].number]
		state.places[i] = int32(len(of.all))
		of.all = append(of.all, object)
		of.at = append(of.at, int32(i))
	}
}

func hasNull(all []any) bool {
	for _, object := range all {
		if object == nil {
			return true
		}
	}
	return false
}

// sortOf finds the selection of a value's type, -1 for null, and the value as a pointer to its struct.
func (r *run) sortOf(f *field, value any) (int, any) {
	if value == nil {
		return -1, nil
	}
	if f.abstract == nil {
		return 0, value
	}
	name, object := f.abstract.Of(value)
	if name == "" {
		return -1, nil
	}
	for i, below := range f.selections {
		if below.object.Name == name {
			return i, object
		}
	}
	panic(fmt.Sprintf("%s has no type %s", f.abstract.Name, name))
}
