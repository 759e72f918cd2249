package process

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/go-jose/go-jose/v4"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/simulator"
)

// TestProcessHostileBearers has the numbers about tokens of an issuer, about answers without introspection, and about
// an upstream that is away, with one process: H-134, H-148, H-149, H-161, H-164, H-167.
func TestProcessHostileBearers(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_ = json.NewEncoder(w).Encode(
			jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Use: "sig"}}})
	}))
	t.Cleanup(issuer.Close)
	away := closedAddress(t)
	h := &hostile{client: &http.Transport{}}
	t.Cleanup(h.client.CloseIdleConnections)
	h.binary = startBinary(t, nil,
		append(upstreamEnviron("http://"+away), "OPSGRAPH_AUTH_MODE=jwt", "OPSGRAPH_AUTH_ISSUER=https://id.example",
			"OPSGRAPH_AUTH_AUDIENCE=opsgraph", "OPSGRAPH_AUTH_JWKS_URL="+issuer.URL+"/keys", "OPSGRAPH_INTROSPECTION=false",
			"OPSGRAPH_LIVE_ADMIT_EVERY=100ms")...)
	claims := func(changes map[string]any) string {
		held := map[string]any{
			"iss": "https://id.example", "aud": "opsgraph", "sub": "ann",
			"exp": time.Now().Add(time.Hour).Unix(),
		}
		maps.Copy(held, changes)
		text, err := json.Marshal(held)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	bearer := func(token string) http.Header {
		return http.Header{
			"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"},
			"Accept": {graphQLType},
		}
	}
	signed := func(changes map[string]any) string { return oidctest.SignIDToken(key, "k", "RS256", claims(changes)) }
	h.a = bearer(signed(nil))
	h.b = h.a
	h.probe(t, "the start")
	plain := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	parts := strings.Split(signed(nil), ".")
	for name, token := range map[string]string{
		"H-148 30 KB":         strings.Repeat(hostileSecret, 2500),
		"H-149 expired":       signed(map[string]any{"exp": time.Now().Add(-time.Second).Unix()}),
		"H-149 not valid yet": signed(map[string]any{"nbf": time.Now().Add(time.Hour).Unix()}),
		"H-149 alg none":      plain(`{"alg":"none"}`) + "." + parts[1] + ".AA",
		"H-149 wrong aud":     signed(map[string]any{"aud": "other"}),
		"H-149 wrong iss":     signed(map[string]any{"iss": "https://evil.example"}),
		"H-149 unknown kid":   oidctest.SignIDToken(key, "../../x", "RS256", claims(nil)),
		"H-149 other claims":  parts[0] + "." + plain(claims(map[string]any{"sub": "root"})) + "." + parts[2],
		"H-149 jku": plain(`{"alg":"RS256","kid":"k2","jku":"`+issuer.URL+`/evil"}`) + "." + parts[1] + "." +
			parts[2],
	} {
		header := bearer(token)
		h.try(t, attempt{
			name, func(h *hostile) (outcome, error) { return h.ask(`{hosts{totalCount}}`, "", header) }, 401,
			[]string{"UNAUTHENTICATED"},
		})
	}
	if got := asked.Load(); got > 2 {
		t.Errorf("H-149: the issuer was asked %d times", got)
	}
	for name, document := range map[string]string{
		"H-161 field": `{region}`, "H-161 near a field": `{host{nam}}`, "H-078 enum": `{cloudServices(types:[EV]){type}}`,
	} {
		h.try(t, attempt{name, func(h *hostile) (outcome, error) {
			got, err := h.ask(document, "", h.a)
			if strings.Contains(got.body, "Did you mean") {
				t.Errorf("%s: names are suggested: %s", name, got.body)
			}
			return got, err
		}, 400, []string{"GRAPHQL_VALIDATION_FAILED"}})
	}
	for _, document := range []string{`{__schema{queryType{name}}}`, `{...F} fragment F on Query{__type(name:"Query"){name}}`} {
		h.try(t, asDocument("H-164 "+document, document, 400, "INTROSPECTION_DISABLED"))
		if last, err := h.first(h.a, document); err != nil || !strings.Contains(last, "INTROSPECTION_DISABLED") {
			t.Errorf("H-164 by WebSocket: %s %v", last, err)
		}
	}
	got, err := h.ask(`{hosts{totalCount}}`, "", h.a)
	if err != nil || got.status != http.StatusOK || got.code() != "UPSTREAM_UNAVAILABLE" {
		t.Errorf("H-167: %d %s %v", got.status, got.body, err)
	}
	for _, secret := range []string{away, "127.0.0.1", simulator.DemoAppCode} {
		if strings.Contains(got.body, secret) {
			t.Errorf("H-167: the answer has %s: %s", secret, got.body)
		}
	}
	h.tryExpiry(t, bearer(signed(map[string]any{"exp": time.Now().Add(5 * time.Second).Unix()})))
	h.probe(t, "everything")
	if strings.Contains(h.log.String(), hostileSecret) {
		t.Error("the log has a token")
	}
}

// tryExpiry subscribes with a token that ends soon (H-134).
func (h *hostile) tryExpiry(t *testing.T, header http.Header) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c, _, err := h.openSocket(ctx, header, nil, "graphql-transport-ws") //nolint:bodyclose // of an upgrade, which has none
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow() //nolint:errcheck // fails only where the server has closed it
	for _, message := range []string{`{"type":"connection_init"}`, subscribing("a", `subscription{alarmChanges{kind}}`)} {
		if err := c.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	last := ""
	for {
		_, message, err := c.Read(ctx)
		if err != nil {
			if websocket.CloseStatus(err) != 4403 || !strings.Contains(last, "UNAUTHENTICATED") {
				t.Errorf("H-134: %v after %s", err, last)
			}
			return
		}
		last = string(message)
	}
}

// closedAddress is an address without a listener.
func closedAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestProcessHostileTenants are the numbers that need small limits: a token that is revoked (H-154), a tenant that
// floods (H-178).
func TestProcessHostileTenants(t *testing.T) {
	t.Parallel()
	h := startHostile(t, "OPSGRAPH_AUTH_ACCEPTED_FOR=1s", "OPSGRAPH_AUTH_REFUSED_FOR=1s", "OPSGRAPH_CALLERS_RATE=5",
		"OPSGRAPH_CALLERS_BURST=20")
	own := h.tenantsHosts(t, h.b)
	refused := 0
	for i := range 100 {
		got, err := h.ask(`{hosts{totalCount}}`, "", h.a)
		switch {
		case err == nil && got.status == http.StatusTooManyRequests && got.code() == "RATE_LIMITED" &&
			got.header.Get("Retry-After") != "":
			refused++
		case err != nil || got.status != http.StatusOK:
			t.Errorf("H-178 request %d: %d %s %v", i, got.status, got.body, err)
		}
	}
	if refused == 0 {
		t.Error("H-178: the flood is let through")
	}
	if got := h.tenantsHosts(t, h.b); len(got) != len(own) {
		t.Errorf("H-178: the other sees %d hosts, saw %d", len(got), len(own))
	}
	steer(t, h.server, http.MethodPut, "tokens", `{"revoke":true,"domainId":"bert-domain"}`)
	testkit.Eventually(t, "H-154: a revoked token is still accepted", func() bool {
		got, err := h.ask(`{hosts{totalCount}}`, "", h.b)
		return err == nil && got.status == http.StatusUnauthorized && got.code() == "UNAUTHENTICATED" &&
			!strings.Contains(got.body, `"data"`)
	})
}
