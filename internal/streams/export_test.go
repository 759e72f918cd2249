package streams

import "context"

// ParseMessage lets the fuzzer read messages of a WebSocket.
func ParseMessage(text []byte) (kind, id string, err error) {
	m, err := parseMessage(text, 32)
	return m.kind, m.id, err
}

// WithCredentials gives a subscription the credentials of a caller, accepted as long as that says so.
func WithCredentials(ctx context.Context, accepted func() bool) context.Context {
	a := &admission{options: Options{Accepted: func(context.Context) bool { return accepted() }}}
	a.held.Store(&ctx)
	return withAdmission(ctx, a)
}

// Payload gives a subscription what its transport keeps of each event, and returns how that is read.
func Payload(ctx context.Context) (_ context.Context, of func() (id string, payload []byte)) {
	e := &event{}
	return context.WithValue(ctx, eventKey{}, e), func() (string, []byte) { return e.id, e.payload }
}

// Kept counts the answers that are kept, and the groups of equal subscriptions.
func (s *Sharing) Kept() (answers, groups int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.answers), len(s.members)
}
