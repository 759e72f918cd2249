package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/go-jose/go-jose/v4"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// issuer is an issuer of tokens: a key server on loopback.
type issuer struct {
	*httptest.Server

	clock *testkit.Clock
	rsa   *rsa.PrivateKey
	ec    *ecdsa.PrivateKey

	mu     sync.Mutex
	keys   map[string]any // public, by id
	status int            // instead of the keys
	body   string         // instead of the keys
	gate   chan struct{}  // answers wait until it closes
	asked  []string
}

func newIssuer(t *testing.T, clock *testkit.Clock) *issuer {
	t.Helper()
	i := &issuer{clock: clock, keys: map[string]any{}}
	var err error
	if i.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if i.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	i.keys["rsa"] = i.rsa.Public()
	i.Server = httptest.NewServer(i)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.asked = append(i.asked, r.Method+" "+r.URL.Path)
	gate := i.gate
	i.mu.Unlock()
	if gate != nil {
		<-gate
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.body != "":
		_, _ = w.Write([]byte(i.body))
	case i.status == http.StatusFound:
		http.Redirect(w, r, "/elsewhere", i.status)
	case i.status != 0:
		w.WriteHeader(i.status)
	default:
		var set jose.JSONWebKeySet
		for id, key := range i.keys {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: key, KeyID: id, Use: "sig"})
		}
		_ = json.NewEncoder(w).Encode(set)
	}
}

func (i *issuer) change(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

// requests lists what the issuer was asked so far.
func (i *issuer) requests() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.asked)
}

func (i *issuer) times() int { return len(i.requests()) }

// claims are good ones with changes; a nil one is left out.
func (i *issuer) claims(t *testing.T, changes map[string]any) string {
	t.Helper()
	claims := map[string]any{
		"iss": "https://id.example", "aud": []string{"other", "opsgraph"}, "sub": "ann",
		"exp": i.clock.Now().Add(time.Hour).Unix(), "iat": i.clock.Now().Unix(),
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// token is signed by the RSA key.
func (i *issuer) token(t *testing.T, changes map[string]any) string {
	t.Helper()
	return oidctest.SignIDToken(i.rsa, "rsa", "RS256", i.claims(t, changes))
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// jwtSite is a gateway whose callers bring tokens of the issuer.
func jwtSite(t *testing.T, environ ...string) (*kit.World, *issuer, *kit.Replica) {
	t.Helper()
	w := kit.NewWorld(t, kit.WorldSettings{Hosts: 3})
	i := newIssuer(t, w.Clock)
	environ = append([]string{
		"OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ISSUER=https://id.example", "OPSGRAPH_AUTH_AUDIENCE=opsgraph",
		"OPSGRAPH_AUTH_JWKS_URL=" + i.URL + "/keys",
	}, environ...)
	return w, i, w.StartGateway(t, "", environ...)
}

func wantIn(t *testing.T, got *kit.Reply) {
	t.Helper()
	if got.Status != http.StatusOK || len(got.Body.Errors) > 0 || !strings.Contains(got.Raw, `"totalCount":3`) {
		t.Errorf("got %d %.300s", got.Status, got.Raw)
	}
}

// inSoon wants a token to be accepted once the keys are read again after a refusal. The library gives the outcome of a
// reading that has ended to a caller of the same moment; the clock that moves makes of that moment more than the minute
// between two readings.
func inSoon(t *testing.T, r *kit.Replica, token http.Header) {
	t.Helper()
	testkit.Eventually(t, "the keys are not read again", func() bool {
		return r.Ask(t, kit.EveryHost, "", token).Status == http.StatusOK
	})
	wantIn(t, r.Ask(t, kit.EveryHost, "", token))
}

// TestHostile_bearers sends tokens that must not be accepted, after one that is, so that there are data to read.
func TestHostile_bearers(t *testing.T) {
	t.Parallel()
	w, i, r := jwtSite(t)
	wantIn(t, r.Ask(t, kit.EveryHost, "", bearer(i.token(t, nil))))
	w.Steer(t, http.MethodDelete, "calls", nil)
	now := w.Clock.Now()
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	der, err := json.Marshal(jose.JSONWebKey{Key: i.rsa.Public(), KeyID: "rsa"})
	if err != nil {
		t.Fatal(err)
	}
	hmacSigner, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: der},
		(&jose.SignerOptions{}).WithHeader("kid", "rsa"))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := hmacSigner.Sign([]byte(i.claims(t, nil)))
	if err != nil {
		t.Fatal(err)
	}
	confused, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	jku := part(`{"alg":"RS256","kid":"rsa","jku":"` + i.URL + `/evil","x5u":"` + i.URL + `/evil"}`)
	whole := strings.Split(i.token(t, nil), ".")
	tests := map[string]http.Header{
		"H-147 nothing":           {},
		"H-147 token of upstream": {"X-Auth-Token": {"MIIF"}, "X-Hcso-Domain-Id": {"a"}},
		"H-148 20 KB":             bearer(strings.Repeat("CANARY", 3400)),
		"H-148 in lower case":     {"Authorization": {"bearer CANARY.CANARY.CANARY"}},
		"H-148 in upper case":     {"Authorization": {"BEARER CANARY.CANARY.CANARY"}},
		"H-148 basic":             {"Authorization": {"Basic CANARY"}},
		"H-148 tab":               {"Authorization": {"Bearer\tCANARY.CANARY.CANARY"}},
		"H-148 two blanks":        {"Authorization": {"Bearer  " + i.token(t, nil)}},
		"H-148 not ASCII":         {"Authorization": {"Bearer CANARY\xe9.a.b"}},
		"H-149 expired":           bearer(i.token(t, map[string]any{"exp": now.Add(-time.Second).Unix()})),
		"H-149 no end":            bearer(i.token(t, map[string]any{"exp": nil})),
		"H-149 not valid yet":     bearer(i.token(t, map[string]any{"nbf": now.Add(61 * time.Second).Unix()})),
		"H-149 nbf is a text":     bearer(i.token(t, map[string]any{"nbf": "soon"})),
		"H-149 alg none":          bearer(part(`{"alg":"none"}`) + "." + part(i.claims(t, nil)) + ".AA"),
		"H-149 no signature":      bearer(whole[0] + "." + whole[1] + "."),
		"H-149 other claims": bearer(whole[0] + "." + part(i.claims(t, map[string]any{"sub": "root"})) +
			"." + whole[2]),
		"H-149 HS256 with the public key":      bearer(confused),
		"H-149 wrong aud":                      bearer(i.token(t, map[string]any{"aud": "other"})),
		"H-149 no aud":                         bearer(i.token(t, map[string]any{"aud": nil})),
		"H-149 wrong iss":                      bearer(i.token(t, map[string]any{"iss": "https://id.example/"})),
		"H-149 no sub":                         bearer(i.token(t, map[string]any{"sub": nil})),
		"H-149 another's key":                  bearer(oidctest.SignIDToken(foreign, "rsa", "RS256", i.claims(t, nil))),
		"H-149 unknown kid":                    bearer(oidctest.SignIDToken(foreign, "other", "RS256", i.claims(t, nil))),
		"H-149 kid is a path":                  bearer(oidctest.SignIDToken(foreign, "../../x", "RS256", i.claims(t, nil))),
		"H-149 algorithm that is not accepted": bearer(oidctest.SignIDToken(i.rsa, "rsa", "PS256", i.claims(t, nil))),
		"H-149 jku of another":                 bearer(jku + "." + whole[1] + "." + whole[2]),
	}
	for name, header := range tests {
		t.Run(name, func(t *testing.T) {
			got := r.Ask(t, kit.EveryHost, "", header)
			kit.WantRefused(t, got, http.StatusUnauthorized, "UNAUTHENTICATED")
			if got.Header.Get("WWW-Authenticate") != `Bearer realm="opsgraph"` || strings.Contains(got.Raw, "CANARY") {
				t.Errorf("got %v %.300s", got.Header, got.Raw)
			}
		})
	}
	t.Run("H-148 two headers", func(t *testing.T) {
		got := r.Ask(t, kit.EveryHost, "", http.Header{"Authorization": {"Bearer " + i.token(t, nil), "Bearer CANARY"}})
		kit.WantRefused(t, got, http.StatusBadRequest, "BAD_REQUEST")
	})
	if got := i.times(); got != 1 {
		t.Errorf("the issuer was asked %d times: %v", got, i.requests())
	}
	if got := w.Sim.Calls(); len(got) > 0 {
		t.Errorf("calls were made for nobody: %v", got)
	}
}

func TestBearersThatAreIn(t *testing.T) {
	t.Parallel()
	w, i, r := jwtSite(t)
	now := w.Clock.Now()
	for name, header := range map[string]http.Header{
		"as it should be":      bearer(i.token(t, nil)),
		"scheme in lower case": {"Authorization": {"bearer " + i.token(t, nil)}},
		"one audience":         bearer(i.token(t, map[string]any{"aud": "opsgraph"})),
		"nbf within the skew":  bearer(i.token(t, map[string]any{"nbf": now.Add(20 * time.Second).Unix()})),
		"a moment left":        bearer(i.token(t, map[string]any{"exp": now.Add(time.Second).Unix()})),
	} {
		t.Run(name, func(t *testing.T) { wantIn(t, r.Ask(t, kit.EveryHost, "", header)) })
	}
	if got := w.Lists(); got != 1 {
		t.Errorf("%d lists were read: all callers read the gateway's own data", got)
	}
	token := bearer(i.token(t, map[string]any{"exp": now.Add(30 * time.Second).Unix()}))
	wantIn(t, r.Ask(t, kit.EveryHost, "", token))
	w.Clock.Advance(31 * time.Second)
	kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", token), http.StatusUnauthorized, "UNAUTHENTICATED")
}

// TestKeysRotate has the issuer sign with a new key, and withdraw the old one.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	w, i, r := jwtSite(t)
	old := bearer(oidctest.SignIDToken(i.rsa, "rsa", "RS256", i.claims(t, nil)))
	wantIn(t, r.Ask(t, kit.EveryHost, "", old))
	i.change(func() { i.keys["ec"] = i.ec.Public() })
	next := bearer(oidctest.SignIDToken(i.ec, "ec", "ES256", i.claims(t, nil)))
	kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", next), http.StatusUnauthorized, "UNAUTHENTICATED")
	w.Clock.Advance(time.Minute)
	inSoon(t, r, next)
	wantIn(t, r.Ask(t, kit.EveryHost, "", old))
	if got := i.times(); got != 2 {
		t.Errorf("the issuer was asked %d times, want 2", got)
	}
	i.change(func() { delete(i.keys, "rsa") })
	w.Clock.Advance(10 * time.Minute)
	wantIn(t, r.Ask(t, kit.EveryHost, "", next))
	kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", old), http.StatusUnauthorized, "UNAUTHENTICATED")
}

// TestKeysUnavailable has an issuer that does not answer, which makes no token invalid, and one that redirects, which
// is not followed.
func TestKeysUnavailable(t *testing.T) {
	t.Parallel()
	w, i, r := jwtSite(t)
	token := bearer(i.token(t, nil))
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusFound} {
		i.change(func() { i.status = status })
		for range 2 {
			kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", token), http.StatusServiceUnavailable, "UPSTREAM_UNAVAILABLE")
		}
		w.Clock.Advance(time.Minute)
	}
	i.change(func() { i.status = 0 })
	inSoon(t, r, token)
	i.change(func() { i.status = http.StatusServiceUnavailable })
	w.Clock.Advance(11 * time.Minute)
	wantIn(t, r.Ask(t, kit.EveryHost, "", token)) // the keys that are held serve on
	for _, asked := range i.requests() {
		if asked != "GET /keys" {
			t.Errorf("the issuer was asked %s", asked)
		}
	}
}

func TestTenantClaim(t *testing.T) {
	t.Parallel()
	_, i, r := jwtSite(t, "OPSGRAPH_AUTH_TENANT_CLAIM=tid", "OPSGRAPH_CALLERS_RATE=0.01", "OPSGRAPH_CALLERS_BURST=1")
	kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", bearer(i.token(t, nil))), http.StatusUnauthorized, "UNAUTHENTICATED")
	for _, who := range []string{"ann of x", "ann of y", "bob of x"} {
		var sub, tid string
		if _, err := fmt.Sscanf(who, "%s of %s", &sub, &tid); err != nil {
			t.Fatal(err)
		}
		wantIn(t, r.Ask(t, kit.EveryHost, "", bearer(i.token(t, map[string]any{"sub": sub, "tid": tid}))))
		// Another token of the same caller counts together with the first.
		again := i.token(t, map[string]any{"sub": sub, "tid": tid, "jti": "2"})
		kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", bearer(again)), http.StatusTooManyRequests, "RATE_LIMITED")
	}
}
