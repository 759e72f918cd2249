package iam_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/opsgraph/opsgraph/upstream/iam"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	examples = "../simulator/reference/examples/"
	password = "CANARY-8c21 <&> pass"
)

// identityService is a real server that answers createToken as its document says.
type identityService struct {
	*httptest.Server

	mu       sync.Mutex
	now      time.Time // its clock and, moved with it, the gateway's
	skew     time.Duration
	lifetime time.Duration
	logins   int
	body     map[string]any
	query    string
	fail     http.HandlerFunc // in place of a token
	hold     chan struct{}    // closed to let logins go on
}

func newService(t *testing.T) *identityService {
	t.Helper()
	s := &identityService{now: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC), lifetime: 24 * time.Hour}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *identityService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.logins++
	number, fail, hold := s.logins, s.fail, s.hold
	s.query = r.URL.RequestURI()
	s.body = nil
	if err := json.NewDecoder(r.Body).Decode(&s.body); err != nil {
		fail = status(http.StatusBadRequest, `{"error_code":"IAM.0001","error_msg":"not json"}`)
	}
	issued := s.now.Add(s.skew)
	expires := issued.Add(s.lifetime)
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	if fail != nil {
		fail(w, r)
		return
	}
	const layout = "2006-01-02T15:04:05.000000Z"
	// A real token is a text of several kilobytes.
	w.Header().Set("X-Subject-Token", fmt.Sprintf("token-%d-", number)+strings.Repeat("x", 8<<10))
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"token":{"expires_at":%q,"issued_at":%q,"methods":["password"],"catalog":[],"user":{}}}`,
		expires.Format(layout), issued.Format(layout))
}

func status(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func (s *identityService) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *identityService) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *identityService) failWith(h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = h
}

func (s *identityService) wants(t *testing.T, logins int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.logins != logins {
		t.Errorf("logins = %d, want %d", s.logins, logins)
	}
}

// source returns a token source of s, by the clock of s.
func (s *identityService) source(t *testing.T, cred iam.Credentials) *iam.TokenSource {
	t.Helper()
	client, err := rest.NewClient(rest.ClientConfig{System: "iam", BaseURL: s.URL, Now: s.Now, Retries: 2})
	if err != nil {
		t.Fatal(err)
	}
	source := iam.NewTokenSource(client, cred, s.Now)
	t.Cleanup(func() {
		source.Close()
		client.Close()
	})
	return source
}

func credentials() iam.Credentials {
	return iam.Credentials{Username: "username", Password: password, DomainName: "domainname", ProjectName: "xxxxxxxx"}
}

// short returns the part of a token that identifies its login.
func short(token string) string {
	if i := strings.LastIndex(token, "-"); i > 0 {
		return token[:i]
	}
	return token
}

func wantToken(t *testing.T, want string) func(string, error) {
	t.Helper()
	return func(token string, err error) {
		t.Helper()
		if err != nil || short(token) != want {
			t.Fatalf("token = %q, error = %v, want %q", short(token), err, want)
		}
	}
}
