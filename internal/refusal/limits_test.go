package refusal_test

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/refusal"
)

func manyErrors(count int) gqlerror.List {
	list := make(gqlerror.List, count)
	for i := range list {
		code := []string{"UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE"}[i%2]
		list[i] = &gqlerror.Error{Message: strings.Repeat("ä", 400), Extensions: map[string]any{"code": code}}
	}
	return list
}

func TestErrorLimits(t *testing.T) {
	t.Parallel()
	limits := refusal.DefaultLimits()
	for name, test := range map[string]struct {
		response *graphql.Response
		shown    int
		left     map[string]int
	}{
		"none":          {&graphql.Response{Data: []byte("{}")}, 0, nil},
		"100 with data": {&graphql.Response{Data: []byte("{}"), Errors: manyErrors(100)}, 100, nil},
		"105 with data": {
			&graphql.Response{Data: []byte("{}"), Errors: manyErrors(105)}, 100,
			map[string]int{"UPSTREAM_TIMEOUT": 3, "UPSTREAM_UNAVAILABLE": 2},
		},
		"105 without data": {
			&graphql.Response{Errors: manyErrors(105)}, 20,
			map[string]int{"UPSTREAM_TIMEOUT": 43, "UPSTREAM_UNAVAILABLE": 42},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // the second time changes nothing
				limits.Apply(t.Context(), test.response)
				left, _ := test.response.Extensions["truncatedErrors"].(map[string]int)
				if diff := cmp.Diff(test.left, left); diff != "" || len(test.response.Errors) != test.shown {
					t.Errorf("%d errors, want %d; left out (-want +got): %s", len(test.response.Errors), test.shown, diff)
				}
			}
			for _, err := range test.response.Errors {
				if got := []rune(err.Message); len(got) != 300 || got[299] != '…' {
					t.Errorf("message of %d characters: %q", len(got), err.Message)
				}
			}
		})
	}
}
