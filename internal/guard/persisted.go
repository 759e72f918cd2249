package guard

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/opsgraph/opsgraph/internal/coordination/documents"
	"github.com/opsgraph/opsgraph/internal/refusal"
)

// The two ways in which a request names its document instead of sending it: Apollo's extension, and the parameter of
// the GraphQL-over-HTTP draft, which is kept among the extensions.
const (
	ExtensionPersisted = "persistedQuery"
	KeyDocumentID      = "documentId"
)

// PersistedOptions say which documents a request may name.
type PersistedOptions struct {
	// Automatic keeps the documents that clients register; nil takes no registrations.
	Automatic *documents.Store
	// Trusted are the documents of a manifest; nil has none.
	Trusted *Manifest
	// OnlyTrusted refuses every document that is not in the manifest.
	OnlyTrusted bool
	// Logger gets failures of Redis; required.
	Logger *slog.Logger
}

// Persisted is the extension that finds the document that a request names: it goes before DocumentCheck. Its
// Registration goes after all checks. Without any source of documents it refuses requests that name one.
type Persisted struct{ options PersistedOptions }

var (
	_ graphql.HandlerExtension          = (*Persisted)(nil)
	_ graphql.OperationParameterMutator = (*Persisted)(nil)
)

// NewPersisted makes the extension.
func NewPersisted(options PersistedOptions) *Persisted { return &Persisted{options: options} }

// Check parses and validates the trusted documents, so that a manifest of another schema is found at the start.
func (p *Persisted) Check(check *DocumentCheck) error { return p.options.Trusted.check(check) }

// ExtensionName names the extension.
func (p *Persisted) ExtensionName() string { return "Persisted" }

// Validate refuses a server that answers only trusted documents and has no manifest.
func (p *Persisted) Validate(graphql.ExecutableSchema) error {
	if p.options.OnlyTrusted && p.options.Trusted == nil {
		return errors.New("only trusted documents are answered, and there is no manifest of them")
	}
	return nil
}

// MutateOperationParameters puts the document that a request names into it.
func (p *Persisted) MutateOperationParameters(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
	id, named, refused := namedDocument(request.Extensions)
	if refused != nil {
		return refused
	}
	switch {
	case named && request.Query == "":
		request.Query, refused = p.find(ctx, id)
	case named:
		refused = p.compare(id, request.Query)
	case request.Query == "":
		refused = refusal.New(refusal.CodeBadRequest, "The parameter query is missing or empty.")
	}
	if refused == nil && p.options.OnlyTrusted && !p.options.Trusted.hasText(request.Query) {
		refused = refusal.New(refusal.CodePersistedRequired,
			"Only documents that were registered beforehand are answered here.")
	}
	return refused
}

// Lasting reports whether a request with these extensions that was let in will be let in again as it is: it brings its
// document, or names one of the manifest. What clients have registered may be forgotten, and is registered anew by a
// request that has both.
func (p *Persisted) Lasting(extensions map[string]any) bool {
	id, named, refused := namedDocument(extensions)
	if refused != nil || !named {
		return refused == nil
	}
	_, trusted := p.options.Trusted.text(id.text)
	return trusted
}

// find looks a document up by the id that the request has in its place.
func (p *Persisted) find(ctx context.Context, id documentID) (string, *gqlerror.Error) {
	if text, ok := p.options.Trusted.text(id.text); ok {
		return text, nil
	}
	if p.options.Automatic == nil || p.options.OnlyTrusted {
		if p.options.Trusted == nil {
			return "", refusal.New(refusal.CodePersistedNotSupported, messageNotSupported)
		}
		return "", refusal.New(refusal.CodePersistedNotFound, messageNotFound)
	}
	text, ok, err := p.options.Automatic.Text(ctx, id.text)
	if err != nil {
		p.options.Logger.DebugContext(ctx, "persisted document not read", slog.Any("error", err))
	}
	if !ok {
		return "", refusal.New(refusal.CodePersistedNotFound, messageNotFound)
	}
	return text, nil
}

// compare judges a document that came with its id, which must be its hash or its id in the manifest.
func (p *Persisted) compare(id documentID, query string) *gqlerror.Error {
	if text, ok := p.options.Trusted.text(id.text); ok && text == query {
		return nil
	}
	if p.options.Automatic == nil && p.options.Trusted == nil && id.apollo {
		return refusal.New(refusal.CodePersistedNotSupported, messageNotSupported)
	}
	if id.hash && documents.Hash(query) == id.text {
		return nil
	}
	return refusal.New(refusal.CodePersistedMismatch, "The document is not the one of the id that came with it.")
}

// Clients look for these very messages.
const (
	messageNotFound     = "PersistedQueryNotFound"
	messageNotSupported = "PersistedQueryNotSupported"
)

// documentID names a document.
type documentID struct {
	text   string
	hash   bool // it is a SHA-256
	apollo bool // it came as Apollo's extension
}

// namedDocument reads how a request names its document; false when it does not.
func namedDocument(extensions map[string]any) (documentID, bool, *gqlerror.Error) {
	apollo, byHash := extensions[ExtensionPersisted]
	draft, byID := extensions[KeyDocumentID]
	switch {
	case byHash && apollo != nil && byID && draft != nil:
		return documentID{}, false, refusal.New(refusal.CodeBadRequest,
			"The request names its document twice: by %s and by %s.", ExtensionPersisted, KeyDocumentID)
	case byHash && apollo != nil:
		return apolloID(apollo)
	case byID && draft != nil:
		return draftID(draft)
	}
	return documentID{}, false, nil
}

func apolloID(value any) (documentID, bool, *gqlerror.Error) {
	object, ok := value.(map[string]any)
	if !ok {
		return documentID{}, false, refusal.New(refusal.CodeBadRequest, "The extension %s must be an object.",
			ExtensionPersisted)
	}
	if version, _ := object["version"].(json.Number); version != "1" {
		return documentID{}, false, refusal.New(refusal.CodeBadRequest, "The extension %s is read in version 1 only.",
			ExtensionPersisted)
	}
	hash, _ := object["sha256Hash"].(string)
	if !documents.IsHash(hash) {
		return documentID{}, false, refusal.New(refusal.CodeBadRequest, "sha256Hash must be 64 digits 0-9 and a-f.")
	}
	return documentID{text: hash, hash: true, apollo: true}, true, nil
}

func draftID(value any) (documentID, bool, *gqlerror.Error) {
	text, ok := value.(string)
	if !ok || !isDocumentID(text) {
		return documentID{}, false, refusal.New(refusal.CodeBadRequest,
			"%s must be 1 to %d letters, digits and signs of -_.:", KeyDocumentID, longestDocumentID)
	}
	if hash, prefixed := strings.CutPrefix(text, "sha256:"); prefixed && documents.IsHash(hash) {
		text = hash
	}
	return documentID{text: text, hash: documents.IsHash(text)}, true, nil
}

// longestDocumentID bounds ids; a SHA-256 has 64 digits.
const longestDocumentID = 128

func isDocumentID(text string) bool {
	if text == "" || len(text) > longestDocumentID {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && !strings.ContainsRune("-_.:", r)
	})
}

// Registration is the extension that keeps a document that came with its hash. It goes after every check, so that only
// documents that would be answered take room.
type Registration struct{ persisted *Persisted }

var (
	_ graphql.HandlerExtension        = Registration{}
	_ graphql.OperationContextMutator = Registration{}
)

// Registration returns the second half of the extension.
func (p *Persisted) Registration() Registration { return Registration{p} }

// ExtensionName names the extension.
func (Registration) ExtensionName() string { return "Registration" }

// Validate accepts every server.
func (Registration) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext keeps the document of a request that has both it and its hash. It refuses none: without Redis,
// clients of other replicas send the document once more.
func (r Registration) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	o := r.persisted.options
	if o.Automatic == nil || o.OnlyTrusted {
		return nil
	}
	id, named, refused := namedDocument(operation.Extensions)
	if refused != nil || !named || !id.hash || o.Automatic.Held(id.text) {
		return refused // nil: MutateOperationParameters has judged it
	}
	if err := o.Automatic.Keep(ctx, operation.RawQuery); err != nil {
		o.Logger.DebugContext(ctx, "persisted document not shared", slog.Any("error", err))
	}
	return nil
}
