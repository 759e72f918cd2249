package iam

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

const (
	renewInterval = 10 * time.Second // between two renewals after a 401
	backoffFirst  = time.Second
	backoffLast   = 30 * time.Second
)

var (
	errRenewedLately = errors.New("token was renewed less than 10 s ago")
	errClosed        = errors.New("token source is closed")
)

// TokenSource keeps one token current for all calls of the gateway. It implements [rest.TokenSource] and is safe for
// use by many goroutines.
//
// A login refused with 401 is never tried again: some wrong tries lock the user (QUIRKS 103). Every call that needs a
// new token then fails at once with the same error. Other credentials need a new TokenSource.
type TokenSource struct {
	client *rest.Client
	cred   Credentials
	now    func() time.Time

	mu       sync.Mutex
	current  issued
	refusal  *rest.Error // of the credentials themselves; reset by another password alone
	failure  error       // of the last login, when it may be tried again
	backoff  time.Duration
	tryAt    time.Time // not before, after a failure
	renewed  time.Time // when a renewal after a 401 last began
	inFlight *flight
	closed   bool
	logins   sync.WaitGroup

	// Of logins that no call waits for: see [TokenSource.Ahead].
	after    func(time.Duration) <-chan time.Time
	password chan struct{} // another one was set
	aheadAt  time.Time     // not before
	endAhead context.CancelFunc
}

// flight is one login that any number of callers wait for.
type flight struct {
	done   chan struct{} // closed when token and err are set
	token  string
	err    error
	cancel context.CancelFunc
}

// NewTokenSource returns a source that fetches its first token with the first call, or with [TokenSource.Ahead]. A nil
// now means time.Now; client must be one of IAM. [TokenSource.Close] ends it.
func NewTokenSource(client *rest.Client, cred Credentials, now func() time.Time) *TokenSource {
	if now == nil {
		now = time.Now
	}
	return &TokenSource{client: client, cred: cred, now: now, after: time.After, password: make(chan struct{}, 1)}
}

// Token returns the current token, and fetches a new one in its last five minutes. When that fails, the current token
// is returned while it is valid. Errors are those of createToken; after a failure, calls fail at once for 1 s to 30 s.
func (s *TokenSource) Token(ctx context.Context) (string, error) {
	s.mu.Lock()
	now := s.now()
	living := now.Before(s.current.endsAt)
	if living && now.Before(s.current.renewAt) {
		defer s.mu.Unlock()
		return s.current.token, nil
	}
	token := s.current.token
	f, err := s.join(ctx, now)
	s.mu.Unlock()
	if err == nil {
		fresh, waitErr := f.wait(ctx)
		if waitErr == nil || ctx.Err() != nil {
			return fresh, waitErr
		}
		err = waitErr
	}
	if living {
		return token, nil
	}
	return "", err
}

// Project returns the id of the current token's project; empty when the token is for an account. It fetches a token
// when there is none; errors are those of [TokenSource.Token].
func (s *TokenSource) Project(ctx context.Context) (string, error) {
	if _, err := s.Token(ctx); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current.project, nil
}

// Renew returns a token other than the rejected one, which was answered with 401. It calls IAM only when the current
// token is the rejected one, once for all callers, and once in ten seconds at most: an interface that answers every
// token with 401 must not cause a storm of logins.
func (s *TokenSource) Renew(ctx context.Context, rejected string) (string, error) {
	s.mu.Lock()
	now := s.now()
	if s.current.token != rejected && now.Before(s.current.endsAt) {
		defer s.mu.Unlock()
		return s.current.token, nil
	}
	f, err := s.renew(ctx, now)
	s.mu.Unlock()
	if err != nil {
		return "", err
	}
	return f.wait(ctx)
}

// renew joins a login or begins one, unless the last renewal is too recent. The caller holds the lock.
func (s *TokenSource) renew(ctx context.Context, now time.Time) (*flight, error) {
	wait := s.renewed.Add(renewInterval).Sub(now)
	if wait > 0 && s.inFlight == nil && s.refusal == nil {
		if s.failure != nil {
			return nil, s.failure
		}
		failure := createToken.Fail(rest.Unauthenticated, errRenewedLately)
		failure.GatewayCredentials, failure.RetryAfter = true, wait
		return nil, failure
	}
	f, err := s.join(ctx, now)
	if err == nil {
		s.renewed = now
	}
	return f, err
}

// SetPassword takes another password for the logins to come. The current token stays, and a login under way ends with
// the old password.
func (s *TokenSource) SetPassword(password rest.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if password == s.cred.Password {
		return // a wrong one must not be tried again
	}
	s.cred.Password = password
	s.refusal, s.failure, s.backoff, s.tryAt = nil, nil, 0, time.Time{}
	select {
	case s.password <- struct{}{}:
	default:
	}
}

// Retry forgets that the last login failed where it may be tried again, such as for want of a connection: what it
// failed for may have been mended. A refused password stays refused.
func (s *TokenSource) Retry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure, s.backoff, s.tryAt = nil, 0, time.Time{}
}

// Close ends a login under way and waits for it. Later calls that need a new token fail.
func (s *TokenSource) Close() {
	s.mu.Lock()
	s.closed = true
	if s.inFlight != nil {
		s.inFlight.cancel()
	}
	if s.endAhead != nil {
		s.endAhead()
	}
	s.mu.Unlock()
	s.logins.Wait()
}

// join returns the login under way or begins one, unless it would certainly fail. The caller holds the lock.
func (s *TokenSource) join(ctx context.Context, now time.Time) (*flight, error) {
	switch {
	case s.refusal != nil:
		return nil, s.refusal
	case s.inFlight != nil:
		return s.inFlight, nil
	case s.closed:
		return nil, createToken.Fail(rest.Canceled, errClosed)
	case now.Before(s.tryAt):
		return nil, s.failure
	}
	// The login serves all callers that wait, so it outlives the first one.
	shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{done: make(chan struct{}), cancel: cancel}
	s.inFlight = f
	credentials := s.cred
	s.logins.Go(func() {
		defer cancel()
		s.land(shared, f, credentials)
	})
	return f, nil
}

// land runs the login and keeps its outcome before the waiting callers go on: their next call sees the new state.
func (s *TokenSource) land(ctx context.Context, f *flight, credentials Credentials) {
	fresh, err := login(ctx, s.client, credentials)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	s.inFlight = nil
	f.token, f.err = fresh.token, err
	if err == nil {
		s.current = fresh
		s.failure, s.backoff, s.tryAt = nil, 0, time.Time{}
		return
	}
	s.backoff = min(max(2*s.backoff, backoffFirst), backoffLast)
	wait := s.backoff
	if failure, ok := errors.AsType[*rest.Error](err); ok {
		if failure.Status == http.StatusUnauthorized && credentials.Password == s.cred.Password {
			s.refusal = failure
			return
		}
		wait = max(wait, failure.RetryAfter)
	}
	s.failure, s.tryAt = err, s.now().Add(wait)
}

// wait returns the outcome of the login, or the error of ctx when that ends first.
func (f *flight) wait(ctx context.Context) (string, error) {
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
