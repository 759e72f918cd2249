package rest_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// fixedToken is a source whose token cannot be renewed.
type fixedToken string

func (f fixedToken) Token(context.Context) (string, error)         { return string(f), nil }
func (f fixedToken) Renew(context.Context, string) (string, error) { return string(f), nil }

// renewable is a source that gives a new token for each renewal.
type renewable struct {
	mu      sync.Mutex
	token   string
	next    string
	err     error
	renewed atomic.Int64
}

func (r *renewable) Token(context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.token, nil
}

func (r *renewable) Renew(_ context.Context, rejected string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.renewed.Add(1)
	if r.err != nil {
		return "", r.err
	}
	if rejected == r.token {
		r.token = r.next
	}
	return r.token, nil
}

// accepting answers 401 to every token but one.
func accepting(token string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Auth-Token") != token {
			status(http.StatusUnauthorized,
				`{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information","request_id":"r-1"}`)(w, r)
			return
		}
		answer(`{"name":"a"}`)(w, r)
	}
}

// When a call without credentials is refused access, neither the gateway's credentials nor a caller's are at fault.
func TestACallWithoutCredentialsIsRefused(t *testing.T) {
	open := read
	open.Unauthenticated = true
	for _, code := range []int{401, 403} {
		u := serve(t, status(code, `{"error_code":"AS.0403","error_msg":"no"}`))
		_, err := rest.Call(t.Context(), connect(t, u.URL), open, rest.Request{})
		if found := failure(t, err); found.Kind != rest.Rejected || found.GatewayCredentials || found.Retryable ||
			found.Status != code {
			t.Errorf("error = %+v", found)
		}
		u.wants(t, 1)
	}
}

func TestQuirk083A401RenewsOnceAndRepeatsOnce(t *testing.T) {
	t.Run("renewed", func(t *testing.T) {
		u := serve(t, accepting("new"))
		source := &renewable{token: "old", next: "new"}
		counter := &countingQuota{}
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Tokens, cfg.Quota = source, counter })
		response, err := rest.Call(t.Context(), c, scarce, rest.Request{})
		if err != nil || response.Attempts != 2 {
			t.Fatalf("response = %+v, error = %v", response, err)
		}
		u.wants(t, 2)
		if got := counter.taken(); got != 2 {
			t.Errorf("quota taken = %d, want 2: the repeat is a call too", got)
		}
	})
	t.Run("rejected again", func(t *testing.T) {
		u := serve(t, accepting("other"))
		source := &renewable{token: "old", next: "new"}
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Tokens = source })
		found := failure(t, get(t.Context(), c))
		if found.Kind != rest.Unauthenticated || !found.GatewayCredentials || found.Retryable || found.Code != "APIGW.0301" ||
			found.RequestID != "r-1" {
			t.Errorf("error = %+v", found)
		}
		u.wants(t, 2)
		if got := source.renewed.Load(); got != 1 {
			t.Errorf("renewals = %d, want 1", got)
		}
	})
	t.Run("nothing newer", func(t *testing.T) {
		u := serve(t, accepting("other"))
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Tokens = fixedToken("old") })
		if kind := rest.KindOf(get(t.Context(), c)); kind != rest.Unauthenticated {
			t.Errorf("kind = %v", kind)
		}
		u.wants(t, 1)
	})
	t.Run("renewal fails", func(t *testing.T) {
		u := serve(t, accepting("other"))
		reason := &rest.Error{System: "iam", Operation: "createToken", Kind: rest.Unavailable, Retryable: true}
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Tokens = &renewable{token: "old", err: reason} })
		if err := get(t.Context(), c); !errors.Is(err, reason) {
			t.Errorf("error = %v, want that of the renewal", err)
		}
		u.wants(t, 1)
	})
	t.Run("403 is not repeated", func(t *testing.T) {
		u := serve(t, status(http.StatusForbidden, `{"error_code":"AS.0003","error_msg":"authorization failed"}`))
		source := &renewable{token: "old", next: "new"}
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Tokens = source })
		found := failure(t, get(t.Context(), c))
		if found.Kind != rest.Forbidden || !found.GatewayCredentials || source.renewed.Load() != 0 {
			t.Errorf("error = %+v", found)
		}
		u.wants(t, 1)
	})
}

// F-15: a caller's token is not renewed, and its failure is not the gateway's.
func TestACallersTokenIsNeverRenewed(t *testing.T) {
	for _, code := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		u := serve(t, status(code, `{"error_code":"AS.0002","error_msg":"no"}`))
		source := &renewable{token: "gateway", next: "new"}
		c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Tokens = source })
		ctx := rest.WithIdentity(t.Context(), rest.Identity{Scope: "t/a", Token: "caller"})
		found := failure(t, get(ctx, c))
		if found.GatewayCredentials || found.Retryable || source.renewed.Load() != 0 {
			t.Errorf("%d: error = %+v, renewals = %d", code, found, source.renewed.Load())
		}
		u.wants(t, 1)
	}
}

// When IAM gives no token, the called system is not at fault: no quota is spent and no circuit opens.
func TestATokenThatCannotBeHad(t *testing.T) {
	u := serve(t, answer(`{}`))
	counter := &countingQuota{}
	reason := &rest.Error{System: "iam", Operation: "createToken", Kind: rest.Unavailable, Retryable: true}
	c := connect(t, u.URL, func(cfg *rest.ClientConfig) { cfg.Tokens, cfg.Quota = brokenSource{reason}, counter })
	for range 10 {
		if _, err := rest.Call(t.Context(), c, scarce, rest.Request{}); !errors.Is(err, reason) {
			t.Fatalf("error = %v, want that of the source", err)
		}
	}
	u.wants(t, 0)
	if counter.taken() != 0 || c.Circuit("scarceThing") != "closed" {
		t.Errorf("quota taken = %d, circuit = %s", counter.taken(), c.Circuit("scarceThing"))
	}
}

type brokenSource struct{ err error }

func (b brokenSource) Token(context.Context) (string, error)         { return "", b.err }
func (b brokenSource) Renew(context.Context, string) (string, error) { return "", b.err }
