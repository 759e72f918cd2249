package rest_test

import (
	"compress/gzip"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// TestF14F17AnswersByStatus checks F-09 to F-18: what each status means, whether it is retried, and what the error
// keeps.
func TestF14F17AnswersByStatus(t *testing.T) {
	const esm = `{"error_msg":"The format of message is error","error_code":"AS.0001"}`
	tests := []struct {
		name     string
		handler  http.HandlerFunc
		kind     rest.Kind
		text     string
		requests int64
		again    bool
	}{
		{"400 of ESM", status(400, esm), rest.Rejected, "esm readThing: rejected: status 400: code AS.0001", 1, false},
		{
			"404", status(404, `{"error_code":"AS.0404","error_msg":"rest interface not found"}`), rest.NotFound,
			"esm readThing: not found: status 404: code AS.0404", 1, false,
		},
		{"409", status(409, ""), rest.Rejected, "esm readThing: rejected: status 409", 1, false},
		{"500", status(500, esm), rest.Unavailable, "esm readThing: unavailable: status 500: code AS.0001", 2, true},
		{"501", status(501, ""), rest.Unavailable, "esm readThing: unavailable: status 501", 1, false},
		{
			"502 with HTML", status(502, "<html>SECRET</html>", "Content-Type", "text/html"), rest.Unavailable,
			"esm readThing: unavailable: status 502", 2, true,
		},
		{
			"504 with HTML", status(504, "<html>SECRET</html>"), rest.Unavailable, "esm readThing: unavailable: status 504", 2,
			true,
		},
		{
			"301", status(301, "", "Location", "/elsewhere"), rest.BadResponse,
			"esm readThing: bad response: redirect not followed: status 301", 1, false,
		},
		{
			"Quirk081 302", status(302, "", "Location", "http://169.254.169.254/"), rest.BadResponse,
			"esm readThing: bad response: redirect not followed: status 302", 1, false,
		},
		{
			"307", status(307, "", "Location", "/thing"), rest.BadResponse,
			"esm readThing: bad response: redirect not followed: status 307", 1, false,
		},
		{"600", status(600, ""), rest.BadResponse, "esm readThing: bad response: status of no class: status 600", 1, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := serve(t, test.handler)
			err := get(t.Context(), connect(t, u.URL))
			found := failure(t, err)
			if found.Kind != test.kind || found.Retryable != test.again || found.GatewayCredentials {
				t.Errorf("error = %+v", found)
			}
			if err.Error() != test.text {
				t.Errorf("text = %q, want %q", err, test.text)
			}
			if strings.Contains(found.Message, "SECRET") {
				t.Errorf("message = %q", found.Message)
			}
			u.wants(t, test.requests)
		})
	}
}

// F-18: the token does not follow a redirect to another host.
func TestF18ARedirectTakesNoTokenAlong(t *testing.T) {
	thief := serve(t, answer(`{}`))
	u := serve(t, status(302, "", "Location", thief.URL))
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Tokens = fixedToken("token") })
	if kind := rest.KindOf(get(t.Context(), c)); kind != rest.BadResponse {
		t.Errorf("kind = %v", kind)
	}
	thief.wants(t, 0)
}

func TestQuirk084ErrorBodiesInAllForms(t *testing.T) {
	tests := []struct {
		name, body               string
		code, message, requestID string
	}{
		{"esm", `{"error_msg":"wrong","error_code":"AS.0001"}`, "AS.0001", "wrong", "from-header"},
		{
			"gateway", `{"error_code":"APIGW.0301","error_msg":"Incorrect","request_id":"e5f6"}`, "APIGW.0301", "Incorrect",
			"e5f6",
		},
		{
			"iam", `{"error":{"code":400,"message":"The user name is wrong.","title":"Bad Request"}}`, "400",
			"The user name is wrong.", "from-header",
		},
		{
			"iam, title only", `{"error":{"code":400,"message":null,"title":"Bad Request"}}`, "400", "Bad Request",
			"from-header",
		},
		{"html", `<html><body>Bad Gateway</body></html>`, "", "", "from-header"},
		{"array", `["a"]`, "", "", "from-header"},
		{"wrong types", `{"error_code":{"a":1},"error_msg":["x"],"error":"text"}`, "", "", "from-header"},
		{"code of no plain form", `{"error_code":"a b\nc","error_msg":"m"}`, "", "m", "from-header"},
		{"controls", "{\"error_code\":\"A\",\"error_msg\":\"a\\u0000b\\r\\nc\\u202ed\"}", "A", "ab  cd", "from-header"},
		{
			"long", `{"error_code":"A","error_msg":"` + strings.Repeat("错", 1000) + `"}`, "A", strings.Repeat("错", 200),
			"from-header",
		},
		{"empty", ``, "", "", "from-header"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := serve(t, status(400, test.body, "X-Request-Id", "from-header"))
			found := failure(t, get(t.Context(), connect(t, u.URL)))
			if found.Code != test.code || found.Message != test.message || found.RequestID != test.requestID {
				t.Errorf("code = %q, message = %q, request = %q", found.Code, found.Message, found.RequestID)
			}
		})
	}
}

// TestF19F21F23BodiesThatCannotBeRead checks F-19, F-21 and F-23: an answer of 200 that breaks the document.
func TestF19F21F23BodiesThatCannotBeRead(t *testing.T) {
	tests := []struct{ name, body, text string }{
		{"malformed", `{"name":"SECRET`, "not json at byte 15"},
		{"html", `<html>SECRET</html>`, "not json at byte 1"},
		{"empty", ``, "body is empty"},
		{"blank", " \n", "body is empty"},
		{"null", " null\n", "body is null"},
		{"array", `["SECRET"]`, "array where rest_test.thing belongs at byte 1"},
		{"text", `"SECRET"`, "string where rest_test.thing belongs at byte 8"},
		{"field of the wrong kind", `{"name":{"SECRET":1}}`, "object where string belongs in field name at byte 9"},
		{"number too large", `{"size":17e999}`, "number where float64 belongs in field size at byte 14"},
		{"trailing data", `{"name":"a"}{"name":"SECRET"}`, "not json at byte 13"},
		{"not a number", `{"size":NaN}`, "not json at byte 9"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := serve(t, answer(test.body))
			err := get(t.Context(), connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Retries = 2 }))
			found := failure(t, err)
			if found.Kind != rest.BadResponse || !found.Retryable || found.Status != 200 {
				t.Errorf("error = %+v", found)
			}
			if want := "esm readThing: bad response: " + test.text + ": status 200"; err.Error() != want {
				t.Errorf("text = %q, want %q", err, want)
			}
			u.wants(t, 2)
		})
	}
}

// F-31, H-053: a body is bounded after decompression, and refused at once by its Content-Length.
func TestF31TooLarge(t *testing.T) {
	big := `{"name":"` + strings.Repeat("a", 1<<20) + `"}`
	handlers := map[string]http.HandlerFunc{
		"length given": answer(big),
		"chunked": func(w http.ResponseWriter, _ *http.Request) {
			for part := range strings.SplitSeq(big, "aaaa") {
				if _, err := w.Write([]byte(part + "aaaa")); err != nil {
					return
				}
			}
		},
		"gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			_, _ = packed.Write([]byte(big))
			_ = packed.Close()
		},
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			u := serve(t, handler)
			small := read
			small.MaxBytes = 64 << 10
			_, err := rest.Call(t.Context(), connect(t, u.URL), small, rest.Request{})
			if found := failure(t, err); found.Kind != rest.TooLarge || found.Retryable {
				t.Errorf("error = %+v", found)
			}
			u.wants(t, 1)
		})
	}
	t.Run("exactly the cap", func(t *testing.T) {
		u := serve(t, answer(`{"name":"abcd"}`))
		exact := read
		exact.MaxBytes = 15
		if _, err := rest.Call(t.Context(), connect(t, u.URL), exact, rest.Request{}); err != nil {
			t.Error(err)
		}
	})
}

// F-09: an unusable time means ten seconds, and none is longer than two minutes. When that is past the deadline, the
// call gives up at once.
func TestF09RetryAfter(t *testing.T) {
	at := newClock()
	tests := []struct {
		name, header string
		status       int
		want         time.Duration
	}{
		{"429 without", "", 429, 10 * time.Second},
		{"429 seconds", "3", 429, 3 * time.Second},
		{"429 zero", "0", 429, 10 * time.Second},
		{"429 negative", "-1", 429, 10 * time.Second},
		{"429 text", "abc", 429, 10 * time.Second},
		{"429 huge", "99999999", 429, 120 * time.Second},
		{"429 beyond int", "99999999999999999999", 429, 10 * time.Second},
		{"429 date", at.Now().Add(25 * time.Second).Format(http.TimeFormat), 429, 25 * time.Second},
		{"429 date far off", at.Now().Add(time.Hour).Format(http.TimeFormat), 429, 120 * time.Second},
		{"429 date past", at.Now().Add(-time.Hour).Format(http.TimeFormat), 429, 10 * time.Second},
		{"503 seconds", "7", 503, 7 * time.Second},
		{"503 text", "soon", 503, 10 * time.Second},
		{"503 without", "", 503, 0},
		{"500 seconds", "7", 500, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.header != "" {
					w.Header().Set("Retry-After", test.header)
				}
				w.Header()["Date"] = nil // dates count from our own clock then
				w.WriteHeader(test.status)
			})
			// Enough for every retry without a wait, and for no other.
			ctx, cancel := withTimeout(t, 2500*time.Millisecond)
			defer cancel()
			c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Now = at.Now })
			found := failure(t, get(ctx, c))
			if found.RetryAfter != test.want || !found.Retryable {
				t.Errorf("retry after = %v, want %v (error %+v)", found.RetryAfter, test.want, found)
			}
			if ctx.Err() != nil {
				t.Error("waited for the deadline")
			}
			requests := int64(1)
			if test.want == 0 {
				requests = 2
			}
			u.wants(t, requests)
		})
	}
}

func TestRetryAfterIsWaitedFor(t *testing.T) {
	date := newClock().Now().Add(time.Minute)
	var at []time.Time
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		at = append(at, time.Now())
		if len(at) == 1 {
			w.Header()["Date"] = nil
			status(429, "", "Retry-After", date.Format(http.TimeFormat))(w, r)
			return
		}
		answer(`{"name":"a"}`)(w, r)
	})
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) {
		cfg.Now = func() time.Time { return date.Add(-60 * time.Millisecond) }
	})
	response, err := rest.Call(t.Context(), c, read, rest.Request{})
	if err != nil || response.Attempts != 2 {
		t.Fatalf("response = %+v, error = %v", response, err)
	}
	if gap := at[1].Sub(at[0]); gap < 60*time.Millisecond || gap > 5*time.Second {
		t.Errorf("gap = %v, want 60 ms or a little more", gap)
	}
}
