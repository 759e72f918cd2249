package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"sync"
	"time"
)

const (
	tokenLife  = 24 * time.Hour
	tokenBytes = 1536 // about 2 KiB as text, as long as a real one
	mostTokens = 10_000
	wrongTries = 5
	lockedFor  = 15 * time.Minute
)

// token is the account and scope of an issued token.
type token struct {
	account Account
	project bool // else it is scoped to the account
	issued  time.Time
	expires time.Time
}

// tokenStore holds the issued tokens and the count of wrong passwords.
type tokenStore struct {
	mu     sync.Mutex
	tokens map[string]token
	wrong  int
	locked time.Time // until then
}

func newTokenStore() *tokenStore { return &tokenStore{tokens: map[string]token{}} }

// issue makes a token.
func (s *tokenStore) issue(now time.Time, account Account, project bool) (string, token) {
	t := token{account: account, project: project, issued: now, expires: now.Add(tokenLife)}
	raw := make([]byte, tokenBytes)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the process instead
	text := "MIIF" + base64.RawURLEncoding.EncodeToString(raw)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tokens) >= mostTokens {
		s.forget(now)
	}
	s.tokens[text] = t
	s.wrong = 0
	return text, t
}

// forget drops the ended tokens, and all when that is not enough.
func (s *tokenStore) forget(now time.Time) {
	maps.DeleteFunc(s.tokens, func(_ string, t token) bool { return !t.expires.After(now) })
	if len(s.tokens) >= mostTokens {
		clear(s.tokens)
	}
}

// find returns the token of a text; ok is false when it is unknown or has ended.
func (s *tokenStore) find(text string, now time.Time) (t token, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, known := s.tokens[text]
	return t, known && t.expires.After(now)
}

// revoke ends all tokens, or those of the account with a domain id.
func (s *tokenStore) revoke(domainID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.tokens, func(_ string, t token) bool { return domainID == "" || t.account.DomainID == domainID })
}

// unlock forgets the wrong passwords.
func (s *tokenStore) unlock() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong, s.locked = 0, time.Time{}
}

// isLocked reports whether the user is locked.
func (s *tokenStore) isLocked(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.locked.After(now)
}

// wrongPassword counts a wrong password and locks the user after the fifth (QUIRKS 103).
func (s *tokenStore) wrongPassword(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong++
	if s.wrong >= wrongTries {
		s.wrong, s.locked = 0, now.Add(lockedFor)
	}
}

// randomID is 32 random hexadecimal digits: the id of a job, a task or a request. It is never drawn by seed, so that a
// restarted simulator does not repeat ids that a client still remembers.
func randomID() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the process instead
	return hex.EncodeToString(raw)
}
