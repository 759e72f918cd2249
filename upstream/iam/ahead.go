package iam

import (
	"context"
	"time"
)

// leastPause is between two logins that no call waits for: tokens that live shorter are left to the calls.
const leastPause = 10 * time.Second

// Ahead logs in now, in the background, and again before calls would have to wait for a renewal, until Close. What a
// failure means holds here too: a refused login is not tried again until there is another password, and any other one
// not before its pause is over. It is called once.
func (s *TokenSource) Ahead() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.endAhead = cancel
	s.logins.Go(func() { s.keepAhead(ctx) })
}

func (s *TokenSource) keepAhead(ctx context.Context) {
	for {
		f, pause, due := s.ahead(ctx)
		switch {
		case f != nil:
			_, _ = f.wait(ctx) // its outcome is the source's
		case due:
			s.await(ctx, pause)
		default: // refused
			s.await(ctx, -1)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// await waits for a pause, forever where it is negative, or for another password.
func (s *TokenSource) await(ctx context.Context, pause time.Duration) {
	var over <-chan time.Time
	if pause >= 0 {
		over = s.after(pause)
	}
	select {
	case <-over:
	case <-s.password:
	case <-ctx.Done():
	}
}

// ahead is the login to wait for, begun if it is due, or how long to wait until one is; neither after a refusal.
func (s *TokenSource) ahead(ctx context.Context) (f *flight, pause time.Duration, due bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	// As long before the renewal by calls as that is before the end.
	at := s.current.renewAt.Add(s.current.renewAt.Sub(s.current.endsAt))
	for _, notBefore := range []time.Time{s.tryAt, s.aheadAt} {
		if notBefore.After(at) {
			at = notBefore
		}
	}
	switch {
	case s.refusal != nil:
		return nil, 0, false
	case s.inFlight != nil:
		return s.inFlight, 0, true
	case now.Before(at):
		return nil, at.Sub(now), true
	}
	f, err := s.join(ctx, now)
	if err != nil { // closed
		return nil, leastPause, true
	}
	s.aheadAt = now.Add(leastPause)
	return f, 0, true
}
