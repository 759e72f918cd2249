package streams_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/streams"
	"github.com/opsgraph/opsgraph/internal/testkit"
	"github.com/opsgraph/opsgraph/resolvers"
)

// stage is what subscribers share: the sharing by a clock that the test moves, and an executor that counts.
type stage struct {
	t        *testing.T
	sharing  *streams.Sharing
	clock    *testkit.Clock
	executed atomic.Int64
	// execute answers an event; nil: its number.
	execute func(ctx context.Context, s *subscriber, number string) *graphql.Response
}

func newStage(t *testing.T) *stage {
	t.Helper()
	clock := testkit.NewClock(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
	return &stage{t: t, clock: clock, sharing: streams.NewSharing(clock.Now)}
}

// subscriber is one subscription: events go in by raise, as its resolver has them, and come out by next, as its
// transport asks for them.
type subscriber struct {
	stage     *stage
	ctx       context.Context //nolint:containedctx // of the subscription
	end       context.CancelFunc
	events    chan string
	executing chan string
	resolver  sync.WaitGroup
	closing   sync.Once
	of        func() (string, []byte)
	response  *graphql.Response
}

// asked is a subscription; the zero value is that of most tests.
type asked struct {
	query, variable string
	of              streams.Asked
	accepted        func() bool
}

func (s *stage) subscribe(a asked) *subscriber {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	sub := &subscriber{stage: s, end: cancel, events: make(chan string, 100), executing: make(chan string)}
	if a.accepted != nil {
		ctx = streams.WithCredentials(ctx, a.accepted)
	}
	ctx, sub.of = streams.Payload(ctx)
	ctx = graphql.WithOperationContext(ctx, &graphql.OperationContext{
		RawQuery: "subscription { x }" + a.query, Variables: map[string]any{"v": a.variable},
		Operation: &ast.OperationDefinition{Operation: ast.Subscription},
	})
	sub.ctx = s.sharing.Join(resolvers.WithAnnouncements(ctx), a.of)
	ended := resolvers.BeginEvents(sub.ctx)
	sub.resolver.Go(func() {
		defer ended()
		defer close(sub.executing)
		for number := range sub.events {
			announcement := resolvers.Announcement{EventID: number, Kind: "RAISED"}
			if number[0] == '!' { // a notice
				announcement.Kind = ""
			}
			answered, live := resolvers.AnnounceEvent(sub.ctx, announcement)
			if !live {
				return
			}
			if answered {
				continue
			}
			select {
			case sub.executing <- number:
			case <-sub.ctx.Done():
				return
			}
		}
	})
	s.t.Cleanup(func() { cancel(); sub.close() })
	return sub
}

func (s *subscriber) close() {
	s.closing.Do(func() { close(s.events) })
	s.resolver.Wait()
}

func (s *subscriber) raise(numbers ...int) {
	for _, number := range numbers {
		s.events <- strconv.Itoa(number)
	}
}

// next is the data of the next answer; empty at the end of the subscription.
func (s *subscriber) next() string {
	s.response = s.stage.sharing.Answer(s.ctx, func(ctx context.Context) *graphql.Response {
		select {
		case number, ok := <-s.executing:
			if !ok {
				return nil
			}
			resolvers.TakeAnnouncement(ctx)
			s.stage.executed.Add(1)
			if s.stage.execute != nil {
				return s.stage.execute(ctx, s, number)
			}
			streams.NoteEventID(ctx, number)
			return &graphql.Response{Data: []byte(number)}
		case <-ctx.Done():
			return nil
		}
	})
	if s.response == nil {
		return ""
	}
	return string(s.response.Data)
}

// want reads the next answers.
func (s *subscriber) want(numbers ...int) {
	s.stage.t.Helper()
	for _, number := range numbers {
		want := strconv.Itoa(number)
		if got := s.next(); got != want {
			s.stage.t.Errorf("got %q, want %q", got, want)
		}
		id, payload := s.of()
		if id != want || payload != nil && string(payload) != `{"data":`+want+`}` {
			s.stage.t.Errorf("event %s has the id %q and the payload %s", want, id, payload)
		}
	}
}

func (s *stage) wantExecuted(want int64) {
	s.t.Helper()
	if got := s.executed.Load(); got != want {
		s.t.Errorf("%d executions, want %d", got, want)
	}
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// TestEqualSubscriptionsShare: each gets every event in its order, and each event is executed once.
func TestEqualSubscriptionsShare(t *testing.T) {
	const many, events = 40, 50
	s := newStage(t)
	var all []*subscriber
	for range many {
		all = append(all, s.subscribe(asked{}))
	}
	var group sync.WaitGroup
	for _, sub := range all {
		group.Go(func() {
			sub.raise(upTo(events)...)
			sub.want(upTo(events)...)
		})
	}
	group.Wait()
	s.wantExecuted(events)
	for _, sub := range all {
		sub.close()
		if got := sub.next(); got != "" {
			t.Errorf("%q after the end", got)
		}
		sub.end()
	}
	testkit.Eventually(t, "equal subscriptions are left", func() bool { _, groups := s.sharing.Kept(); return groups == 0 })
	s.clock.Advance(time.Minute)
	last := s.subscribe(asked{})
	last.raise(7)
	last.want(7)
	if answers, _ := s.sharing.Kept(); answers != 0 {
		t.Errorf("%d answers are kept for nobody", answers)
	}
}

// TestOthersDoNotShare: what differs in document, variables, tenant or age has an answer of its own.
func TestOthersDoNotShare(t *testing.T) {
	for name, other := range map[string]asked{
		"document": {query: " "},
		"variable": {variable: "w"},
		"tenant":   {of: streams.Asked{Scope: "b"}},
		"domain":   {of: streams.Asked{DomainID: "b"}},
		"age":      {of: streams.Asked{MaxAge: time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.execute = func(_ context.Context, sub *subscriber, _ string) *graphql.Response {
				return &graphql.Response{Data: fmt.Appendf(nil, "%p", sub)}
			}
			a, b, c, d := s.subscribe(asked{}), s.subscribe(asked{}), s.subscribe(other), s.subscribe(other)
			for _, sub := range []*subscriber{a, b, c, d} {
				sub.raise(1)
			}
			ours, theirs := a.next(), c.next()
			if ours == theirs || b.next() != ours || d.next() != theirs {
				t.Errorf("answers are of %s and %s", ours, theirs)
			}
			s.wantExecuted(2)
		})
	}
}

// TestLateJoiner shares what comes after it, and one who is behind executes what is no longer kept.
func TestLateJoiner(t *testing.T) {
	s := newStage(t)
	first, second := s.subscribe(asked{}), s.subscribe(asked{})
	first.raise(1, 2)
	first.want(1)
	late := s.subscribe(asked{})
	late.raise(2, 3)
	first.want(2)
	late.want(2, 3)
	s.wantExecuted(3)
	s.clock.Advance(2 * time.Second)
	second.raise(1, 2, 3)
	second.want(1, 2, 3) // long behind: what its fields lead to is read now
	s.wantExecuted(6)
	s.clock.Advance(2 * time.Second)
	for i := range 100 {
		first.raise(i)
		first.want(i)
		s.clock.Advance(2 * time.Second)
	}
	if answers, _ := s.sharing.Kept(); answers > 1 {
		t.Errorf("%d answers are kept", answers)
	}
}

// TestSlowReader: who does not read holds nobody up.
func TestSlowReader(t *testing.T) {
	s := newStage(t)
	slow, quick := s.subscribe(asked{}), s.subscribe(asked{})
	slow.raise(upTo(20)...)
	quick.raise(upTo(20)...)
	quick.want(upTo(20)...)
	s.wantExecuted(20)
	slow.want(upTo(20)...)
	s.wantExecuted(20)
}

// TestErrorsAreNotShared: what one caller is refused does not fail another, and who executes for all may leave.
func TestErrorsAreNotShared(t *testing.T) {
	for name, outcome := range map[string]func(ctx context.Context, sub *subscriber) *graphql.Response{
		"error": func(context.Context, *subscriber) *graphql.Response {
			return &graphql.Response{Data: []byte("null"), Errors: gqlerror.List{gqlerror.Errorf("refused")}}
		},
		"leaves": func(_ context.Context, sub *subscriber) *graphql.Response {
			sub.end()
			return &graphql.Response{Data: []byte("null")}
		},
		"none":  func(context.Context, *subscriber) *graphql.Response { return nil },
		"panic": func(context.Context, *subscriber) *graphql.Response { panic("execution") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			var all []*subscriber
			for range 10 {
				all = append(all, s.subscribe(asked{}))
			}
			began, goOn := make(chan struct{}), make(chan struct{})
			s.execute = func(ctx context.Context, sub *subscriber, number string) *graphql.Response {
				if sub == all[0] {
					close(began)
					<-goOn
					return outcome(ctx, sub)
				}
				streams.NoteEventID(ctx, number)
				return &graphql.Response{Data: []byte(number)}
			}
			var group sync.WaitGroup
			for i, sub := range all {
				sub.raise(1)
				group.Go(func() {
					if i == 0 {
						defer func() { _ = recover() }() // as the transport does
						sub.next()
						return
					}
					<-began
					sub.want(1)
				})
			}
			<-began
			close(goOn)
			group.Wait()
			if answers, _ := s.sharing.Kept(); answers > 1 {
				t.Errorf("%d answers are kept", answers)
			}
		})
	}
}

// TestWhoWaitsMayLeave: the end of one who waits for another's execution ends it at once.
func TestWhoWaitsMayLeave(t *testing.T) {
	s := newStage(t)
	leads, waits := s.subscribe(asked{}), s.subscribe(asked{})
	began, goOn := make(chan struct{}), make(chan struct{})
	s.execute = func(ctx context.Context, _ *subscriber, number string) *graphql.Response {
		close(began)
		<-goOn
		streams.NoteEventID(ctx, number)
		return &graphql.Response{Data: []byte(number)}
	}
	leads.raise(1)
	waits.raise(1)
	var group sync.WaitGroup
	group.Go(func() { leads.want(1) })
	<-began
	gone := make(chan struct{})
	go func() { defer close(gone); waits.next() }()
	waits.end()
	<-gone
	close(goOn)
	group.Wait()
}

// TestNoticesAreNotShared: what one subscription has missed is its own.
func TestNoticesAreNotShared(t *testing.T) {
	s := newStage(t)
	s.execute = func(_ context.Context, sub *subscriber, _ string) *graphql.Response {
		return &graphql.Response{Data: fmt.Appendf(nil, "%p", sub)}
	}
	a, b := s.subscribe(asked{}), s.subscribe(asked{})
	a.events <- "!5"
	b.events <- "!5"
	if a.next() == b.next() {
		t.Error("a notice is shared")
	}
	s.wantExecuted(2)
}

// TestRefusedCredentialsShareNothing: who is no longer accepted gets no answer made with another's credentials.
func TestRefusedCredentialsShareNothing(t *testing.T) {
	s := newStage(t)
	accepted := atomic.Bool{}
	accepted.Store(true)
	s.execute = func(_ context.Context, sub *subscriber, number string) *graphql.Response {
		if !accepted.Load() && sub.stage.executed.Load() == 3 {
			return &graphql.Response{Errors: gqlerror.List{gqlerror.Errorf("refused")}}
		}
		return &graphql.Response{Data: []byte(number)}
	}
	good := s.subscribe(asked{accepted: func() bool { return true }})
	other := s.subscribe(asked{accepted: accepted.Load})
	good.raise(1, 2)
	other.raise(1, 2)
	if good.next() != "1" || other.next() != "1" {
		t.Error("an accepted caller does not share")
	}
	s.wantExecuted(1)
	accepted.Store(false)
	if got := good.next(); got != "2" {
		t.Errorf("got %q", got)
	}
	if other.next(); len(other.response.Errors) != 1 {
		t.Errorf("a refused caller gets %s", other.response.Data)
	}
	s.wantExecuted(3)
}
