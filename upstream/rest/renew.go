package rest

import (
	"crypto/tls"
	"fmt"

	"github.com/opsgraph/opsgraph/upstream/rest/dial"
)

// Credentials are what a client shows to its system, and what it knows the system by.
type Credentials struct {
	// Headers and TLS are those of a [ClientConfig].
	Headers map[string]Secret
	TLS     *tls.Config
}

// Renew checks other credentials, and returns what has calls from now on use them. Nothing changes before that is
// called. Calls under way go on with the old ones; idle connections are closed, as they were made with them.
func (c *Client) Renew(credentials Credentials) (use func(), err error) {
	headers, err := fixedHeaders(credentials.Headers)
	if err != nil {
		return nil, fmt.Errorf("headers of %s: %w", c.system, err)
	}
	transport, err := dial.Transport(c.wires, credentials.TLS)
	if err != nil {
		return nil, fmt.Errorf("tls of %s: %w", c.system, err)
	}
	return func() {
		c.headers.Store(&headers)
		c.transport.Swap(transport).CloseIdleConnections()
		if c.closed.Load() {
			transport.CloseIdleConnections()
		}
	}, nil
}
