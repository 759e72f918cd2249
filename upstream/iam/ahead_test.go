package iam_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/upstream/iam"
	"github.com/opsgraph/opsgraph/upstream/rest"
)

// pauses are the waits of a source that logs in ahead; each ends when the test lets it.
type pauses struct {
	lengths chan time.Duration
	over    chan time.Time
}

// ahead is a source that logs in ahead, by the clock of the service.
func (s *identityService) ahead(t *testing.T) (*iam.TokenSource, pauses) {
	t.Helper()
	source, p := s.source(t, credentials()), pauses{make(chan time.Duration, 100), make(chan time.Time)}
	source.Pauses(func(length time.Duration) <-chan time.Time {
		p.lengths <- length
		return p.over
	})
	source.Ahead()
	return source, p
}

// pass waits for a pause of a length and lets it be over.
func (p pauses) pass(t *testing.T, s *identityService, want time.Duration) {
	t.Helper()
	p.wants(t, want)
	s.advance(want)
	p.over <- s.Now()
}

func (p pauses) wants(t *testing.T, want time.Duration) {
	t.Helper()
	if got := <-p.lengths; got != want {
		t.Fatalf("pause of %s, want %s", got, want)
	}
}

func TestAheadCallsNeverWait(t *testing.T) {
	s := newService(t)
	source, p := s.ahead(t)
	const untilRenewal = 24*time.Hour - 10*time.Minute
	p.pass(t, s, untilRenewal)
	p.wants(t, untilRenewal) // the second login is over
	s.wants(t, 2)
	s.hold = make(chan struct{}) // a call that needed a login would hang
	wantToken(t, "token-2")(source.Token(t.Context()))
}

func TestAheadFollowsTheRulesOfFailures(t *testing.T) {
	s := newService(t)
	s.failWith(status(http.StatusServiceUnavailable, "", "Retry-After", "0"))
	source, p := s.ahead(t)
	if _, err := source.Token(t.Context()); rest.KindOf(err) != rest.Unavailable {
		t.Errorf("error = %v", err)
	}
	tries := s.loginsSoFar() // the attempts of one login
	for range 4 {
		p.pass(t, s, 10*time.Second)
	}
	p.wants(t, 16*time.Second) // the backoff has grown above the least pause
	s.wants(t, 5*tries)
	s.failWith(nil)
	s.advance(16 * time.Second)
	p.over <- s.Now()
	p.wants(t, 24*time.Hour-10*time.Minute)
	s.wants(t, 5*tries+1)
	wantToken(t, fmt.Sprint("token-", 5*tries+1))(source.Token(t.Context()))
}

func TestAheadNeverRepeatsARefusedLogin(t *testing.T) {
	s := newService(t)
	s.failWith(status(http.StatusUnauthorized, `{"error_code":"IAM.0101"}`))
	source, p := s.ahead(t)
	testkit.Eventually(t, "no login at the start", func() bool {
		_, err := source.Token(t.Context())
		return rest.KindOf(err) == rest.Rejected
	})
	s.advance(24 * time.Hour)
	s.failWith(nil)
	s.wants(t, 1)
	source.SetPassword("another")
	p.wants(t, 24*time.Hour-10*time.Minute)
	s.wants(t, 2)
	wantToken(t, "token-2")(source.Token(t.Context()))
}

func TestAheadLeavesShortTokensToCalls(t *testing.T) {
	s := newService(t)
	s.lifetime = 2 * time.Second
	source, p := s.ahead(t)
	p.wants(t, 10*time.Second)
	s.wants(t, 1)
	s.advance(3 * time.Second)
	wantToken(t, "token-2")(source.Token(t.Context()))
}

func TestAheadEndsWhileALoginHangs(t *testing.T) {
	s := newService(t)
	s.hold = make(chan struct{})
	source := s.source(t, credentials())
	source.Ahead()
	testkit.Eventually(t, "no login begins", func() bool { return s.loginsSoFar() > 0 })
	source.Close() // goleak sees what is left
	source.Ahead()
	s.wants(t, 1)
}
