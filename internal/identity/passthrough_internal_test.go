package identity

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestAcceptedNow proves which tokens work in the background may use: an accepted one, until it is refused or the time
// is over.
func TestAcceptedNow(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	cfg := config.Defaults()
	cfg.Auth.Mode = config.AuthPassthrough
	from, err := newAddresses(nil)
	if err != nil {
		t.Fatal(err)
	}
	accept := Upstream{Check: func(context.Context) error { return nil }}
	p, err := newPassthrough(cfg, []byte("secret"), from, accept, slog.New(slog.DiscardHandler),
		func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	ask := func(token, domain string) {
		t.Helper()
		request := httptest.NewRequestWithContext(t.Context(), "POST", "/graphql", nil)
		request.Header.Set(headerToken, token)
		request.Header.Set(headerDomain, domain)
		if _, who, refused := p.identify(request); refused != nil || who.Scope != domain || !who.ExpiresAt.After(now) {
			t.Fatalf("identify: %+v, %v", who, refused)
		}
	}
	contextOf := func(token, domain string) context.Context {
		return rest.WithIdentity(t.Context(), rest.Identity{Scope: domain, Token: rest.Secret(token), DomainID: domain})
	}
	want := func(token, domain string, accepted bool) {
		t.Helper()
		if got := p.Accepted(contextOf(token, domain)); got != accepted {
			t.Errorf("%s of %s is accepted: %t", token, domain, got)
		}
	}
	want("one", "a", false)
	ask("one", "a")
	want("one", "a", true)
	want("one", "b", false)
	now = now.Add(30 * time.Second)
	ask("two", "a")
	refused := contextOf("two", "a")
	p.Attempt(refused, rest.Attempt{Kind: rest.Forbidden}) // says nothing about the token as a whole
	want("two", "a", true)
	p.Attempt(refused, rest.Attempt{Kind: rest.Unauthenticated})
	want("two", "a", false)
	want("one", "a", true)
	now = now.Add(30 * time.Second)
	want("one", "a", false)
}
