package rest

import (
	"context"
	"maps"
	"net/http"
)

const (
	tokenHeader  = "X-Auth-Token"
	domainHeader = "X-Hcso-Domainid"
)

// authenticate chooses the token of a call. It precedes quota and bulkhead: waiting for IAM uses up neither, and the
// repeat after a 401 takes a quota token of its own.
func (c *Client) authenticate(next sender) sender {
	return func(ctx context.Context, o *outgoing) (*reply, error) {
		switch {
		case o.spec.Unauthenticated:
			return next(ctx, o)
		case o.identity.Token != "":
			o.token = o.identity.Token.Reveal()
			return next(ctx, o)
		case c.tokens == nil:
			return next(ctx, o)
		}
		token, err := c.tokens.Token(ctx)
		if err != nil {
			return nil, err
		}
		o.token = token
		answer, err := next(ctx, o)
		if KindOf(err) != Unauthenticated {
			return answer, err
		}
		o.forget() // a 401 refused the first try
		renewed, renewErr := c.tokens.Renew(ctx, token)
		if renewErr != nil {
			return nil, renewErr
		}
		if renewed == token {
			return answer, err
		}
		o.token = renewed
		return next(ctx, o)
	}
}

// credentials adds the credentials of the call to header.
func (c *Client) credentials(o *outgoing, header http.Header) {
	if o.spec.Unauthenticated {
		return
	}
	o.shown = c.headers.Load()
	maps.Copy(header, *o.shown)
	if o.identity.DomainID != "" {
		header.Set(domainHeader, o.identity.DomainID)
	}
	if o.token != "" {
		header.Set(tokenHeader, o.token)
	}
}

// secrets returns the texts that were sent and must not come back in an error message. They are those of the try:
// Renew may have replaced the client's since.
func (o *outgoing) secrets() []string {
	found := []string{o.token}
	if o.shown == nil {
		return found
	}
	for _, values := range *o.shown {
		found = append(found, values...)
	}
	return found
}
