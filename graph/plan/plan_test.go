package plan_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/graph/plan"
)

// someShelf has two boxes: in the first a book, nothing, and a box; in the second two books.
func someShelf() *shelf {
	b1, b2, b3 := &book{name: "one", tags: []string{"a", "b"}}, &book{name: "two"}, &book{name: "three"}
	inner := &box{name: "inner", best: b1}
	outer := &box{
		name: "outer", things: []any{b1, (*book)(nil), inner}, books: []*book{b1}, best: b1,
		label: func() *string { return nil },
		sized: func(int) *book { return b1 },
	}
	second := &box{
		name: "second", things: []any{}, books: []*book{b2, b3}, best: b2,
		label: func() *string { return new("L") },
		sized: func(by int) *book { return &book{name: fmt.Sprint(by)} },
	}
	s := &shelf{}
	s.box = func(context.Context) (*box, error) { return outer, nil }
	s.thing = func(context.Context) (any, error) { return inner, nil }
	s.boxes = func(_ context.Context, count int) ([]*box, error) {
		s.note("boxes %d", count)
		return []*box{outer, second}[:count], nil
	}
	s.authors = func(_ context.Context, of []*book) ([]*author, error) {
		names, authors := make([]string, len(of)), make([]*author, len(of))
		for i, b := range of {
			names[i], authors[i] = b.name, &author{"author of " + b.name}
		}
		s.note("authors of %s", strings.Join(names, ", "))
		return authors, nil
	}
	s.lent = func(_ context.Context, of []*book) ([]*bool, error) {
		lent := make([]*bool, len(of))
		for i, b := range of {
			if b.name != "two" {
				lent[i] = new(b.name == "one")
			}
		}
		return lent, nil
	}
	s.ofAuthors = func(_ context.Context, of []*author, _ *int) ([][]*box, error) {
		boxes := make([][]*box, len(of))
		for i := range of {
			if i > 0 {
				boxes[i] = []*box{second}
			}
		}
		return boxes, nil
	}
	s.favourite = func(_ context.Context, of []*author) ([]any, error) {
		things := make([]any, len(of))
		for i := range of {
			if i%2 == 0 {
				things[i] = second
			}
		}
		return things, nil
	}
	return s
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for query, data := range map[string]string{
		`{ __typename n: count box { t: __typename name label } }`:                                 `{"__typename":"Query","n":7,"box":{"t":"Box","name":"outer","label":null}}`,
		`{ box { b: best { name } ... on Box { b: best { name tags pages } } } }`:                  `{"box":{"b":{"name":"one","tags":["a","b"],"pages":null}}}`,
		`{ box { ...F name } } fragment F on Thing { name ...G } fragment G on Box { label }`:      `{"box":{"name":"outer","label":null}}`,
		`{ thing { ... on Book { pages } } }`:                                                      `{"thing":{}}`,
		`{ box { things { name ... on Box { best { name } } ... on Book { tags __typename } } } }`: `{"box":{"things":[{"name":"one","tags":["a","b"],"__typename":"Book"},null,{"name":"inner","best":{"name":"one"}}]}}`,
		`{ thing { ... on Box { best { author { name } } } } }`:                                    `{"thing":{"best":{"author":{"name":"author of one"}}}}`,
		`{ boxes(count: 2) { sized { name } s: sized(by: 5) { name } } }`:                          `{"boxes":[{"sized":{"name":"one"},"s":{"name":"one"}},{"sized":{"name":"2"},"s":{"name":"5"}}]}`,
		`{ boxes(count: 2) { books { lent } } }`:                                                   `{"boxes":[{"books":[{"lent":true}]},{"books":[{"lent":null},{"lent":false}]}]}`,
		`{ boxes(count: 0) { name } }`:                                                             `{"boxes":[]}`,
		`{ boxes(count: 2) { books { author { name boxes { name } favourite { name } } } } }`: `{"boxes":[{"books":[{"author":{"name":"author of one","boxes":null,"favourite":{"name":"second"}}}]},` +
			`{"books":[{"author":{"name":"author of two","boxes":[{"name":"second"}],"favourite":null}},{"author":{"name":"author of three","boxes":[{"name":"second"}],"favourite":{"name":"second"}}}]}]}`,
		`{ box @skip(if: true) { name } count @include(if: true) }`: `{"count":7}`,
	} {
		data = strings.ReplaceAll(data, "author of ", "author_of_")
		s := someShelf()
		authors := s.authors
		s.authors = func(ctx context.Context, of []*book) ([]*author, error) {
			list, err := authors(ctx, of)
			for _, a := range list {
				a.name = strings.ReplaceAll(a.name, " ", "_")
			}
			return list, err
		}
		newLibrary(t, s).wants(t, query, data)
	}
}

// TestCalls wants one call for all objects at a position, nulls left out, and one more for an alias.
func TestCalls(t *testing.T) {
	t.Parallel()
	s := someShelf()
	newLibrary(t, s).ask(t.Context(), t, `{ boxes(count: 2) {
		books { author { name } } things { ... on Book { a: author { name } b: author { name } } }
	} }`, nil)
	want := map[string]int{"boxes 2": 1, "authors of one, two, three": 1, "authors of one": 2}
	for _, call := range s.calls {
		want[call]--
	}
	for call, missing := range want {
		if missing != 0 {
			t.Errorf("%s: %d calls too few", call, missing)
		}
	}
}

// TestNulls follows a null that the schema forbids up to what may be null. The paths are those of the nulls.
func TestNulls(t *testing.T) {
	t.Parallel()
	const forbidden = "cannot return null for non-null "
	s := someShelf()
	s.box = func(context.Context) (*box, error) {
		return &box{name: "b", books: []*book{{name: "x", tags: []string{"a", ""}}, nil}, sized: func(int) *book { return nil }}, nil
	}
	s.boxes = func(context.Context, int) ([]*box, error) { return []*box{{name: "b"}}, nil }
	l := newLibrary(t, s)
	l.wants(t, `{ count box { name best { name } } }`, `{"count":7,"box":null}`,
		"box.best: "+forbidden+"field Box.best (Book!): the model struct field was nil and the field has no resolver")
	l.wants(t, `{ count boxes(count: 1) { name best { name } } }`, `null`,
		"boxes[0].best: "+forbidden+"field Box.best (Book!): the model struct field was nil and the field has no resolver")
	l.wants(t, `{ box { name books { name } } }`, `{"box":{"name":"b","books":null}}`,
		"box.books[1]: "+forbidden+"element of field Box.books (Book!): the list element was nil")
	l.wants(t, `{ box { books { author { name } } } }`, `{"box":{"books":null}}`,
		"box.books[1]: "+forbidden+"element of field Box.books (Book!): the list element was nil")
	s.box = func(context.Context) (*box, error) {
		return &box{name: "b", books: []*book{{name: "x", tags: []string{"a", ""}}}}, nil
	}
	l.wants(t, `{ box { books { name tags } } }`, `{"box":{"books":[{"name":"x","tags":null}]}}`,
		"box.books[0].tags[1]: "+forbidden+"element of field Book.tags (String!): the list element was nil")
	s.authors = func(_ context.Context, of []*book) ([]*author, error) { return make([]*author, len(of)), nil }
	l.wants(t, `{ box { books { author { name } } } }`, `{"box":{"books":null}}`,
		"box.books[0].author: "+forbidden+"field Book.author (Author!): the resolver returned nil")
}

// TestErrors wants each error at its own place, in the order of the document.
func TestErrors(t *testing.T) {
	t.Parallel()
	s := someShelf()
	s.lent = func(_ context.Context, of []*book) ([]*bool, error) {
		errs := make(graphql.BatchErrorList, len(of))
		errs[len(of)-1] = errors.New("lost")
		return make([]*bool, len(of)), errs
	}
	s.favourite = func(context.Context, []*author) ([]any, error) { return nil, errors.New("none") }
	s.thing = func(context.Context) (any, error) { return nil, errors.New("no thing") }
	l := newLibrary(t, s)
	l.wants(t, `{ z: boxes(count: 2) { books { lent author { favourite { name } } } } a: thing { name } }`,
		`{"z":[{"books":[{"lent":null,"author":{"favourite":null}}]},`+
			`{"books":[{"lent":null,"author":{"favourite":null}},{"lent":null,"author":{"favourite":null}}]}],"a":null}`,
		"z[0].books[0].author.favourite: none", "z[1].books[0].author.favourite: none", "z[1].books[1].lent: lost",
		"z[1].books[1].author.favourite: none", "a: no thing")
	l.wants(t, `{ box { things { ... on Book { lent } ... on Box { best { lent } } } } }`,
		`{"box":{"things":[{"lent":null},null,{"best":{"lent":null}}]}}`,
		"box.things[0].lent: lost", "box.things[2].best.lent: lost")
	s.authors = func(context.Context, []*book) ([]*author, error) { return make([]*author, 7), nil }
	l.wants(t, `{ box { books { author { name } } } }`, `{"box":{"books":null}}`,
		"box.books[0].author: resolver of Book.author returned 7 values and 0 errors for 1 parents")
}

// TestRootErrorsHaveLocations as gqlgen gives them one.
func TestRootErrorsHaveLocations(t *testing.T) {
	t.Parallel()
	s := someShelf()
	s.thing = func(context.Context) (any, error) { return nil, errors.New("no thing") }
	response := newLibrary(t, s).ask(t.Context(), t, `{ thing { name } }`, nil)
	if got := fmt.Sprint(response.Errors[0].Locations); got != "[1:3]" {
		t.Errorf("locations %s", got)
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, someShelf())
	l.wants(t, `{ boxes(count: 13) { name } }`, `null`, "boxes.count: unlucky")
	l.wants(t, `{ boxes(count: 2) { name sized(by: 13) { name } } }`,
		`{"boxes":[{"name":"outer","sized":null},{"name":"second","sized":null}]}`,
		"boxes[0].sized.by: unlucky", "boxes[1].sized.by: unlucky")
	l.wants(t, `{ boxes(count: 2) { name sized(by: 13) { author { name } } } }`,
		`{"boxes":[{"name":"outer","sized":null},{"name":"second","sized":null}]}`,
		"boxes[0].sized.by: unlucky", "boxes[1].sized.by: unlucky")
	l.wants(t, `{ boxes(count: 1) { best { author { boxes(first: -1) { name } } } } }`,
		`{"boxes":[{"best":{"author":{"boxes":null}}}]}`, "boxes[0].best.author.boxes: bad first")
	response := l.ask(t.Context(), t, `query($by: Int! = 4, $n: Int!) { boxes(count: $n) { sized(by: $by) { name } } }`,
		map[string]any{"n": 2})
	if got := string(response.Data); got != `{"boxes":[{"sized":{"name":"one"}},{"sized":{"name":"4"}}]}` {
		t.Errorf("with variables: %s", got)
	}
}

// TestPanics wants a panic to be the error of its field, and handed over once.
func TestPanics(t *testing.T) {
	t.Parallel()
	s := someShelf()
	panics := func(int) *book { panic("sized") }
	s.boxes = func(context.Context, int) ([]*box, error) {
		good := &box{name: "good", sized: func(int) *book { return &book{name: "x"} }, label: func() *string { return nil }}
		return []*box{good, {name: "bad", sized: panics, label: func() *string { panic("label") }}, good}, nil
	}
	l := newLibrary(t, s)
	l.wants(t, `{ boxes(count: 3) { name sized { name } label } }`,
		`{"boxes":[{"name":"good","sized":{"name":"x"},"label":null},{"name":"bad","sized":null,"label":null},`+
			`{"name":"good","sized":{"name":"x"},"label":null}]}`,
		"boxes[1].sized: panic", "boxes[1].label: panic")
	l.wants(t, `{ boxes(count: 3) { sized { author { __typename } } } }`,
		`{"boxes":[{"sized":{"author":{"__typename":"Author"}}},{"sized":null},{"sized":{"author":{"__typename":"Author"}}}]}`,
		"boxes[1].sized: panic")
	if len(l.recovered) != 3 {
		t.Errorf("recovered %v", l.recovered)
	}
	s.lent = func(context.Context, []*book) ([]*bool, error) { panic("lent") }
	l.recovered = nil
	l.wants(t, `{ boxes(count: 3) { sized(by: 13) { name } } }`,
		`{"boxes":[{"sized":null},{"sized":null},{"sized":null}]}`,
		"boxes[0].sized.by: unlucky", "boxes[1].sized.by: unlucky", "boxes[2].sized.by: unlucky")
	s.boxes = func(context.Context, int) ([]*box, error) {
		return []*box{{name: "b", books: []*book{{name: "x"}, {name: "y"}}}}, nil
	}
	l.wants(t, `{ boxes(count: 3) { books { name lent } } }`,
		`{"boxes":[{"books":[{"name":"x","lent":null},{"name":"y","lent":null}]}]}`,
		"boxes[0].books[0].lent: panic", "boxes[0].books[1].lent: panic")
	s.thing = func(context.Context) (any, error) { panic("thing") }
	l.wants(t, `{ thing { name } count }`, `{"thing":null,"count":7}`, "thing: panic")
	if len(l.recovered) != 2 {
		t.Errorf("recovered %v", l.recovered)
	}
}

// TestPositionsBeginTogether has each of two calls of a level, and of two roots, wait for the other to begin; and one
// below the first root begin while the second root waits.
func TestPositionsBeginTogether(t *testing.T) {
	t.Parallel()
	s := someShelf()
	lent, authors, below := make(chan struct{}), make(chan struct{}), make(chan struct{})
	s.lent = func(_ context.Context, of []*book) ([]*bool, error) {
		close(lent)
		<-authors
		return make([]*bool, len(of)), nil
	}
	s.authors = func(_ context.Context, of []*book) ([]*author, error) {
		close(authors)
		<-lent
		close(below)
		list := make([]*author, len(of))
		for i := range list {
			list[i] = &author{"a"}
		}
		return list, nil
	}
	s.thing = func(context.Context) (any, error) {
		<-below
		return nil, nil
	}
	newLibrary(t, s).wants(t, `{ thing { name } boxes(count: 1) { books { author { name } lent } } }`,
		`{"thing":null,"boxes":[{"books":[{"author":{"name":"a"},"lent":null}]}]}`)
}

// TestEndedContext wants calls that have not begun to fail, and an answer that is being written to be given up.
func TestEndedContext(t *testing.T) {
	t.Parallel()
	s := someShelf()
	ctx, cancel := context.WithCancel(t.Context())
	boxes := s.boxes
	s.boxes = func(ctx context.Context, count int) ([]*box, error) {
		cancel()
		return boxes(ctx, count)
	}
	l := newLibrary(t, s)
	response := l.ask(ctx, t, `{ boxes(count: 2) { name books { name lent } } }`, nil)
	want := `{"boxes":[{"name":"outer","books":[{"name":"one","lent":null}]},{"name":"second","books":` +
		`[{"name":"two","lent":null},{"name":"three","lent":null}]}]}`
	if got := string(response.Data); got != want || len(response.Errors) != 3 ||
		!errors.Is(response.Errors[0], context.Canceled) {
		t.Errorf("answer %s, %v", got, response.Errors)
	}
	ctx, cancel = context.WithCancel(t.Context())
	s.boxes = func(context.Context, int) ([]*box, error) {
		list := make([]*box, 2000)
		for i := range list {
			list[i] = &box{name: "b", label: func() *string {
				cancel()
				return nil
			}}
		}
		return list, nil
	}
	if response := l.ask(ctx, t, `{ boxes(count: 2000) { label } }`, nil); response != nil {
		t.Errorf("answer %.80s, %v", response.Data, response.Errors)
	}
}

// TestGqlgenCarriesOut what asks for the schema itself, and mutations, of which the shelf has none.
func TestGqlgenCarriesOut(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, someShelf())
	for _, query := range []string{`{ count __schema { queryType { name } } }`, `{ ...F } fragment F on Query { __type(name: "Box") { name } }`} {
		l.wants(t, query, `"gqlgen"`)
	}
	l.wants(t, `{ count __schema @skip(if: true) { queryType { name } } }`, `{"count":7}`)
	var wide strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&wide, " a%d: name", i)
	}
	l.wants(t, `{ thing {`+wide.String()+` } }`, `"gqlgen"`)
}

var _ plan.Keeper = (*documents)(nil)

// TestKeptPlans wants a plan for each setting of the conditions, eight at most, and none once their document has left.
func TestKeptPlans(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, someShelf())
	const query = `query($a: Boolean!, $b: Boolean! = true, $c: Boolean!, $d: Boolean!, $n: Int!) {
		n: count a: count @skip(if: $a) b: count @include(if: $b) boxes(count: $n) { ...F } }
		fragment F on Box { t: __typename name @include(if: $c) label @skip(if: $d) }`
	ask := func(setting, n int) string {
		is := func(i int) bool { return setting>>i&1 == 1 }
		return string(l.ask(t.Context(), t, query, map[string]any{
			"a": is(0), "b": is(1), "c": is(2), "d": is(3), "n": n,
		}).Data)
	}
	for range 3 {
		for setting := range 16 {
			part := func(i int, on int, text string) string {
				if setting>>i&1 == on {
					return text
				}
				return ""
			}
			want := `{"n":7` + part(0, 0, `,"a":7`) + part(1, 1, `,"b":7`) + `,"boxes":[{"t":"Box"` +
				part(2, 1, `,"name":"outer"`) + part(3, 0, `,"label":null`) + `}]}`
			if got := ask(setting, 1); got != want {
				t.Errorf("setting %04b: %s, want %s", setting, got, want)
			}
		}
	}
	if l.documents.attached != 1+8 {
		t.Errorf("%d attached, want the operation and eight plans", l.documents.attached)
	}
	for _, leave := range l.documents.leave {
		leave()
	}
	l.documents.full = true
	if got := ask(0b0110, 0); got != `{"n":7,"a":7,"b":7,"boxes":[]}` {
		t.Errorf("without room for plans: %s", got)
	}
	if l.documents.attached != 9 {
		t.Errorf("%d attached after the document left", l.documents.attached)
	}
}

// TestLoan holds on to answers that are lent: they stay as they are until all are returned, and one that comes later is
// its owner's for good.
func TestLoan(t *testing.T) {
	t.Parallel()
	l := newLibrary(t, someShelf())
	asked, want := `{ box { best { name } } }`, `{"box":{"best":{"name":"one"}}}`
	others := func() {
		for range 20 {
			l.wants(t, `{ boxes(count: 2) { books { name } } }`, `{"boxes":[{"books":[{"name":"one"}]},{"books":[{"name":"two"},{"name":"three"}]}]}`)
		}
	}
	ctx, loan := plan.WithLoan(t.Context())
	first, second := l.ask(ctx, t, asked, nil), l.ask(ctx, t, asked, nil)
	others()
	if string(first.Data) != want || string(second.Data) != want {
		t.Errorf("lent answers are %s and %s, want %s", first.Data, second.Data, want)
	}
	if cap(first.Data) != len(first.Data) {
		t.Error("what is appended to a lent answer is written into memory that is used again")
	}
	loan.Return()
	loan.Return() // gives nothing back twice
	late := l.ask(ctx, t, asked, nil)
	others()
	if string(late.Data) != want {
		t.Errorf("an answer after the return is %s, want %s", late.Data, want)
	}
}
