package identity

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/opsgraph/opsgraph/internal/e2e/kit"
	"github.com/opsgraph/opsgraph/internal/testkit"
)

// TestFound_E6_KeysAreNobodysRequest withdraws a key, and has the request that begins the next reading give up before
// the issuer answers: the reading goes on, and the key ends.
func TestFound_E6_KeysAreNobodysRequest(t *testing.T) {
	t.Parallel()
	w, i, r := jwtSite(t)
	old := bearer(i.token(t, nil))
	wantIn(t, r.Ask(t, kit.EveryHost, "", old))
	gate := make(chan struct{})
	i.change(func() { delete(i.keys, "rsa"); i.keys["ec"] = i.ec.Public(); i.gate = gate })
	w.Clock.Advance(10 * time.Minute)
	ctx, hangUp := context.WithCancel(t.Context())
	// By GET: a server sees the end of a request only when it has read its body.
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		r.Server.URL+"/graphql?query="+url.QueryEscape(`{__typename}`), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = kit.With(old, "Content-Type", "application/json")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if response, err := r.Client.RoundTrip(request); err == nil {
			_ = response.Body.Close()
			t.Error("the request was answered")
		}
	}()
	testkit.Eventually(t, "the keys are not read again", func() bool { return i.times() == 2 })
	hangUp()
	<-ended
	close(gate)
	testkit.Eventually(t, "the withdrawn key is still accepted",
		func() bool { return r.Ask(t, kit.EveryHost, "", old).Status == http.StatusUnauthorized })
	wantIn(t, r.Ask(t, kit.EveryHost, "", bearer(oidctest.SignIDToken(i.ec, "ec", "ES256", i.claims(t, nil)))))
	if got := i.times(); got != 2 {
		t.Errorf("the issuer was asked %d times, want 2", got)
	}
}

// TestFound_E6_NoKeySet has the issuer answer what is no key set when the keys are due: the good ones serve on, and are
// read again a minute later.
func TestFound_E6_NoKeySet(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"an error page": `{"error":"down"}`,
		"no object":     `[]`,
		"a broken key":  `{"keys":[{"kty":"RSA","kid":"rsa","alg":"RS256","n":"!","e":"AQAB"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, i, r := jwtSite(t)
			token := bearer(i.token(t, nil))
			wantIn(t, r.Ask(t, kit.EveryHost, "", token))
			i.change(func() { i.body = body })
			w.Clock.Advance(10 * time.Minute)
			for range 2 {
				wantIn(t, r.Ask(t, kit.EveryHost, "", token))
			}
			i.change(func() { i.body = ""; delete(i.keys, "rsa"); i.keys["ec"] = i.ec.Public() })
			w.Clock.Advance(time.Minute)
			kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", token), http.StatusUnauthorized, "UNAUTHENTICATED")
		})
	}
}

// TestFound_E8_ExactClaims sends signed tokens whose claims are spelt in other letters, or are no times: RFC 7519 has
// claim names in exact case and times as numbers of seconds.
func TestFound_E8_ExactClaims(t *testing.T) {
	t.Parallel()
	w, i, r := jwtSite(t, "OPSGRAPH_AUTH_TENANT_CLAIM=tid")
	now := w.Clock.Now()
	token := func(changes map[string]any) http.Header {
		if _, has := changes["tid"]; !has {
			changes["tid"] = "x"
		}
		return bearer(i.token(t, changes))
	}
	wantIn(t, r.Ask(t, kit.EveryHost, "", token(map[string]any{"nbf": now.Unix(), "EXP": 1})))
	wantIn(t, r.Ask(t, kit.EveryHost, "", token(map[string]any{"exp": float64(now.Unix()) + 60.5, "iat": 0})))
	later := now.Add(time.Hour).Unix()
	for name, changes := range map[string]map[string]any{
		"EXP for exp":           {"exp": nil, "EXP": later},
		"EXP beside a past exp": {"exp": now.Add(-time.Hour).Unix(), "eXp": later},
		"ISS for iss":           {"iss": nil, "ISS": "https://id.example"},
		"Aud for aud":           {"aud": nil, "Aud": "opsgraph"},
		"Sub for sub":           {"sub": nil, "Sub": "ann"},
		"TID for tid":           {"tid": nil, "TID": "x"},
		"tid is a list":         {"tid": []string{"x"}},
		"exp is a text":         {"exp": "1999999999"},
		"exp is a list":         {"exp": []any{}},
		"exp beyond calendars":  {"exp": 1e300},
		"exp below zero":        {"exp": -1},
		"nbf beyond calendars":  {"nbf": 1e300},
		"nbf far below zero":    {"nbf": -1e300},
		"nbf just past int64":   {"nbf": 9.3e18},
		"nbf past nanoseconds":  {"nbf": 1e10},
		"nbf is a text":         {"nbf": "0"},
		"iat beyond calendars":  {"iat": 1e300},
		"iat is an object":      {"iat": map[string]any{}},
		"iat is a text":         {"iat": "1"},
	} {
		t.Run(name, func(t *testing.T) {
			kit.WantRefused(t, r.Ask(t, kit.EveryHost, "", token(changes)), http.StatusUnauthorized, "UNAUTHENTICATED")
		})
	}
}

// TestFound_E8_CredentialsInTwoSpellings sends a credential twice in connection_init, in two spellings of its header.
func TestFound_E8_CredentialsInTwoSpellings(t *testing.T) {
	t.Parallel()
	n := kit.NewTenants(t, kit.WorldSettings{})
	r := n.Passthrough(t)
	for name, payload := range map[string]string{
		"token":  `{"X-Auth-Token":"` + n.A.Token + `","x-auth-token":"` + n.B.Token + `","X-HCSO-Domain-Id":"anna-domain"}`,
		"domain": `{"X-Auth-Token":"` + n.A.Token + `","X-HCSO-Domain-Id":"anna-domain","X-Hcso-Domain-Id":"bert-domain"}`,
		"bearer": `{"X-Auth-Token":"` + n.A.Token + `","Authorization":"Bearer a","authorization":"Bearer a"}`,
	} {
		t.Run(name, func(t *testing.T) {
			for i := 0; i < 8 && !t.Failed(); i++ { // each try may take the keys in another order
				s := kit.OpenSocket(t, r.Server.URL+"/graphql", "none")
				s.Send(`{"type":"connection_init","payload":` + payload + `}`)
				s.WantClosed(4400)
			}
		})
	}
	if got := n.Checks(); got != 0 {
		t.Errorf("the upstream was asked about %d callers", got)
	}
}
