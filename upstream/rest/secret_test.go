package rest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

const canary = "CANARY-4f1c7a90"

func TestSecretPrintsNothing(t *testing.T) {
	secret := rest.Secret(canary)
	held := struct{ Password rest.Secret }{secret}
	encoded, err := json.Marshal([]any{secret, held})
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", slog.Any("secret", secret), slog.Any("held", held))
	slog.New(slog.NewTextHandler(&logged, nil)).Info("m", slog.Any("secret", secret), slog.Any("held", held))
	var text strings.Builder
	text.Write(encoded)
	text.Write(logged.Bytes())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s"} {
		fmt.Fprintf(&text, verb+verb+verb, secret, &secret, held)
	}
	marshalled, err := secret.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	text.WriteString(secret.String() + secret.GoString() + fmt.Sprint(secret) + fmt.Sprintln(held) + string(marshalled))
	if printed := text.String(); strings.Contains(printed, canary) ||
		strings.Contains(printed, fmt.Sprintf("%x", canary)) {
		t.Errorf("the secret is in %s", printed)
	}
	if secret.Reveal() != canary {
		t.Error("the secret itself is lost")
	}
}

// H-167: a secret that is replaced while a call is under way is none that may come back in its error or notice.
func TestErrorsHoldNoReplacedSecret(t *testing.T) {
	for status, names := range map[int][2]string{
		http.StatusOK: {"code", "msg"}, http.StatusBadRequest: {"error_code", "error_msg"},
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			var replace func()
			u := serve(t, func(w http.ResponseWriter, r *http.Request) {
				replace()
				w.WriteHeader(status)
				_ = json.NewEncoder(w).Encode(map[string]any{
					names[0]: "APIGW.0301", names[1]: "it was " + r.Header.Get("X-Apig-Appcode"), "name": "a",
				})
			})
			heard := &recorder{}
			c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) {
				cfg.Headers, cfg.Observers = map[string]rest.Secret{"X-APIG-Appcode": canary}, []rest.Observer{heard}
			})
			var err error
			replace, err = c.Renew(rest.Credentials{Headers: map[string]rest.Secret{"X-APIG-Appcode": "next-one"}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = rest.Call(t.Context(), c, read, rest.Request{})
			said := heard.all()[0].Notice.Message
			if status != http.StatusOK {
				said = failure(t, err).Message
			}
			if said != "it was [redacted]" {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// H-167: whatever the upstream does, no error or attempt holds a secret of the request, a URL or a body.
func TestErrorsHoldNoSecrets(t *testing.T) {
	echo := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", r.Header.Get("X-Auth-Token"))
			w.Header().Set("Location", "http://"+canary+".example/")
			w.WriteHeader(code)
			_ = json.NewEncoder(w).Encode(map[string]any{
				"error_code": r.Header.Get("X-Hcso-Appcode") + " " + canary, "name": map[string]string{canary: canary},
				"error_msg": "token " + r.Header.Get("X-Auth-Token") + " code " + r.Header.Get("X-Apig-Appcode"),
			})
		}
	}
	handlers := map[string]http.HandlerFunc{
		"garbage": answer(canary), "field": answer(`{"size":"` + canary + `"}`), "number": answer(`{"name":4815162342}`),
	}
	for _, code := range []int{200, 302, 400, 401, 403, 404, 429, 500, 503} {
		handlers[http.StatusText(code)] = echo(code)
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			u := serve(t, handler)
			heard := &recorder{}
			c := connect(t, u.URL, noRetries, func(cfg *rest.ClientConfig) {
				cfg.Tokens, cfg.Observers = fixedToken(canary), []rest.Observer{heard}
				cfg.Headers = map[string]rest.Secret{"X-APIG-Appcode": canary, "x-hcso-appcode": canary}
			})
			_, err := rest.Call(t.Context(), c, read, rest.Request{Query: map[string][]string{"q": {canary}}})
			found := failure(t, err)
			text := fmt.Sprintf("%v %s %+v %s %s %s %+v", err, err, found, found.Message, found.Code, found.RequestID,
				heard.all())
			for _, secret := range []string{canary, "127.0.0.1", "4815162342"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q is in %s", secret, text)
				}
			}
			if found.Code == "" && found.Message != "" && !strings.Contains(found.Message, "[redacted]") {
				t.Errorf("message = %q", found.Message)
			}
		})
	}
}

func TestConnectionErrorsHoldNoAddress(t *testing.T) {
	for _, url := range []string{"http://127.0.0.1:1/" + canary, "https://127.0.0.1:1"} {
		err := get(t.Context(), connect(t, url))
		if text := err.Error(); strings.Contains(text, "127.0.0.1") || strings.Contains(text, canary) {
			t.Errorf("text = %q", text)
		}
	}
}
