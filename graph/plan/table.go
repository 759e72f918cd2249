package plan

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
)

// Table says how the objects of a schema are read. Package graph generates it; it never changes.
type Table struct {
	// Objects are all types that a query can reach, Query among them.
	Objects []Object
	// Abstracts are the interfaces and unions.
	Abstracts []Abstract
	// Execution makes what the resolvers and argument readers of one operation are found by.
	Execution func(*graphql.OperationContext) any
}

// Object is an object type.
type Object struct {
	Name string
	// Satisfies are the type conditions that an object of the type meets: its name, its interfaces and its unions.
	Satisfies []string
	Fields    []Field
}

// Abstract is an interface or union. Of returns the name of a value's type and the value as a pointer to a struct; ""
// for a value that is null.
type Abstract struct {
	Name string
	Of   func(value any) (object string, pointer any)
}

// Args are a field's arguments as its resolver or method takes them; nil for a field without.
type Args = map[string]any

// Field is a field of an object. One of Leaf, One, Many and Call is set. What they are given as object is a pointer to
// the type's struct, never nil.
type Field struct {
	Name string
	// Method reports whether the field is bound to a method, for messages.
	Method bool
	// Args reads the arguments; nil for a field without. Executions share what it returns where no variable is in the
	// arguments: nobody may change it.
	Args func(ctx context.Context, execution any, raw Args) (Args, error)

	// Leaf writes the value of a scalar or an enum, or a list of them. It reports false after it has written null.
	Leaf func(w *Writer, object any, args Args) bool
	// One returns an object, nil for null. It must be pure: it may be called again.
	One func(object any, args Args) any
	// Many appends the objects of a list, nil for each that is null; it reports false for a list that is null. It must
	// be pure, too.
	Many func(to []any, object any, args Args) ([]any, bool)
	// Call asks the field's resolver for the values of all parents, in their order. A field of Query has no parents and
	// returns one value.
	Call func(ctx context.Context, execution any, parents []any, args Args) (Values, error)
}

// Values are what a resolver has returned, one for each parent. What they hold decides which of One, Many and Leaf is
// asked.
type Values struct {
	Size int
	One  func(i int) any
	Many func(to []any, i int) ([]any, bool)
	Leaf func(w *Writer, i int) bool
}

// Parents are the objects that a batch resolver is called for.
func Parents[T any](objects []any) []*T {
	parents := make([]*T, len(objects))
	for i, object := range objects {
		parents[i], _ = object.(*T)
	}
	return parents
}

// Pointer is the object that a pointer leads to, nil for none.
func Pointer[T any](object *T) any {
	if object == nil {
		return nil
	}
	return object
}

// AppendPointers appends the objects of a list of pointers.
func AppendPointers[T any](to []any, list []*T) ([]any, bool) {
	to = slices.Grow(to, len(list))
	for _, object := range list {
		to = append(to, Pointer(object))
	}
	return to, list != nil
}

// AppendStructs appends the objects of a list of structs, as pointers into it.
func AppendStructs[T any](to []any, list []T) ([]any, bool) {
	for i := range list {
		to = append(to, &list[i])
	}
	return to, list != nil
}

// AppendAbstract appends the values of a list of an interface or union.
func AppendAbstract[T any](to []any, list []T) ([]any, bool) {
	for _, value := range list {
		to = append(to, value)
	}
	return to, list != nil
}

// Pointers are values that are objects.
func Pointers[T any](values []*T) Values {
	return Values{Size: len(values), One: func(i int) any { return Pointer(values[i]) }}
}

// Structs are values that are objects, held as structs.
func Structs[T any](values []T) Values {
	return Values{Size: len(values), One: func(i int) any { return &values[i] }}
}

// Abstracts are values of an interface or union.
func Abstracts[T any](values []T) Values {
	return Values{Size: len(values), One: func(i int) any { return values[i] }}
}

// Lists are values that are lists of objects; add is the one of AppendPointers, AppendStructs and AppendAbstract.
func Lists[T any](values [][]T, add func([]any, []T) ([]any, bool)) Values {
	return Values{Size: len(values), Many: func(to []any, i int) ([]any, bool) { return add(to, values[i]) }}
}

// Leaves are values that are neither, as write writes them.
func Leaves[T any](values []T, write func(*Writer, T) bool) Values {
	return Values{Size: len(values), Leaf: func(w *Writer, i int) bool { return write(w, values[i]) }}
}
