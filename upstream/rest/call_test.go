package rest_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestCallSendsWhatTheRequestSays(t *testing.T) {
	type seen struct {
		Method, Path, Query, Body string
		Header                    map[string]string
	}
	var got seen
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = seen{
			Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, Body: string(body),
			Header: map[string]string{},
		}
		for name := range r.Header {
			got.Header[name] = r.Header.Get(name)
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"name":"a"}`))
	})
	e := rest.Endpoint[thing]{Spec: rest.Spec{
		Operation: "makeThing", Method: "POST",
		Path: "/meter/v1/{domain_id}/jobs/{job_id}",
	}}
	at := newClock()
	c := connect(t, u.URL+"/prefix/", func(cfg *rest.ClientConfig) {
		cfg.Now = at.Now
		cfg.Headers = map[string]rest.Secret{"X-APIG-Appcode": "code", "x-hcso-appcode": "", "x-hcso-domainid": "own"}
		cfg.Tokens = fixedToken("gateway-token")
	})
	ctx := rest.WithIdentity(t.Context(), rest.Identity{Token: "caller-token", DomainID: "tenant"})
	response, err := rest.Call(ctx, c, e, rest.Request{
		Path:   map[string]string{"domain_id": "d-1", "job_id": "job:1+2=3_x.y"},
		Query:  url.Values{"b": {"x y&z"}, "a": {"1"}},
		Header: http.Header{"x-language": {"zh_CN"}},
		Body:   map[string]string{"k": "v"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := seen{
		Method: "POST", Path: "/prefix/meter/v1/d-1/jobs/job:1+2=3_x.y", Query: "a=1&b=x+y%26z", Body: `{"k":"v"}`,
		Header: map[string]string{
			"Accept": "application/json", "Accept-Encoding": "gzip", "Content-Length": "9", "Content-Type": "application/json",
			"User-Agent": "opsgraph", "X-Language": "zh_CN", "X-Apig-Appcode": "code", "X-Hcso-Domainid": "tenant",
			"X-Auth-Token": "caller-token",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if response.Body.Name != "a" || response.Status != 201 || response.Attempts != 1 ||
		!response.ReceivedAt.Equal(at.Now()) {
		t.Errorf("response = %+v", response)
	}
}

func TestCallSendsNoCredentialsWhereNoneAreDue(t *testing.T) {
	var got http.Header
	u := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		_, _ = w.Write([]byte(`{}`))
	})
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) {
		cfg.Headers = map[string]rest.Secret{"X-APIG-Appcode": "code"}
		cfg.Tokens = fixedToken("gateway-token")
	})
	open := read
	open.Unauthenticated = true
	ctx := rest.WithIdentity(t.Context(), rest.Identity{Token: "caller-token", DomainID: "tenant"})
	if _, err := rest.Call(ctx, c, open, rest.Request{}); err != nil {
		t.Fatal(err)
	}
	for name := range got {
		if strings.HasPrefix(name, "X-") {
			t.Errorf("header %s was sent", name)
		}
	}
}

// H-155, H-073, H-159: forbidden requests are refused before anything is sent.
func TestCallRefusesWithoutARequest(t *testing.T) {
	u := serve(t, answer(`{}`))
	c := connect(t, u.URL)
	e := rest.Endpoint[thing]{Spec: rest.Spec{
		System: "esm", Operation: "readThing", Method: "GET", Path: "/v3/{id}/x",
		Reads: true,
	}}
	values := []string{
		"../../v3/users", "a/b", "%2e%2e%2f", "?x=1", "#", ";", "a%00", "a\x00", "", ".", "..", "a b", "a\r\nX-Evil: 1", "ü",
		`a\b`, "@evil", "127.0.0.1#", strings.Repeat("a", 256),
	}
	for _, value := range values {
		t.Run("path "+value[:min(len(value), 20)], func(t *testing.T) {
			_, err := rest.Call(t.Context(), c, e, rest.Request{Path: map[string]string{"id": value}})
			found := failure(t, err)
			if found.Kind != rest.Rejected || found.Status != 0 || found.Retryable {
				t.Errorf("error = %+v", found)
			}
			if value != "" && value != "." && value != ".." && len(value) > 2 && strings.Contains(err.Error(), value) {
				t.Errorf("error %q has the value", err)
			}
		})
	}
	refused := map[string]rest.Request{
		"value too few":   {},
		"value too many":  {Path: map[string]string{"id": "a", "other": "b"}},
		"header":          {Path: map[string]string{"id": "a"}, Header: http.Header{"X-Auth-Token": {"t"}}},
		"header cookie":   {Path: map[string]string{"id": "a"}, Header: http.Header{"Cookie": {"t"}}},
		"header of lines": {Path: map[string]string{"id": "a"}, Header: http.Header{"X-Language": {"a\r\nb"}}},
		"header twice":    {Path: map[string]string{"id": "a"}, Header: http.Header{"X-Language": {"a", "b"}}},
		"body":            {Path: map[string]string{"id": "a"}, Body: func() {}},
	}
	for name, request := range refused {
		t.Run(name, func(t *testing.T) {
			_, err := rest.Call(t.Context(), c, e, request)
			if kind := rest.KindOf(err); kind != rest.Rejected {
				t.Errorf("error = %v, want rejected", err)
			}
		})
	}
	t.Run("token", func(t *testing.T) {
		ctx := rest.WithIdentity(t.Context(), rest.Identity{Token: "a\r\nX-Evil: 1"})
		if kind := rest.KindOf(get(ctx, c)); kind != rest.Unauthenticated {
			t.Errorf("kind = %v, want unauthenticated", kind)
		}
	})
	t.Run("domain", func(t *testing.T) {
		ctx := rest.WithIdentity(t.Context(), rest.Identity{DomainID: "a\nb"})
		if kind := rest.KindOf(get(ctx, c)); kind != rest.Rejected {
			t.Errorf("kind = %v, want rejected", kind)
		}
	})
	t.Run("caller gone", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := get(ctx, c)
		if rest.KindOf(err) != rest.Canceled || !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v, want canceled", err)
		}
	})
	u.wants(t, 0)
}

func TestNotConfigured(t *testing.T) {
	c := connect(t, "")
	if c.Configured() {
		t.Error("client without a url says that it is configured")
	}
	err := get(t.Context(), c)
	if found := failure(t, err); found.Kind != rest.NotConfigured || found.Retryable {
		t.Errorf("error = %+v", found)
	}
	if got, want := err.Error(), "esm readThing: not configured"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
}

func TestNewClientRefuses(t *testing.T) {
	configs := map[string]rest.ClientConfig{
		"scheme":        {BaseURL: "file:///etc/passwd"},
		"no scheme":     {BaseURL: "esm.example"},
		"no host":       {BaseURL: "https://"},
		"no url":        {BaseURL: "http://%zz"},
		"user":          {BaseURL: "https://user:pass@esm.example"},
		"query":         {BaseURL: "https://esm.example/?a=b"},
		"fragment":      {BaseURL: "https://esm.example/#a"},
		"header host":   {Headers: map[string]rest.Secret{"Host": "evil"}},
		"header token":  {Headers: map[string]rest.Secret{"x-auth-token": "t"}},
		"header value":  {Headers: map[string]rest.Secret{"X-Apig-Appcode": "a\nb"}},
		"header cookie": {Headers: map[string]rest.Secret{"Cookie": "a"}},
	}
	for name, cfg := range configs {
		t.Run(name, func(t *testing.T) {
			cfg.System = "esm"
			_, err := rest.NewClient(cfg)
			if err == nil {
				t.Fatal("no error")
			}
			if strings.Contains(err.Error(), "pass") || strings.Contains(err.Error(), "evil") {
				t.Errorf("error %q has the value", err)
			}
		})
	}
}

func TestGzipIsRead(t *testing.T) {
	u := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = packed.Write([]byte("\xef\xbb\xbf" + `{"name":"东莞"}`))
		_ = packed.Close()
	})
	response, err := rest.Call(t.Context(), connect(t, u.URL), read, rest.Request{})
	if err != nil || response.Body.Name != "东莞" {
		t.Errorf("body = %+v, error = %v", response.Body, err)
	}
}

func TestQuirk079AnySuccessStatusAnd204(t *testing.T) {
	for _, code := range []int{200, 201, 202, 206} {
		u := serve(t, status(code, `{"name":"a"}`))
		response, err := rest.Call(t.Context(), connect(t, u.URL), read, rest.Request{})
		if err != nil || response.Body.Name != "a" || response.Status != code {
			t.Errorf("%d: response = %+v, error = %v", code, response, err)
		}
	}
	u := serve(t, status(http.StatusNoContent, ""))
	response, err := rest.Call(t.Context(), connect(t, u.URL), read, rest.Request{})
	if err != nil || response.Body != (thing{}) || response.Status != 204 {
		t.Errorf("204: response = %+v, error = %v", response, err)
	}
}

func TestQuirk085F22ErrorInsideASuccess(t *testing.T) {
	bss := func(cfg *rest.ClientConfig) {
		cfg.SuccessCode = func(code string) bool { return code == "CBC.0000" }
	}
	tests := []struct {
		name, body string
		mend       func(*rest.ClientConfig)
		kind       rest.Kind
		code       string
	}{
		{"accepted", `{"name":"a","error_code":"CBC.0000"}`, bss, rest.None, ""},
		{"locked", `{"error_code":"CBC.3002","error_msg":"resource locked"}`, bss, rest.Rejected, "CBC.3002"},
		{"no rule", `{"error_code":"CBC.0000"}`, noRetries, rest.Rejected, "CBC.0000"},
		{"null", `{"name":"a","error_code":null}`, noRetries, rest.None, ""},
		{"null as text", `{"name":"a","error_code":"null"}`, noRetries, rest.None, ""},
		{"deeper", `{"name":"a","rows":[{"error_code":"X.1"}]}`, noRetries, rest.None, ""},
		{
			"token", `{"error_code":"APIGW.0307","error_msg":"The token must be updated."}`, bss, rest.Unauthenticated,
			"APIGW.0307",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := serve(t, answer(test.body))
			_, err := rest.Call(t.Context(), connect(t, u.URL, test.mend), read, rest.Request{})
			if rest.KindOf(err) != test.kind {
				t.Fatalf("error = %v, want kind %v", err, test.kind)
			}
			if err != nil && (failure(t, err).Code != test.code || failure(t, err).Status != 200) {
				t.Errorf("error = %+v", failure(t, err))
			}
			u.wants(t, 1)
		})
	}
}
