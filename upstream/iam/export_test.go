package iam

import "time"

// Pauses has a source wait by a function in place of a timer, before [TokenSource.Ahead].
func (s *TokenSource) Pauses(after func(time.Duration) <-chan time.Time) { s.after = after }
