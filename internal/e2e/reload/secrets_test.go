package reload

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/go-jose/go-jose/v4"

	"github.com/opsgraph/opsgraph/internal/config"
	"github.com/opsgraph/opsgraph/internal/e2e/kit"
)

// prepared has a change of a replica's configuration in force.
func prepared(t *testing.T, r *kit.Replica, change func(*config.Config)) {
	t.Helper()
	change(&r.Config)
	made, err := r.Gateway.Prepare(t.Context(), r.Config)
	if err != nil {
		t.Fatal(err)
	}
	made.Apply()
}

// TestAppCode rotates each AppCode: calls from then on show the new one, and no other one.
func TestAppCode(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	r := w.StartGateway(t, "")
	var last atomic.Pointer[http.Header]
	note := func(header http.Header) bool {
		if header.Get("X-Apig-Appcode") != "" { // a login shows none
			last.Store(&header)
		}
		return false
	}
	w.Refuses.Store(&note)
	shown := func(header string) string {
		t.Helper()
		w.Clock.Advance(2 * time.Hour)
		r.Ask(t, deep, "", nil)
		return last.Load().Get(header)
	}
	for _, step := range []struct {
		set            func(*config.Config)
		apig, hcsoCode string
	}{
		{func(c *config.Config) { c.ESM.AppCode = "second" }, "second", "second"},
		{func(c *config.Config) { c.ESM.APIGAppCode = "third" }, "third", "second"},
		{func(c *config.Config) { c.ESM.HCSOAppCode = "fourth" }, "third", "fourth"},
	} {
		prepared(t, r, step.set)
		if apig, hcso := shown("X-Apig-Appcode"), shown("X-Hcso-Appcode"); apig != step.apig || hcso != step.hcsoCode {
			t.Errorf("shown %q and %q, want %q and %q", apig, hcso, step.apig, step.hcsoCode)
		}
	}
	for _, secret := range []string{"second", "third", "fourth"} {
		if strings.Contains(r.Log.String(), "="+secret) {
			t.Errorf("the log has an AppCode: %s", r.Log.String())
		}
	}
}

// signer is a key of an issuer.
type signer struct{ key *ecdsa.PrivateKey }

func newSigner(t *testing.T) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signer{key}
}

// set is the signer's public key as a set.
func (s signer) set(t *testing.T) []byte {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: s.key.Public(), KeyID: "k", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// bearer is a header with a token of the signer.
func (s signer) bearer(now time.Time) http.Header {
	claims, _ := json.Marshal(map[string]any{ // of texts and numbers
		"iss": "https://id.example", "aud": "opsgraph", "sub": "ann", "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(),
	})
	return http.Header{"Authorization": {"Bearer " + oidctest.SignIDToken(s.key, "k", "ES256", string(claims))}}
}

// TestKeys replaces the issuer's keys: those of a file, by another address, and by a file again. Keys that can't be
// read are refused, and the old ones go on.
func TestKeys(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	first, second, third := newSigner(t), newSigner(t), newSigner(t)
	file := filepath.Join(t.TempDir(), "keys.json")
	write := func(text []byte) {
		t.Helper()
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(first.set(t))
	r := w.StartGateway(t, "", "OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ISSUER=https://id.example",
		"OPSGRAPH_AUTH_AUDIENCE=opsgraph", "OPSGRAPH_AUTH_JWKS_FILE="+file)
	want := func(what string, in signer, out ...signer) {
		t.Helper()
		if got := r.Ask(t, deep, "", in.bearer(w.Clock.Now())); got.Status != http.StatusOK {
			t.Errorf("%s: %d %s", what, got.Status, got.Raw)
		}
		for _, s := range out {
			if got := r.Ask(t, deep, "", s.bearer(w.Clock.Now())); got.Code() != "UNAUTHENTICATED" {
				t.Errorf("%s: another key is taken: %d %s", what, got.Status, got.Raw)
			}
		}
	}
	want("a file", first, second, third)
	write(second.set(t))
	prepared(t, r, func(*config.Config) {})
	want("another content of it", second, first, third)
	for _, broken := range []string{``, `{"keys":[{"kty":"EC"`, `{"keys":[{"kty":"EC","crv":"P-256","x":"!","y":"!"}]}`} {
		write([]byte(broken))
		if _, err := r.Gateway.Prepare(t.Context(), r.Config); err == nil {
			t.Errorf("taken over: %s", broken)
		}
		want("a broken file", second, first, third)
	}
	answers := http.StatusBadGateway
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(answers)
		_, _ = w.Write(third.set(t))
	}))
	t.Cleanup(issuer.Close)
	cfg := r.Config
	cfg.Auth.JWKSFile, cfg.Auth.JWKSURL = "", config.URL(issuer.URL)
	if _, err := r.Gateway.Prepare(t.Context(), cfg); err == nil {
		t.Error("an issuer without keys is taken over")
	}
	want("an issuer without keys", second, first, third)
	answers = http.StatusOK
	prepared(t, r, func(c *config.Config) { *c = cfg })
	want("an issuer", third, first, second)
}

// TestTrustedDocuments changes which documents are answered, and drops what was kept of others.
func TestTrustedDocuments(t *testing.T) {
	t.Parallel()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3, Regions: 2})
	file := filepath.Join(t.TempDir(), "manifest.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const one, other = `{ hosts(first: 1) { totalCount } }`, `{ regions { code } }`
	r := w.StartGateway(t, "")
	want := func(what, document, code string) {
		t.Helper()
		for range 3 { // the second and third time from what is kept, where it is
			if got := r.Ask(t, document, "", nil); got.Code() != code {
				t.Errorf("%s: %s: %q, want %q", what, document, got.Code(), code)
			}
		}
	}
	want("no manifest", one, "")
	want("no manifest", other, "")
	write(`{"one":"` + one + `"}`)
	prepared(t, r, func(c *config.Config) { c.Persisted.ManifestFile, c.Persisted.OnlyTrusted = file, true })
	want("a manifest", one, "")
	want("a manifest", other, "PERSISTED_QUERY_REQUIRED")
	write(`{"other":"` + other + `"}`)
	prepared(t, r, func(*config.Config) {})
	want("another content of it", one, "PERSISTED_QUERY_REQUIRED")
	want("another content of it", other, "")
	for _, broken := range []string{`{"other":"{ regions {`, `{"other":"{ nothing }"}`} {
		write(broken)
		if _, err := r.Gateway.Prepare(t.Context(), r.Config); err == nil {
			t.Errorf("taken over: %s", broken)
		}
		want("a broken file", other, "")
	}
	write(`{}`)
	prepared(t, r, func(c *config.Config) { c.Persisted.OnlyTrusted = false })
	want("all are answered", one, "")
	if got := r.Metric(t, `opsgraph_kept_answers_total{event="dropped_change"}`); got == 0 {
		t.Error("no kept answer was dropped")
	}
}

// TestTenants changes the limits of tenants and of unknown tokens.
func TestTenants(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t, "OPSGRAPH_CALLERS_RATE=0.001", "OPSGRAPH_CALLERS_BURST=100",
		"OPSGRAPH_CALLERS_TENANT_RATE=0.001", "OPSGRAPH_CALLERS_TENANT_BURST=100",
		"OPSGRAPH_CALLERS_CHECKS=0.001", "OPSGRAPH_CALLERS_CHECK_BURST=20")
	send := func(header http.Header) string { return r.Ask(t, `{__typename}`, "", header).Code() }
	unknown := func(token string) string { return send(kit.With(n.A.Header(), "X-Auth-Token", token)) }
	if got := send(n.A.Header()); got != "" {
		t.Fatal(got)
	}
	prepared(t, r, func(c *config.Config) { c.Callers.TenantOperations = -1 })
	if got := send(n.A.Header()); got != "RATE_LIMITED" {
		t.Errorf("callers.tenant_operations: %q", got)
	}
	prepared(t, r, func(c *config.Config) { c.Callers.TenantOperations = 0 })
	prepared(t, r, func(c *config.Config) { c.Callers.TenantBurst = 1 })
	if got := send(n.A.Header()) + send(n.A.Header()); got != "RATE_LIMITED" {
		t.Errorf("callers.tenant_burst: %q", got)
	}
	n.Clock.Advance(30 * time.Second)
	if got := send(n.A.Header()); got != "RATE_LIMITED" {
		t.Errorf("the count began anew: %q", got)
	}
	prepared(t, r, func(c *config.Config) { c.Callers.TenantRate = 1 })
	n.Clock.Advance(30 * time.Second)
	if got := send(n.A.Header()); got != "" {
		t.Errorf("callers.tenant_rate: %q", got)
	}
	prepared(t, r, func(c *config.Config) { c.Callers.TenantBurst = 100 })
	n.Clock.Advance(time.Hour)
	if got := unknown("first"); got != "UNAUTHENTICATED" {
		t.Errorf("an unknown token: %q", got)
	}
	prepared(t, r, func(c *config.Config) { c.Callers.CheckBurst = 1 })
	if got := unknown("second") + " " + unknown("third"); got != "UNAUTHENTICATED RATE_LIMITED" {
		t.Errorf("callers.check_burst: %q", got)
	}
	prepared(t, r, func(c *config.Config) { c.Callers.Checks = 1 })
	n.Clock.Advance(5 * time.Second)
	if got := unknown("fourth"); got != "UNAUTHENTICATED" {
		t.Errorf("callers.checks: %q", got)
	}
}
