package httpapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/answers"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// Options are the settings of a Transport. The zero value of a field means the default that it names.
type Options struct {
	// BodyBytes is the largest body, on the wire and decompressed; 256 KiB.
	BodyBytes int64
	// URLBytes is the longest URL; 8 KiB.
	URLBytes int
	// JSONDepth is how deep the JSON of a request may nest; 32.
	JSONDepth int
	// Errors bounds what an answer reports of its errors; refusal.DefaultLimits.
	Errors refusal.Limits
	// Origins are those of other sites whose pages may send requests; none.
	Origins *Origins
	// PreflightGET has a GET need a header that forces a preflight, where its browser says nothing of the page: for a
	// gateway that asks for no credentials and is reached by plain HTTP. Off.
	PreflightGET bool
	// Admit decides about a request whose head is in order, before its body is read: who the caller is, and whether it
	// may send a request now. It returns the context to go on with, or the refusal. nil admits everyone.
	Admit func(r *http.Request) (context.Context, *gqlerror.Error)
	// Challenge is the value of WWW-Authenticate where Admit refuses an unknown caller; empty means Bearer.
	Challenge string
	// Annotate sets headers of an executed operation's answer, such as Age, from its context. nil sets none.
	Annotate func(ctx context.Context, response *graphql.Response, header http.Header)
	// Keep says how an executed operation's answer may be kept, and for how long. nil lets none be kept; an answer with
	// an error never is.
	Keep func(ctx context.Context, response *graphql.Response) Keeping
	// Late is the error in place of an answer with data that would be written too late; nil where there is none.
	Late func(ctx context.Context) *gqlerror.Error
	// Lend lets an operation's answer stay in memory that is used again once it was sent and giveBack is called. nil: it
	// is a copy.
	Lend func(ctx context.Context) (lent context.Context, giveBack func())
	// Kept is how the gateway keeps answers itself; nil: it does not.
	Kept *Kept
	// Stream carries out a subscription whose client takes an event stream, too, in the admitted context; nil: none does.
	Stream func(
		ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor,
		operation *graphql.OperationContext,
	)
	// Logger gets faults of the gateway; required.
	Logger *slog.Logger
}

// Transport answers GraphQL requests by GET and POST with JSON, as "GraphQL over HTTP" says, and hands a subscription
// on where its client takes an event stream. It takes every request, and refuses those that it does not know: it is the
// last transport of a server, after those for streams. Safe for concurrent use.
type Transport struct {
	options Options
	writer  responseWriter
	flights *answers.Flights[shared]
}

var _ graphql.Transport = (*Transport)(nil)

// NewTransport makes a Transport; the error is that of options without a logger.
func NewTransport(options Options) (*Transport, error) {
	if options.Logger == nil {
		return nil, errors.New("transport without a logger")
	}
	if options.BodyBytes == 0 {
		options.BodyBytes = 256 << 10
	}
	if options.URLBytes == 0 {
		options.URLBytes = 8 << 10
	}
	if options.JSONDepth == 0 {
		options.JSONDepth = 32
	}
	if options.Errors == (refusal.Limits{}) {
		options.Errors = refusal.DefaultLimits()
	}
	if options.Origins == nil {
		options.Origins, _ = NewOrigins(nil, false) // fails for malformed ones only
	}
	t := &Transport{options: options, flights: answers.NewFlights[shared]()}
	t.writer.errors, t.writer.logger, t.writer.challenge = options.Errors, options.Logger, options.Challenge
	t.writer.late = options.Late
	return t, nil
}

// Supports takes every request.
func (t *Transport) Supports(*http.Request) bool { return true }

// Do answers one request.
func (t *Transport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	taken := negotiate(r.Header.Values("Accept"))
	acceptable, mediaType := taken.json != "", cmp.Or(taken.json, mediaJSON)
	defer t.Recover(w, r, mediaType)
	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", "GET, POST, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if err := t.CheckHead(w, r, acceptable); err != nil {
		t.writer.refuse(w, r, mediaType, err)
		return
	}
	ctx, err := t.Admit(r)
	if err != nil {
		t.writer.refuse(w, r, mediaType, err)
		return
	}
	original := r
	r = r.WithContext(ctx)
	question := t.questionOf(ctx, r, mediaType)
	started := graphql.Now()
	text, err := t.text(w, r)
	if err != nil {
		t.writer.refuse(w, r, mediaType, err)
		return
	}
	if question.byText(ctx, w, r, text) {
		return
	}
	params, err := t.parse(r, text, started)
	if err != nil {
		t.writer.refuse(w, r, mediaType, err)
		return
	}
	operation, refusals := exec.CreateOperationContext(ctx, params)
	if refusals == nil && operation.Operation.Operation == ast.Subscription && taken.ofEvents > 0 &&
		t.options.Stream != nil {
		t.options.Stream(ctx, w, original, exec, operation)
		return
	}
	x := execution{t, w, r, mediaType, exec, operation, question}
	x.run(params, refusals)
}

// Admit admits or refuses a request by [Options.Admit].
func (t *Transport) Admit(r *http.Request) (context.Context, *gqlerror.Error) {
	if t.options.Admit == nil {
		return r.Context(), nil
	}
	return t.options.Admit(r)
}

// Refuse answers a request that is not carried out.
func (t *Transport) Refuse(w http.ResponseWriter, r *http.Request, mediaType string, err *gqlerror.Error) {
	t.writer.refuse(w, r, mediaType, err)
}

// LimitErrors bounds what an answer has of its errors, as every answer of this transport is bounded.
func (t *Transport) LimitErrors(ctx context.Context, response *graphql.Response) {
	t.options.Errors.Apply(ctx, response)
}

// Logger is what the transport logs to.
func (t *Transport) Logger() *slog.Logger { return t.options.Logger }

// JSONDepth is how deep the JSON of a request may nest.
func (t *Transport) JSONDepth() int { return t.options.JSONDepth }

// CheckHandshake judges the request for a WebSocket, and answers one that it refuses. Pages of other sites are refused:
// browsers send the handshake of a WebSocket to any site without a preflight.
func (t *Transport) CheckHandshake(w http.ResponseWriter, r *http.Request) bool {
	if len(r.RequestURI) > t.options.URLBytes {
		http.Error(w, http.StatusText(http.StatusRequestURITooLong), http.StatusRequestURITooLong)
		return false
	}
	if !t.options.Origins.accepts(r) {
		http.Error(w, "403 "+foreignPage(r), http.StatusForbidden)
		return false
	}
	return true
}

// CheckHead judges a request before its body: length of the URL, method, media types, origin.
func (t *Transport) CheckHead(w http.ResponseWriter, r *http.Request, acceptable bool) *gqlerror.Error {
	if length := len(r.RequestURI); length > t.options.URLBytes {
		return refusal.New(refusal.CodeURITooLong, "The URL has %d bytes, where %d is the limit.", length,
			t.options.URLBytes)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST, OPTIONS")
		return refusal.New(refusal.CodeMethodNotAllowed, "The method %s is not answered; GET and POST are.",
			refusal.Quoted(r.Method))
	}
	if isHandshake(r) {
		return refusal.New(refusal.CodeBadRequest, "This is the handshake of a WebSocket, but its headers Upgrade and "+
			"Connection did not arrive: a proxy on the way must pass them on, by HTTP/1.1.")
	}
	if err := checkContentType(r); err != nil {
		return err
	}
	if !acceptable {
		return refusal.New(refusal.CodeNotAcceptable,
			"Answers come as %s or %s, of which the Accept header takes neither.", MediaGraphQL, mediaJSON)
	}
	return t.checkForgery(r)
}

// isHandshake recognises the request for a WebSocket that lost the headers by which it is one.
func isHandshake(r *http.Request) bool {
	return r.Method == http.MethodGet && isNamed(r.Header, "Sec-WebSocket-Key", "Sec-WebSocket-Version")
}

// Read takes the parameters from where the method has them.
func (t *Transport) Read(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *gqlerror.Error) {
	started := graphql.Now()
	text, err := t.text(w, r)
	if err != nil {
		return nil, err
	}
	return t.parse(r, text, started)
}

// text is what has the parameters: the query of the URL, or the body.
func (t *Transport) text(w http.ResponseWriter, r *http.Request) ([]byte, *gqlerror.Error) {
	if r.Method == http.MethodGet {
		return []byte(r.URL.RawQuery), nil
	}
	return readBody(w, r, t.options.BodyBytes)
}

// parse takes the parameters from the text of a request.
func (t *Transport) parse(r *http.Request, text []byte, start time.Time) (*graphql.RawParams, *gqlerror.Error) {
	var params *graphql.RawParams
	var err *gqlerror.Error
	if r.Method == http.MethodGet {
		params, err = parseURL(string(text), t.options.JSONDepth)
	} else {
		params, err = parseBody(text, t.options.JSONDepth)
	}
	if err != nil {
		return nil, err
	}
	params.Headers = r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, nil
}

// checkOperation refuses what this transport cannot carry out: more than reading by GET, and subscriptions.
func checkOperation(method string, operation *graphql.OperationContext) *gqlerror.Error {
	kind := operation.Operation.Operation
	if method == http.MethodGet && kind != ast.Query {
		return refusal.New(refusal.CodeMethodNotAllowed, "A %s must be sent by POST; GET is for queries.", kind)
	}
	if kind == ast.Subscription {
		return refusal.New(refusal.CodeNotAcceptable,
			"A subscription is answered over WebSocket or as text/event-stream, which the Accept header does not take.")
	}
	return nil
}

// Recover answers a panic outside the executor, whose resolvers have their own recovery.
func (t *Transport) Recover(w http.ResponseWriter, r *http.Request, mediaType string) {
	recovered := recover()
	if recovered == nil {
		return
	}
	if err, ok := recovered.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(recovered)
	}
	LogPanic(r.Context(), t.options.Logger, recovered)
	t.writer.refuse(w, r, mediaType, refusal.Internal())
}
