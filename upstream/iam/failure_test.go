package iam_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestALivingTokenIsGivenWhenNoNewOneCanBeHad(t *testing.T) {
	s := newService(t)
	source := s.source(t, credentials())
	wantToken(t, "token-1")(source.Token(t.Context()))
	s.failWith(status(http.StatusServiceUnavailable, ""))
	s.advance(24*time.Hour - time.Minute)
	for range 3 {
		wantToken(t, "token-1")(source.Token(t.Context()))
	}
	s.wants(t, 2)
	s.advance(time.Minute)
	if _, err := source.Token(t.Context()); rest.KindOf(err) != rest.Unavailable {
		t.Errorf("error = %v", err)
	}
	s.failWith(nil)
	s.advance(time.Minute)
	wantToken(t, "token-4")(source.Token(t.Context()))
}

func TestQuirk103AWrongPasswordIsNeverTriedAgain(t *testing.T) {
	s := newService(t)
	s.failWith(status(http.StatusUnauthorized,
		`{"error":{"code":401,"message":"The username or password is wrong: `+password+`","title":"Refused"}}`))
	source := s.source(t, credentials())
	var first error
	for i := range 5 {
		_, err := source.Token(t.Context())
		found, ok := errors.AsType[*rest.Error](err)
		if !ok || found.Kind != rest.Rejected || !found.GatewayCredentials || found.Retryable || found.Status != 401 {
			t.Fatalf("error = %+v", err)
		}
		if got, want := err.Error(), "iam createToken: rejected: status 401: code 401"; got != want {
			t.Errorf("text = %q, want %q", got, want)
		}
		if strings.Contains(found.Message, "CANARY") {
			t.Errorf("message = %q", found.Message)
		}
		if i == 0 {
			first = err
		} else if !errors.Is(err, first) {
			t.Error("a later call gives another error")
		}
		s.advance(time.Hour)
	}
	if _, err := source.Renew(t.Context(), ""); !errors.Is(err, first) {
		t.Errorf("renewal: error = %v", err)
	}
	s.wants(t, 1)
	s.failWith(nil)
	wantToken(t, "token-2")(s.source(t, credentials()).Token(t.Context()))
}

func TestARefusalOfTheRenewalLeavesALivingToken(t *testing.T) {
	s := newService(t)
	source := s.source(t, credentials())
	wantToken(t, "token-1")(source.Token(t.Context()))
	s.failWith(status(http.StatusUnauthorized, ""))
	s.advance(24*time.Hour - time.Minute)
	wantToken(t, "token-1")(source.Token(t.Context()))
	s.advance(time.Minute)
	for range 3 {
		if _, err := source.Token(t.Context()); rest.KindOf(err) != rest.Rejected {
			t.Errorf("error = %v", err)
		}
	}
	s.wants(t, 2)
}

// hangUp ends the connection where an answer belongs.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// Failures that may pass are retryable, refusals of the credentials are not.
func TestOtherFailuresBackOff(t *testing.T) {
	tests := []struct {
		name    string
		handler http.HandlerFunc
		kind    rest.Kind
		own     bool
		delays  []time.Duration
	}{
		{"502 with HTML", status(502, "<html>"), rest.Unavailable, false, []time.Duration{1 * time.Second, 2 * time.Second}},
		{"reset", hangUp, rest.Unavailable, false, []time.Duration{1 * time.Second, 2 * time.Second}},
		{"500", status(500, ""), rest.Unavailable, false, []time.Duration{
			1 * time.Second, 2 * time.Second, 4 * time.Second,
			8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second,
		}},
		{
			"403", status(403, `{"error_code":"IAM.0011","error_msg":"Refused"}`), rest.Rejected, true,
			[]time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second},
		},
		{"400", status(400, ""), rest.Rejected, true, []time.Duration{1 * time.Second, 2 * time.Second}},
		{"404", status(404, ""), rest.Rejected, true, []time.Duration{1 * time.Second, 2 * time.Second}},
		{
			"429", status(429, "", "Retry-After", "20"), rest.RateLimited, false,
			[]time.Duration{20 * time.Second, 20 * time.Second},
		},
		{"no token", status(201, `{"token":{}}`), rest.BadResponse, false, []time.Duration{1 * time.Second, 2 * time.Second}},
		{
			"not json", status(201, `<html>`, "X-Subject-Token", "t"), rest.BadResponse, false,
			[]time.Duration{1 * time.Second, 2 * time.Second},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newService(t)
			s.failWith(test.handler)
			source := s.source(t, credentials())
			for i, delay := range test.delays {
				for range 2 { // the second is answered from memory
					_, err := source.Token(t.Context())
					found, ok := errors.AsType[*rest.Error](err)
					if !ok || found.Kind != test.kind || found.GatewayCredentials != test.own || found.Retryable == test.own {
						t.Fatalf("error = %+v, want kind %v", err, test.kind)
					}
				}
				s.wants(t, i+1)
				s.advance(delay - time.Millisecond)
				if _, err := source.Token(t.Context()); err == nil {
					t.Fatal("no error")
				}
				s.wants(t, i+1)
				s.advance(time.Millisecond)
			}
			s.failWith(nil)
			wantToken(t, fmt.Sprintf("token-%d", len(test.delays)+1))(source.Token(t.Context()))
		})
	}
}
