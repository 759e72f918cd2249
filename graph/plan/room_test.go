package plan_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"weak"
)

// TestRunsServeOthers wants each answer to be what it is where none came before: whatever the memory that it is read
// into was used for.
func TestRunsServeOthers(t *testing.T) {
	t.Parallel()
	queries := []string{
		`{ boxes(count: 2) { name sized { author { name } } } }`,
		`{ boxes(count: 2) { name sized(by: 13) { author { name } } } }`,
		`{ boxes(count: 0) { name sized { author { name } } } }`,
		`{ boxes(count: 13) { name sized { author { name } } } }`,
		`{ boxes(count: 2) { books { author { boxes { name books { lent } } favourite { name } } } } }`,
		`{ boxes(count: 2) { books { author { boxes(first: -1) { name books { lent } } favourite { name } } } } }`,
		`{ boxes(count: 1) { things { ... on Book { author { name } } ... on Box { best { author { name } } } } } }`,
		`{ thing { ... on Box { best { author { boxes { name } } } } } count }`,
	}
	answer := func(l *library, query string) string {
		response := l.ask(t.Context(), t, query, nil)
		return fmt.Sprint(string(response.Data), response.Errors)
	}
	wants := make([]string, len(queries))
	for i, query := range queries {
		wants[i] = answer(newLibrary(t, someShelf()), query)
	}
	l := newLibrary(t, someShelf())
	var asking sync.WaitGroup
	for asker := range uint64(4) {
		asking.Go(func() {
			random := rand.New(rand.NewPCG(1, asker))
			for range 200 {
				i := random.IntN(len(queries))
				if got := answer(l, queries[i]); got != wants[i] {
					t.Errorf("%s\n%s, want\n%s", queries[i], got, wants[i])
				}
			}
		})
	}
	asking.Wait()
}

// TestRunsLetGo wants what an answer was made of to be collected although its run is kept for the next one.
func TestRunsLetGo(t *testing.T) { //nolint:paralleltest // others' collections would empty the pool
	s := someShelf()
	var made []weak.Pointer[book]
	s.box = func(context.Context) (*box, error) {
		b := &book{name: "only here"}
		made = append(made, weak.Make(b))
		return &box{name: "b", books: []*book{b}, best: b}, nil
	}
	l := newLibrary(t, s)
	const rounds = 8 // the race detector has pools forget at random
	for range rounds {
		l.wants(t, `{ box { best { author { name } } books { author { name } } } }`,
			`{"box":{"best":{"author":{"name":"author of only here"}},"books":[{"author":{"name":"author of only here"}}]}}`)
		runtime.GC()
	}
	for i, b := range made {
		if b.Value() != nil {
			t.Errorf("the book of answer %d is still held", i+1)
		}
	}
}
