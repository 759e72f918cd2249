package streams

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/opsgraph/opsgraph/internal/httpapi"
	"github.com/opsgraph/opsgraph/resolvers"
)

const (
	// sharedFor is how long the answer to an event is given to further equal subscriptions. It is short: what an event's
	// fields lead to is read when the event comes, and one who goes on after an old event reads it anew.
	sharedFor = time.Second
	// mostShared bounds the answers that are kept, in bytes. Those who wait for an answer get it in any case.
	mostShared = 16 << 20
)

// Sharing has subscriptions that ask the same share the answer to each event: one of them executes it, and it is
// written as JSON once. Each keeps its own place in its stream, its own admission and its own pace. An answer with an
// error is never shared: each of the others then executes the event itself, with its own credentials. It is safe for
// concurrent use.
type Sharing struct {
	now func() time.Time

	mu      sync.Mutex
	members map[equal]int // how many subscriptions ask this
	answers map[eventOfEqual]*sharedAnswer
	kept    []*sharedAnswer // of answers, those that are there, by age
	bytes   int             // of kept
}

// equal is a hash of all that an answer to a subscription's event hangs on, but for the event.
type equal [sha256.Size]byte

type eventOfEqual struct {
	equal    equal
	id, kind string
}

// sharedAnswer is the answer to one event for equal subscriptions.
type sharedAnswer struct {
	of   eventOfEqual
	done chan struct{} // closed when the fields below are set

	response *graphql.Response // nil: it is not to be shared
	payload  []byte
	until    time.Time
}

// NewSharing makes a Sharing by the clock of the gateway.
func NewSharing(now func() time.Time) *Sharing {
	return &Sharing{now: now, members: map[equal]int{}, answers: map[eventOfEqual]*sharedAnswer{}}
}

// Asked is what answers to a subscription hang on beside its document, operation and variables.
type Asked struct {
	// Scope and DomainID are whose data are read: an answer never leaves its tenant.
	Scope, DomainID string
	// MaxAge is the oldest data that the caller takes; zero: any.
	MaxAge time.Duration
}

type memberKey struct{}

// Join counts the subscription that begins among those that share; it is a stage of operations within the one that lets
// events be announced.
func (s *Sharing) Join(ctx context.Context, asked Asked) context.Context {
	key, ok := equalOf(graphql.GetOperationContext(ctx), asked)
	if !ok || !resolvers.OfferEvents(ctx) {
		return ctx
	}
	s.mu.Lock()
	s.members[key]++
	s.mu.Unlock()
	context.AfterFunc(ctx, func() { // which its transport ends
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.members[key]--; s.members[key] == 0 {
			delete(s.members, key)
		}
	})
	return context.WithValue(ctx, memberKey{}, key)
}

// equalOf is the hash of a subscription; false when its document is not known as text or its variables have no JSON.
func equalOf(operation *graphql.OperationContext, asked Asked) (key equal, ok bool) {
	text, err := json.Marshal([]any{
		operation.RawQuery, operation.OperationName, operation.Variables, asked.Scope, asked.DomainID, asked.MaxAge,
	})
	return sha256.Sum256(text), err == nil && operation.RawQuery != ""
}

// Answer answers the next event of a subscription; it is the outermost stage of answers.
func (s *Sharing) Answer(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	key, joined := ctx.Value(memberKey{}).(equal)
	if !joined {
		return next(ctx)
	}
	offer, ok := resolvers.NextOffer(ctx)
	if !ok {
		return next(ctx) // its end, or the error that it did not begin by
	}
	answer, leads := s.place(key, offer)
	switch {
	case answer == nil:
		offer.Execute()
		return next(ctx)
	case leads:
		offer.Execute()
		return s.lead(ctx, answer, next)
	}
	select {
	case <-answer.done:
	case <-ctx.Done():
		return next(ctx) // which sees that, too
	}
	if answer.response == nil || !acceptedNow(ctx) {
		offer.Execute()
		return next(ctx)
	}
	offer.Skip()
	of := eventOf(ctx)
	of.id, of.payload = offer.EventID, answer.payload
	return answer.response
}

// acceptedNow reports whether the caller's credentials are accepted: who has lost them gets no answer that was made
// with those of another.
func acceptedNow(ctx context.Context) bool {
	a, ok := ctx.Value(presentKey{}).(*admission)
	if !ok {
		return true
	}
	_, accepted := a.accepted()
	return accepted
}

// place finds the answer to an event, which another subscription makes or has made, or begins it. It returns nil for
// an event that is nobody else's.
func (s *Sharing) place(key equal, offer resolvers.Offer) (answer *sharedAnswer, leads bool) {
	if offer.Kind == "" {
		return nil, false
	}
	of := eventOfEqual{key, offer.EventID, offer.Kind}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	if answer = s.answers[of]; answer != nil || s.members[key] < 2 {
		return answer, false
	}
	answer = &sharedAnswer{of: of, done: make(chan struct{})}
	s.answers[of] = answer
	return answer, true
}

// lead executes an event for all who wait for its answer.
func (s *Sharing) lead(ctx context.Context, answer *sharedAnswer, next graphql.ResponseHandler) *graphql.Response {
	defer close(answer.done) // after a panic, too
	made := false
	defer func() {
		if !made {
			s.drop(answer)
		}
	}()
	response := next(ctx)
	if ctx.Err() != nil || response == nil || len(response.Errors) > 0 || len(response.Data) == 0 {
		return response // what ails this one is not the others'
	}
	var payload bytes.Buffer
	if httpapi.Encode(&payload, response) != nil {
		return response // reported by the transport
	}
	made = true
	answer.payload = payload.Bytes()
	answer.response = &graphql.Response{Data: bytes.Clone(response.Data), Extensions: response.Extensions}
	s.keep(answer)
	eventOf(ctx).payload = answer.payload
	return response
}

// keep keeps an answer that was made for those who come a little later.
func (s *Sharing) keep(answer *sharedAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer.until = s.now().Add(sharedFor)
	s.kept = append(s.kept, answer)
	s.bytes += answer.size()
	s.forget()
}

// drop forgets an answer that could not be made.
func (s *Sharing) drop(answer *sharedAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.answers, answer.of)
}

// forget drops the answers that have been kept long enough, and the oldest where they are too many. The lock is held.
func (s *Sharing) forget() {
	now, n := s.now(), 0
	for ; n < len(s.kept) && (s.bytes > mostShared || !now.Before(s.kept[n].until)); n++ {
		delete(s.answers, s.kept[n].of)
		s.bytes -= s.kept[n].size()
		s.kept[n] = nil
	}
	s.kept = s.kept[n:]
}

func (a *sharedAnswer) size() int { return len(a.payload) + len(a.response.Data) }
