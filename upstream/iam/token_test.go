package iam_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/opsgraph/opsgraph/upstream/iam"
)

func TestTheRequestIsTheDocumentsOwn(t *testing.T) {
	project, domain := credentials(), credentials()
	domain.DomainScope = true
	byID, unscoped := credentials(), credentials()
	byID.ProjectID, unscoped.ProjectName = "p-1", ""
	tests := []struct {
		name, example string
		cred          iam.Credentials
		scope         any
	}{
		{"project", "createToken.request.json", project, nil},
		{"domain", "createToken.domain.request.json", domain, nil},
		{"project by id", "createToken.request.json", byID, map[string]any{"project": map[string]any{"id": "p-1"}}},
		{"no scope", "createToken.request.json", unscoped, "none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data, err := os.ReadFile(examples + test.example)
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(strings.Replace(string(data), "********", password, 1)), &want); err != nil {
				t.Fatal(err)
			}
			auth := want["auth"].(map[string]any)
			switch test.scope {
			case nil:
			case "none":
				delete(auth, "scope")
			default:
				auth["scope"] = test.scope
			}
			s := newService(t)
			wantToken(t, "token-1")(s.source(t, test.cred).Token(t.Context()))
			if diff := cmp.Diff(want, s.body); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			if s.query != "/v3/auth/tokens?nocatalog=true" {
				t.Errorf("request uri = %q", s.query)
			}
		})
	}
}

// QUIRKS 49, 79, 90: 201, times with microseconds, the token in a header.
func TestQuirk090TheDocumentsAnswerIsRead(t *testing.T) {
	for _, example := range []string{"createToken.illustrative.json", "createToken.domain.illustrative.json"} {
		data, err := os.ReadFile(examples + example)
		if err != nil {
			t.Fatal(err)
		}
		s := newService(t)
		s.failWith(status(http.StatusCreated, string(data), "X-Subject-Token", "documented-"))
		s.mu.Lock()
		s.now = time.Date(2024, 9, 20, 8, 2, 1, 0, time.UTC)
		s.mu.Unlock()
		source := s.source(t, credentials())
		wantToken(t, "documented")(source.Token(t.Context()))
		s.advance(24*time.Hour - 5*time.Minute - 2*time.Second)
		wantToken(t, "documented")(source.Token(t.Context()))
		s.wants(t, 1)
		s.advance(time.Second + time.Second)
		wantToken(t, "documented")(source.Token(t.Context()))
		s.wants(t, 2)
	}
}

func TestQuirk049TheLifeOfATokenIsCountedByOurClock(t *testing.T) {
	const day = 24 * time.Hour
	tests := []struct {
		name           string
		skew, lifetime time.Duration // of the service against us
		renew          time.Duration // after which a new one is fetched
	}{
		{"clocks agree", 0, day, day - 5*time.Minute},
		{"its clock is ahead", time.Hour, day, day - 5*time.Minute},
		{"its clock is behind", -time.Hour, day, day - time.Hour - 5*time.Minute},
		{"its clock is far behind", -30 * day, day, day - 5*time.Minute},
		{"short life", 0, 10 * time.Minute, 9 * time.Minute},
		{"no life at all", 0, -time.Hour, time.Hour - 5*time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newService(t)
			s.skew, s.lifetime = test.skew, test.lifetime
			source := s.source(t, credentials())
			wantToken(t, "token-1")(source.Token(t.Context()))
			s.advance(test.renew - time.Second)
			wantToken(t, "token-1")(source.Token(t.Context()))
			s.wants(t, 1)
			s.advance(time.Second)
			wantToken(t, "token-2")(source.Token(t.Context()))
			s.wants(t, 2)
		})
	}
}
