package rest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestKindOf(t *testing.T) {
	made := &rest.Error{System: "esm", Operation: "readThing", Kind: rest.Forbidden}
	tests := []struct {
		name string
		err  error
		want rest.Kind
	}{
		{"nil", nil, rest.None},
		{"its own", made, rest.Forbidden},
		{"wrapped", fmt.Errorf("read capacity: %w", made), rest.Forbidden},
		{"joined", errors.Join(errors.New("a"), made), rest.Forbidden},
		{"deadline", fmt.Errorf("wait: %w", context.DeadlineExceeded), rest.Timeout},
		{"canceled", context.Canceled, rest.Canceled},
		{"other", errors.New("other"), rest.None},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := rest.KindOf(test.err); got != test.want {
				t.Errorf("kind = %v, want %v", got, test.want)
			}
		})
	}
	seen := map[string]bool{}
	for kind := rest.None; kind <= rest.Canceled; kind++ {
		name := kind.String()
		if name == "unknown" || seen[name] {
			t.Errorf("kind %d is called %q", kind, name)
		}
		seen[name] = true
	}
}

func TestContextValues(t *testing.T) {
	ctx := t.Context()
	if rest.IdentityFrom(ctx) != (rest.Identity{}) || rest.LaneFrom(ctx) != rest.LanePerson {
		t.Error("a bare context is not the gateway's own work for a person")
	}
	id := rest.Identity{Scope: "t/a", Token: "t", DomainID: "a"}
	ctx = rest.WithLane(rest.WithIdentity(ctx, id), rest.LanePoll)
	if rest.IdentityFrom(ctx) != id || rest.LaneFrom(ctx) != rest.LanePoll {
		t.Error("identity or lane is lost")
	}
}
