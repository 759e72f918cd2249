package iam

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/opsgraph/opsgraph/upstream/rest"
)

// Credentials are the user that the gateway logs in as, and the scope of its token.
type Credentials struct {
	// Username and Password are those of an IAM user; a HUAWEI ID cannot be used.
	Username string
	Password rest.Secret
	// DomainName is the account that the user belongs to.
	DomainName string
	// ProjectID and ProjectName give the token project scope, which ESM, GaussDB and Workspace need. The id wins; both
	// empty means the project that IAM itself chooses.
	ProjectID, ProjectName string
	// DomainScope gives the token domain scope, which BSS needs; the project is then not sent.
	DomainScope bool
}

type (
	tokenRequest struct {
		Auth authRequest `json:"auth"`
	}
	authRequest struct {
		Identity identityRequest `json:"identity"`
		Scope    *scopeRequest   `json:"scope,omitempty"`
	}
	identityRequest struct {
		Methods  []string        `json:"methods"`
		Password passwordRequest `json:"password"`
	}
	passwordRequest struct {
		User userRequest `json:"user"`
	}
	userRequest struct {
		Name     string       `json:"name"`
		Password string       `json:"password"`
		Domain   namedRequest `json:"domain"`
	}
	scopeRequest struct {
		Project *namedRequest `json:"project,omitempty"`
		Domain  *namedRequest `json:"domain,omitempty"`
	}
	namedRequest struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	}
)

// body returns the request of createToken.
func (c Credentials) body() tokenRequest {
	request := tokenRequest{Auth: authRequest{Identity: identityRequest{
		Methods: []string{"password"},
		Password: passwordRequest{User: userRequest{
			Name:     c.Username,
			Password: c.Password.Reveal(),
			Domain:   namedRequest{Name: c.DomainName},
		}},
	}}}
	switch {
	case c.DomainScope:
		request.Auth.Scope = &scopeRequest{Domain: &namedRequest{Name: c.DomainName}}
	case c.ProjectID != "":
		request.Auth.Scope = &scopeRequest{Project: &namedRequest{ID: c.ProjectID}}
	case c.ProjectName != "":
		request.Auth.Scope = &scopeRequest{Project: &namedRequest{Name: c.ProjectName}}
	}
	return request
}

// tokenAnswer is the part of the body that matters. The token itself is in a header (QUIRKS 90).
type tokenAnswer struct {
	Token struct {
		ExpiresAt string `json:"expires_at"`
		IssuedAt  string `json:"issued_at"`
		Project   struct {
			ID string `json:"id"`
		} `json:"project"` // absent with domain scope
	} `json:"token"`
}

const (
	subjectHeader    = "X-Subject-Token"
	renewMargin      = 5 * time.Minute
	assumedLifetime  = time.Hour // where the answer's own times cannot be read
	maxMarginDivisor = 10        // a short life is renewed in its last tenth
)

// issued is a token with its times, by our own clock.
type issued struct {
	token   string
	project string    // its project's id; empty with domain scope
	renewAt time.Time // from then on a new one is fetched
	endsAt  time.Time // from then on it is not used
}

// login fetches a token. A refusal of the gateway's own credentials is [rest.Rejected].
func login(ctx context.Context, client *rest.Client, cred Credentials) (issued, error) {
	answer, err := rest.Call(ctx, client, createToken, rest.Request{
		Query: url.Values{"nocatalog": {"true"}}, // without the catalogue the body is far smaller
		Body:  cred.body(),
	})
	if err != nil {
		return issued{}, loginError(err, cred)
	}
	token := answer.Header.Get(subjectHeader)
	if token == "" {
		return issued{}, createToken.Fail(rest.BadResponse, errors.New("header X-Subject-Token is missing"))
	}
	endsAt := endOfLife(answer.Body.Token.IssuedAt, answer.Body.Token.ExpiresAt, answer.ReceivedAt)
	margin := min(renewMargin, endsAt.Sub(answer.ReceivedAt)/maxMarginDivisor)
	return issued{token: token, project: answer.Body.Token.Project.ID, renewAt: endsAt.Add(-margin), endsAt: endsAt}, nil
}

// endOfLife returns when a token ends by our clock: at its stated end or after its lifetime since it was received,
// whichever is earlier, so that a wrong clock on either side cannot keep a dead token.
func endOfLife(issuedAt, expiresAt string, received time.Time) time.Time {
	expires, err := time.Parse(time.RFC3339, expiresAt)
	if err != nil {
		return received.Add(assumedLifetime)
	}
	counted := received.Add(assumedLifetime)
	if since, err := time.Parse(time.RFC3339, issuedAt); err == nil && expires.After(since) {
		counted = received.Add(expires.Sub(since))
	}
	// If a new token has already ended, our clock is ahead by more than its life.
	if expires.Before(counted) && expires.After(received) {
		return expires
	}
	return counted
}

// loginError is the error of a login as callers see it: every 4xx about the login is a refusal of the
// gateway's own credentials, and no text from IAM may contain the password.
func loginError(err error, cred Credentials) error {
	failure, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return err
	}
	if cred.Password != "" && strings.Contains(failure.Message, cred.Password.Reveal()) {
		failure.Message = ""
	}
	switch failure.Kind {
	case rest.Unauthenticated, rest.Forbidden, rest.NotFound, rest.Rejected:
		if failure.Status != 0 {
			failure.Kind, failure.GatewayCredentials = rest.Rejected, true
		}
	default:
	}
	return failure
}
