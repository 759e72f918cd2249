package iam_test

import (
	"net/http"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestProjectIsThatOfTheToken: a project asked for by name has its id; a token of an account has none.
func TestProjectIsThatOfTheToken(t *testing.T) {
	for name, test := range map[string]struct{ body, want string }{
		"a project":  {`{"token":{"project":{"id":"5f3d9c1e","name":"xxxxxxxx"}}}`, "5f3d9c1e"},
		"an account": {`{"token":{"domain":{"id":"d"}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			s.failWith(status(http.StatusCreated, test.body, "X-Subject-Token", "token-1-x"))
			source := s.source(t, credentials())
			for range 2 {
				got, err := source.Project(t.Context())
				if err != nil || got != test.want {
					t.Errorf("project %q, error %v, want %q", got, err, test.want)
				}
			}
			s.wants(t, 1)
		})
	}
	t.Run("IAM is down", func(t *testing.T) {
		s := newService(t)
		s.failWith(status(http.StatusInternalServerError, ""))
		if got, err := s.source(t, credentials()).Project(t.Context()); rest.KindOf(err) != rest.Unavailable || got != "" {
			t.Errorf("project %q, error %v", got, err)
		}
	})
}
