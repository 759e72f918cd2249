package iam_test

import (
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestFound_D4_AnotherPassword: a refused password is not tried again, whoever sends a signal; another one is, and the
// token that is current then stays.
func TestFound_D4_AnotherPassword(t *testing.T) {
	s := newService(t)
	s.failWith(status(401, ""))
	source := s.source(t, credentials())
	if _, err := source.Token(t.Context()); err == nil {
		t.Fatal("a refused login gives a token")
	}
	s.wants(t, 1)
	s.failWith(nil)
	source.SetPassword(credentials().Password)
	if _, err := source.Token(t.Context()); err == nil {
		t.Error("the same password is tried again")
	}
	s.wants(t, 1)
	source.SetPassword(rest.Secret("another-password"))
	token, err := source.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.wants(t, 2)
	source.SetPassword(rest.Secret("a-third-password"))
	wantToken(t, short(token))(source.Token(t.Context()))
	s.wants(t, 2)
}
