package gateway

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestBackgroundOfATenant proves with whose token work goes on that no request waits for: one that is accepted, else none.
func TestCurrentCaller(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	cfg := config.Defaults()
	cfg.Auth.Mode = config.AuthPassthrough
	from, err := newAddresses(nil)
	if err != nil {
		t.Fatal(err)
	}
	accept := func(context.Context) error { return nil }
	p, err := newPassthrough(cfg, []byte("secret"), from, accept, slog.New(slog.DiscardHandler), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	ask := func(token, domain string) {
		t.Helper()
		request := httptest.NewRequestWithContext(t.Context(), "POST", "/graphql", nil)
		request.Header.Set(headerToken, token)
		request.Header.Set(headerDomain, domain)
		if _, who, refusal := p.identify(request); refusal != nil || who.Scope != domain || !who.ExpiresAt.After(now) {
			t.Fatalf("identify: %+v, %v", who, refusal)
		}
	}
	want := func(scope, token string) {
		t.Helper()
		ctx, ok := p.background(t.Context(), scope)
		if ok != (token != "") {
			t.Fatalf("work for %s may go on: %t", scope, ok)
		}
		if ok && rest.IdentityFrom(ctx).Token.Reveal() != token {
			t.Errorf("work for %s goes on with another token than %s", scope, token)
		}
	}
	want("a", "")
	ask("one", "a")
	now = now.Add(30 * time.Second)
	ask("two", "a")
	ask("three", "b")
	want("a", "two")
	want("b", "three")
	refused := rest.WithIdentity(t.Context(), rest.Identity{Scope: "a", Token: "two", DomainID: "a"})
	p.Attempt(refused, rest.Attempt{Kind: rest.Forbidden}) // says nothing about the token as a whole
	want("a", "two")
	p.Attempt(refused, rest.Attempt{Kind: rest.Unauthenticated})
	want("a", "one")
	now = now.Add(30 * time.Second)
	want("a", "")
	want("b", "three")
}
