package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/answers"
)

// Kept is how answers are kept by the gateway and given again, and how equal queries share one execution.
type Kept struct {
	// Store holds the answers.
	Store *answers.Store
	// View is what of the caller and its request changes an answer, and the oldest data that it accepts (0: any); false
	// where the answer is that of this request alone.
	View func(ctx context.Context) (view answers.View, maxAge time.Duration, ok bool)
	// May reports whether the answer of an operation can be kept at all, by what it asks for.
	May func(operation *graphql.OperationContext) bool
	// Lasting reports whether a request with these extensions that was let in will be let in again as it is.
	Lasting func(extensions map[string]any) bool
	// Credentials are those that the calls of a request have upstream, as a text that tells nothing; empty for the
	// gateway's own.
	Credentials func(ctx context.Context) string
	// Enter counts an operation that is not executed, as one under way; leave ends it with what it was given.
	Enter func(ctx context.Context) (leave func(Given), refused *gqlerror.Error)
	// Note is what Enter's leave is told of an operation whose answer is given again.
	Note func(operation *graphql.OperationContext) any
	// Patience is how long a request waits for the execution of an equal one; Late is the error after that.
	Patience func(ctx context.Context) (context.Context, context.CancelFunc)
	Late     func() *gqlerror.Error
	// Now is the clock of ages.
	Now func() time.Time
}

// Given is the answer that an operation got without being executed.
type Given struct {
	// Response is nil where it is executed after all.
	Response *graphql.Response
	// How it came, such as [GivenText]; empty for a refusal or an answer that did not come in time.
	How string
	// Note is that of [Kept.Note]; nil where its place was refused.
	Note any
	// Oldest is when the oldest of its data were fetched; zero for none.
	Oldest time.Time
}

// The words of Given.How: kept, and found by the text of the request or by its query; or that of an equal query under
// way, which this one waited for.
const (
	GivenText   = "text"
	GivenQuery  = "query"
	GivenShared = "shared"
)

// question is one request whose answer may be kept.
type question struct {
	transport *Transport
	kept      *Kept
	view      answers.View
	maxAge    time.Duration
	attempt   answers.Attempt

	text      answers.Key // as it came
	canonical answers.Key
	lasting   bool                      // the text may lead to the answer
	operation *graphql.OperationContext // once it is read
}

// shared is the outcome of an execution for others who wait for it.
type shared struct {
	response    *graphql.Response
	keeping     Keeping
	credentials string
}

// questionOf is the question of an admitted request; nil where nothing is kept for it.
func (t *Transport) questionOf(ctx context.Context, r *http.Request, mediaType string) *question {
	kept := t.options.Kept
	if kept == nil || refusesKept(r) {
		return nil
	}
	view, maxAge, ok := kept.View(ctx)
	if !ok {
		return nil
	}
	view.MediaType = mediaType
	return &question{transport: t, kept: kept, view: view, maxAge: maxAge, attempt: kept.Store.Begin(view.Scope)}
}

// refusesKept reports whether a request wants no answer that is kept, nor the execution of another (Cache-Control). The
// data behind its answer may be held all the same: their age is bounded by a header of its own.
func refusesKept(r *http.Request) bool {
	for _, line := range r.Header[HeaderCacheControl] {
		if line = strings.ToLower(line); strings.Contains(line, "no-cache") || strings.Contains(line, "no-store") {
			return true
		}
	}
	return false
}

// byText answers a request that came with the very text of an answered one.
func (q *question) byText(ctx context.Context, w http.ResponseWriter, r *http.Request, text []byte) bool {
	if q == nil {
		return false
	}
	form := answers.Body
	if r.Method == http.MethodGet {
		form = answers.URL
	}
	q.text = answers.Key{View: q.view, Form: form, Text: string(text)}
	answer := q.find(q.text)
	if answer == nil {
		return false
	}
	q.kept.Store.Count(answers.HitText)
	q.give(ctx, w, r, answer, GivenText)
	return true
}

// byQuery answers a request whose query was answered, however it came. It reports false for an operation that has to be
// executed.
func (q *question) byQuery(ctx context.Context, w http.ResponseWriter, r *http.Request) bool {
	answer := q.find(q.canonical)
	if answer == nil {
		return false
	}
	if q.lasting {
		q.kept.Store.Alias(q.text, answer)
	}
	q.kept.Store.Count(answers.HitQuery)
	q.give(ctx, w, r, answer, GivenQuery)
	return true
}

// find is the answer of a key that is new enough for the request.
func (q *question) find(key answers.Key) *answers.Answer {
	now := q.kept.Now()
	answer := q.kept.Store.Find(key, now)
	if answer != nil && q.maxAge > 0 && !answer.Oldest.IsZero() && now.Sub(answer.Oldest) > q.maxAge {
		return nil
	}
	return answer
}

// of names the query of an operation that has passed all checks; false when its answer is not kept.
func (q *question) of(operation *graphql.OperationContext, params *graphql.RawParams) bool {
	if q == nil || !q.kept.May(operation) {
		return false
	}
	q.operation = operation
	text := make([]byte, 0, len(params.Query)+len(params.OperationName)+64)
	text = strconv.AppendInt(text, int64(len(params.Query)), 10)
	text = append(append(text, ' '), params.Query...)
	text = strconv.AppendInt(text, int64(len(params.OperationName)), 10)
	text = append(append(text, ' '), params.OperationName...)
	if len(params.Variables) > 0 {
		variables, err := json.Marshal(params.Variables)
		if err != nil {
			return false
		}
		text = append(text, variables...)
	}
	q.canonical = answers.Key{View: q.view, Form: answers.Canonical, Text: string(text)}
	q.lasting = q.kept.Lasting(params.Extensions)
	return true
}

// flightKey is what requests have in common that may share an execution: the oldest data that they accept, too.
func (q *question) flightKey() answers.Key {
	key := q.canonical
	if q.maxAge > 0 {
		key.Text = q.maxAge.String() + " " + key.Text
	}
	return key
}

// give writes an answer that is kept. What belongs to one request is made anew: its id and the headers of its page are
// set by now, and the age counts from this moment.
func (q *question) give(
	ctx context.Context, w http.ResponseWriter, r *http.Request, answer *answers.Answer, how string,
) {
	leave, refused := q.kept.Enter(ctx)
	if refused != nil {
		q.transport.writer.refuse(w, r, q.view.MediaType, refused)
		return
	}
	defer func() {
		leave(Given{Response: &graphql.Response{}, How: how, Note: answer.Note, Oldest: answer.Oldest})
	}()
	now := q.kept.Now()
	answer.Use(func() context.Context { return ctx }, now)
	q.transport.writer.give(w, r, answer, now)
}

// follow answers a request by the execution of an equal one; false when it has to be executed by itself.
func (q *question) follow(
	ctx context.Context, w http.ResponseWriter, r *http.Request, flight *answers.Flight[shared],
) bool {
	leave, refused := q.kept.Enter(ctx)
	if refused != nil {
		flight.Leave()
		q.transport.writer.refuse(w, r, q.view.MediaType, refused)
		return true
	}
	var given Given
	defer func() { leave(given) }()
	waiting, stop := q.kept.Patience(ctx)
	defer stop()
	outcome, ok := flight.Wait(waiting)
	switch {
	case r.Context().Err() != nil:
		return true // the client is gone
	case !ok && waiting.Err() != nil:
		given.Response, given.Note = &graphql.Response{Errors: gqlerror.List{q.kept.Late()}}, q.kept.Note(q.operation)
		q.transport.writer.write(ctx, w, q.view.MediaType, given.Response, nil)
		return true
	case !ok:
		return false
	}
	if answer := q.find(q.canonical); answer != nil {
		if q.lasting {
			q.kept.Store.Alias(q.text, answer)
		}
		given = Given{Response: &graphql.Response{}, How: GivenShared, Note: answer.Note, Oldest: answer.Oldest}
		q.transport.writer.give(w, r, answer, q.kept.Now())
	} else if outcome.serves(q.kept.Credentials(ctx)) {
		given = Given{
			Response: outcome.copy(), How: GivenShared, Note: q.kept.Note(q.operation), Oldest: outcome.keeping.Oldest,
		}
		q.transport.answer(ctx, w, r, q.view.MediaType, given.Response, outcome.keeping, nil)
	} else {
		return false
	}
	q.kept.Store.Count(answers.Shared)
	return true
}

// serves reports whether the outcome is one for a request with these credentials: it tells of nothing that only the
// executing caller's token was refused, and none of its data has a newer generation that this caller may have been told
// of.
func (s *shared) serves(credentials string) bool {
	if !s.keeping.Shareable || s.keeping.Personal && s.credentials != credentials {
		return false
	}
	for _, standing := range s.keeping.Standings {
		if !standing.Newest() {
			return false
		}
	}
	return true
}

// copy is the response for one more request, which adds its own id to errors.
func (s *shared) copy() *graphql.Response {
	again := *s.response
	again.Extensions = maps.Clone(again.Extensions)
	return &again
}

// lead is what an execution does with its answer for others: with the first bytes it is kept, and those who wait go on
// before anything is sent.
func (q *question) lead(
	ctx context.Context, flight *answers.Flight[shared], response *graphql.Response, keeping Keeping,
) func(body []byte, tag string) {
	original := *response
	return func(body []byte, tag string) {
		if keeping.Gateway && body != nil {
			content := contentOf(q.view.MediaType, keeping, bytes.Clone(body), tag)
			content.Note = q.kept.Note(q.operation)
			answer := q.kept.Store.Keep(q.canonical, q.attempt, content, q.kept.Now())
			if answer != nil && q.lasting {
				q.kept.Store.Alias(q.text, answer)
			}
		}
		flight.End(func() shared {
			held := original
			held.Data, held.Extensions = bytes.Clone(original.Data), maps.Clone(original.Extensions)
			return shared{response: &held, keeping: keeping, credentials: q.kept.Credentials(ctx)}
		})
	}
}
