package plan_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/graph/plan"
)

const shelfSchema = `
	interface Thing { name: String! }
	type Book implements Thing { name: String! pages: Int weight: Float tags: [String!] author: Author! lent: Boolean }
	type Box implements Thing { name: String! things: [Thing]! books: [Book!] best: Book! sized(by: Int! = 2): Book label: String }
	type Author { name: String! boxes(first: Int): [Box!] favourite: Thing }
	type Query { box: Box boxes(count: Int!): [Box!]! thing: Thing count: Int! sum(of: [Int!]!, in: Sum!): Int! }
	input Sum { by: [Int!]! }
`

// Things of the shelf.
type (
	book struct {
		name   string
		pages  *int
		weight *float64
		tags   []string
	}
	box struct {
		name   string
		things []any
		books  []*book
		best   *book
		// sized is called while boxes are read; it may panic.
		sized func(int) *book
		label func() *string
	}
	author struct{ name string }
)

// shelf are the resolvers. Each has what it was asked for noted in calls.
type shelf struct {
	boxes     func(ctx context.Context, count int) ([]*box, error)
	box       func(ctx context.Context) (*box, error)
	thing     func(ctx context.Context) (any, error)
	authors   func(ctx context.Context, of []*book) ([]*author, error)
	lent      func(ctx context.Context, of []*book) ([]*bool, error)
	ofAuthors func(ctx context.Context, of []*author, first *int) ([][]*box, error)
	favourite func(ctx context.Context, of []*author) ([]any, error)

	mu    sync.Mutex
	calls []string
	read  map[string]int // how often arguments were read, by name
}

func (s *shelf) noteRead(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read == nil {
		s.read = map[string]int{}
	}
	s.read[name]++
}

func (s *shelf) note(form string, values ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, fmt.Sprintf(form, values...))
}

func textOf[T any](of func(T) string) func(*plan.Writer, any, plan.Args) bool {
	return func(w *plan.Writer, object any, _ plan.Args) bool { return plan.Text(w, of(object.(T))) }
}

// table says how the shelf is read, in the form that tools/generate writes.
func (s *shelf) table() plan.Table {
	first := func(_ context.Context, _ any, raw plan.Args) (plan.Args, error) {
		s.noteRead("first")
		args := plan.Args{"first": (*int)(nil)}
		if raw["first"] != nil {
			value, err := graphql.UnmarshalInt(raw["first"])
			if err != nil || value < 0 {
				return nil, errors.New("bad first")
			}
			args["first"] = &value
		}
		return args, nil
	}
	number := func(name string) func(context.Context, any, plan.Args) (plan.Args, error) {
		return func(ctx context.Context, _ any, raw plan.Args) (plan.Args, error) {
			s.noteRead(name)
			value, err := graphql.UnmarshalInt(raw[name])
			if err == nil && value == 13 {
				ctx = graphql.WithPathContext(ctx, graphql.NewPathWithField(name))
				err = graphql.ErrorOnPath(ctx, errors.New("unlucky"))
			}
			return plan.Args{name: value}, err
		}
	}
	return plan.Table{
		Execution: func(*graphql.OperationContext) any { return s },
		Abstracts: []plan.Abstract{{Name: "Thing", Of: func(value any) (string, any) {
			switch value := value.(type) {
			case *book:
				if value != nil {
					return "Book", value
				}
			case *box:
				if value != nil {
					return "Box", value
				}
			}
			return "", nil
		}}},
		Objects: []plan.Object{
			{Name: "Author", Satisfies: []string{"Author"}, Fields: []plan.Field{
				{Name: "name", Leaf: textOf(func(a *author) string { return a.name })},
				{Name: "boxes", Args: first, Call: func(ctx context.Context, _ any, of []any, args plan.Args) (plan.Values, error) {
					boxes, err := s.ofAuthors(ctx, plan.Parents[author](of), args["first"].(*int))
					return plan.Lists(boxes, plan.AppendPointers), err
				}},
				{Name: "favourite", Call: func(ctx context.Context, _ any, of []any, _ plan.Args) (plan.Values, error) {
					things, err := s.favourite(ctx, plan.Parents[author](of))
					return plan.Abstracts(things), err
				}},
			}},
			{Name: "Book", Satisfies: []string{"Book", "Thing"}, Fields: []plan.Field{
				{Name: "name", Leaf: textOf(func(b *book) string { return b.name })},
				{Name: "pages", Leaf: func(w *plan.Writer, object any, _ plan.Args) bool {
					return plan.Optional(w, object.(*book).pages, plan.Int[int])
				}},
				{Name: "weight", Leaf: func(w *plan.Writer, object any, _ plan.Args) bool {
					return plan.Optional(w, object.(*book).weight, plan.Float[float64])
				}},
				{Name: "tags", Leaf: func(w *plan.Writer, object any, _ plan.Args) bool {
					return plan.ListOfNonNull(w, object.(*book).tags, func(w *plan.Writer, tag string) bool {
						if tag == "" {
							return w.Null()
						}
						return plan.Text(w, tag)
					})
				}},
				{Name: "author", Call: func(ctx context.Context, _ any, of []any, _ plan.Args) (plan.Values, error) {
					authors, err := s.authors(ctx, plan.Parents[book](of))
					return plan.Pointers(authors), err
				}},
				{Name: "lent", Call: func(ctx context.Context, _ any, of []any, _ plan.Args) (plan.Values, error) {
					lent, err := s.lent(ctx, plan.Parents[book](of))
					return plan.Leaves(lent, func(w *plan.Writer, v *bool) bool { return plan.Optional(w, v, plan.Bool[bool]) }), err
				}},
			}},
			{Name: "Box", Satisfies: []string{"Box", "Thing"}, Fields: []plan.Field{
				{Name: "name", Leaf: textOf(func(b *box) string { return b.name })},
				{Name: "label", Method: true, Leaf: func(w *plan.Writer, object any, _ plan.Args) bool {
					return plan.Optional(w, object.(*box).label(), plan.Text[string])
				}},
				{Name: "things", Many: func(to []any, object any, _ plan.Args) ([]any, bool) {
					return plan.AppendAbstract(to, object.(*box).things)
				}},
				{Name: "books", Many: func(to []any, object any, _ plan.Args) ([]any, bool) {
					return plan.AppendPointers(to, object.(*box).books)
				}},
				{Name: "best", One: func(object any, _ plan.Args) any { return plan.Pointer(object.(*box).best) }},
				{Name: "sized", Method: true, Args: number("by"), One: func(object any, args plan.Args) any {
					return plan.Pointer(object.(*box).sized(args["by"].(int)))
				}},
			}},
			{Name: "Query", Satisfies: []string{"Query"}, Fields: []plan.Field{
				{Name: "box", Call: func(ctx context.Context, _ any, _ []any, _ plan.Args) (plan.Values, error) {
					value, err := s.box(ctx)
					return plan.Pointers([]*box{value}), err
				}},
				{Name: "boxes", Args: number("count"), Call: func(
					ctx context.Context, _ any, _ []any, args plan.Args,
				) (plan.Values, error) {
					value, err := s.boxes(ctx, args["count"].(int))
					return plan.Lists([][]*box{value}, plan.AppendPointers), err
				}},
				{Name: "thing", Call: func(ctx context.Context, _ any, _ []any, _ plan.Args) (plan.Values, error) {
					value, err := s.thing(ctx)
					return plan.Abstracts([]any{value}), err
				}},
				{Name: "sum", Args: func(_ context.Context, _ any, raw plan.Args) (plan.Args, error) {
					sum := 0
					for _, one := range append(raw["of"].([]any), raw["in"].(map[string]any)["by"].([]any)...) {
						value, err := graphql.UnmarshalInt(one)
						if err != nil {
							return nil, err
						}
						sum += value
					}
					return plan.Args{"sum": sum}, nil
				}, Call: func(_ context.Context, _ any, _ []any, args plan.Args) (plan.Values, error) {
					return plan.Leaves([]int{args["sum"].(int)}, plan.Int[int]), nil
				}},
				{Name: "count", Call: func(context.Context, any, []any, plan.Args) (plan.Values, error) {
					return plan.Leaves([]int{7}, plan.Int[int]), nil
				}},
			}},
		},
	}
}

// other stands for gqlgen's executor.
type other struct{ schema *ast.Schema }

func (o other) Schema() *ast.Schema { return o.schema }

func (o other) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (o other) Exec(context.Context) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Data: json.RawMessage(`"gqlgen"`)})
}

// library answers queries about a shelf.
type library struct {
	exec      *executor.Executor
	documents *documents
	recovered []any
}

func newLibrary(t *testing.T, s *shelf) *library {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: shelfSchema})
	if err != nil {
		t.Fatal(err)
	}
	l := &library{documents: &documents{kept: map[string]*ast.QueryDocument{}}}
	l.exec = executor.New(plan.Ordered(plan.NewSchema(other{schema}, s.table(), l.documents)))
	l.exec.SetQueryCache(l.documents)
	l.exec.SetRecoverFunc(func(_ context.Context, recovered any) error {
		l.recovered = append(l.recovered, recovered)
		return gqlerror.Errorf("panic")
	})
	return l
}

// ask returns the answer; nil for an operation that ended before it had one.
func (l *library) ask(ctx context.Context, t *testing.T, query string, variables map[string]any) *graphql.Response {
	t.Helper()
	ctx = graphql.StartOperationTrace(ctx)
	oc, errs := l.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: variables})
	if errs != nil {
		t.Fatal(errs)
	}
	responses, ctx := l.exec.DispatchOperation(ctx, oc)
	return responses(ctx)
}

// wants compares data, and errors as "path: message".
func (l *library) wants(t *testing.T, query, data string, errs ...string) {
	t.Helper()
	response := l.ask(t.Context(), t, query, nil)
	if got := string(response.Data); got != strings.Join(strings.Fields(data), " ") {
		t.Errorf("%s: data\n%s, want\n%s", query, got, data)
	}
	var got []string
	for _, err := range response.Errors {
		got = append(got, err.Path.String()+": "+err.Message)
	}
	if diff := cmp.Diff(errs, got); diff != "" {
		t.Errorf("%s: errors (-want +got):\n%s", query, diff)
	}
}

// documents keeps documents, and counts what is attached to them.
type documents struct {
	mu       sync.Mutex
	kept     map[string]*ast.QueryDocument
	attached int
	leave    []func()
	full     bool
}

func (d *documents) Get(_ context.Context, query string) (*ast.QueryDocument, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	document, ok := d.kept[query]
	return document, ok
}

func (d *documents) Add(_ context.Context, query string, document *ast.QueryDocument) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept[query] = document
}

// Attach counts.
func (d *documents) Attach(query string, document *ast.QueryDocument, bytes int64, leave func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full || d.kept[query] != document || bytes <= 0 {
		return false
	}
	d.attached++
	if leave != nil {
		d.leave = append(d.leave, leave)
	}
	return true
}
