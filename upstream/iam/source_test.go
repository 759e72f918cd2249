package iam_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/iam"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestOneLoginForAllWhoWait(t *testing.T) {
	s := newService(t)
	s.hold = make(chan struct{})
	source := s.source(t, credentials())
	// The first caller leaves; its login goes on for the others.
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := source.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error = %v", err)
	}
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			call := source.Token
			if i%2 == 0 {
				call = func(ctx context.Context) (string, error) { return source.Renew(ctx, "") }
			}
			if token, err := call(t.Context()); err != nil || short(token) != "token-1" {
				t.Errorf("token = %q, error = %v", short(token), err)
			}
		})
	}
	close(s.hold)
	all.Wait()
	s.wants(t, 1)
}

func TestQuirk091RenewalAfterA401(t *testing.T) {
	s := newService(t)
	source := s.source(t, credentials())
	first, err := source.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if token, err := source.Renew(t.Context(), first); err != nil || short(token) != "token-2" {
				t.Errorf("token = %q, error = %v", short(token), err)
			}
		})
	}
	all.Wait()
	s.wants(t, 2)
	second, err := source.Token(t.Context())
	if err != nil || short(second) != "token-2" {
		t.Fatalf("token = %q, error = %v", short(second), err)
	}

	// An interface that answers 401 to every token does not become a storm of logins.
	s.advance(9 * time.Second)
	for range 5 {
		_, err := source.Renew(t.Context(), second)
		found, ok := errors.AsType[*rest.Error](err)
		if !ok || found.Kind != rest.Unauthenticated || !found.GatewayCredentials || found.RetryAfter != time.Second {
			t.Fatalf("error = %+v", err)
		}
	}
	wantToken(t, "token-2")(source.Token(t.Context()))
	s.wants(t, 2)
	s.advance(time.Second)
	wantToken(t, "token-3")(source.Renew(t.Context(), second))
	wantToken(t, "token-3")(source.Renew(t.Context(), first))
	s.wants(t, 3)

	// While IAM fails, the error is its reason and not the interval.
	s.failWith(status(500, ""))
	third, err := source.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.advance(10 * time.Second)
	for range 3 {
		if _, err := source.Renew(t.Context(), third); rest.KindOf(err) != rest.Unavailable {
			t.Errorf("error = %v", err)
		}
	}
	s.wants(t, 4)
}

func TestCloseEndsALogin(t *testing.T) {
	s := newService(t)
	s.hold = make(chan struct{})
	source := s.source(t, credentials())
	done := make(chan error, 1)
	go func() {
		_, err := source.Token(t.Context())
		done <- err
	}()
	testkit.Eventually(t, "no login begins", func() bool { return s.loginsSoFar() > 0 })
	source.Close()
	if err := <-done; rest.KindOf(err) != rest.Canceled {
		t.Errorf("error = %v", err)
	}
	s.advance(time.Minute)
	if _, err := source.Token(t.Context()); rest.KindOf(err) != rest.Canceled {
		t.Errorf("error = %v", err)
	}
	s.wants(t, 1)
}

func (s *identityService) loginsSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// The two work together: a call whose token ended early is repeated once with a new one.
func TestWithACallThatNeedsAToken(t *testing.T) {
	s := newService(t)
	source := s.source(t, credentials())
	var tokens []string
	esm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, short(r.Header.Get("X-Auth-Token")))
		if len(tokens) == 1 {
			status(http.StatusForbidden, `{"error_code":"AS.0002","error_msg":"The token must be updated"}`)(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"a":1}`)
	}))
	t.Cleanup(esm.Close)
	client, err := rest.NewClient(rest.ClientConfig{System: "esm", BaseURL: esm.URL, Tokens: source})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	e := rest.Endpoint[map[string]int]{Spec: rest.Spec{Operation: "readThing", Method: "GET", Path: "/thing", Reads: true}}
	response, err := rest.Call(t.Context(), client, e, rest.Request{})
	if err != nil || response.Body["a"] != 1 || response.Attempts != 2 {
		t.Fatalf("response = %+v, error = %v", response, err)
	}
	if diff := cmp.Diff([]string{"token-1", "token-2"}, tokens); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
	s.wants(t, 2)
}

func TestNotConfigured(t *testing.T) {
	client, err := rest.NewClient(rest.ClientConfig{System: "iam"})
	if err != nil {
		t.Fatal(err)
	}
	source := iam.NewTokenSource(client, credentials(), nil)
	defer source.Close()
	if _, err := source.Token(t.Context()); rest.KindOf(err) != rest.NotConfigured {
		t.Errorf("error = %v", err)
	}
}

func TestEndpoints(t *testing.T) {
	for _, spec := range iam.Endpoints() {
		if spec.System != "iam" || spec.Operation == "" || spec.Reads || !spec.Unauthenticated {
			t.Errorf("spec = %+v", spec)
		}
	}
}
